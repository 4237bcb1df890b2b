/** What is an input of an eval, and what is not: code that its class imports, files that it writes, names that are no text. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import type { RunResult } from '../helpers/runner.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import { logOf, type MachineOptions, runsAgain, TestMachine } from '../helpers/test-machine.ts';
import { LONG, SOAK } from '../helpers/test-rows.ts';

let python = '';
beforeAll(async () => {
  python = await evalsPython();
});

const SAMPLES = ['apple', 'pear', 'plum'].map((word) => JSON.stringify({ input: word, ideal: word }));

const FILES = {
  'registry/eval_sets/s.yaml': 's: { evals: [own] }\n',
  'registry/data/own.jsonl': `${SAMPLES.join('\n')}\n`,
  'modules/own/__init__.py': '',
  'modules/own/scoring.py': 'RIGHT = True\n',
  // Asks, and then does what `after` says.
  'modules/own/graded.py': [
    'import os',
    'import evals',
    'from own.scoring import RIGHT',
    'class Graded(evals.Eval):',
    '    def __init__(self, *args, after="", **paths):',
    '        names = ("completion_fns", "eval_registry_path", "seed", "name", "registry", "samples_jsonl")',
    '        self.after, self.paths = after, {name: paths.pop(name) for name in list(paths) if name not in names}',
    '        super().__init__(*args, **paths)',
    '    def eval_sample(self, sample, rng):',
    '        self.completion_fn(prompt=sample["input"])',
    '        exec(self.after, dict(paths=self.paths, os=os, sample=sample))',
    '        evals.record.record_match(RIGHT)',
    '    def run(self, recorder):',
    '        self.eval_all_samples(recorder, self.get_samples())',
    '        return {"accuracy": float(RIGHT)}',
    '',
  ].join('\n'),
};

/** A checkout with a project in which the eval `own` has these arguments. */
class Checkout {
  readonly machine: TestMachine;
  readonly project: string;

  private constructor(machine: TestMachine) {
    this.machine = machine;
    this.project = join(machine.directory, 'project');
  }

  static async make(
    context: Cleanup,
    args: Readonly<Record<string, unknown>> = {},
    options: Partial<MachineOptions> = {},
  ): Promise<Checkout> {
    const machine = await TestMachine.make(context, {
      python,
      evalSet: 's',
      inputs: { 'registry-path': 'registry' },
      ...options,
    });
    const checkout = new Checkout(machine);
    for (const [name, text] of Object.entries(FILES)) checkout.write(name, text);
    checkout.configure(args);
    return checkout;
  }

  configure(args: Readonly<Record<string, unknown>>): void {
    const spec = { class: 'own.graded:Graded', args: { samples_jsonl: 'own.jsonl', ...args } };
    this.write('registry/evals/own.yaml', JSON.stringify({ 'own.dev.v0': spec, own: { id: 'own.dev.v0' } }));
  }

  path(name: string): string {
    return join(this.project, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  run(options: Parameters<TestMachine['run']>[0] = {}): Promise<RunResult> {
    return this.machine.run({
      cache: false,
      ...options,
      inputs: { 'working-directory': this.project, ...options.inputs },
      env: { PYTHONPATH: this.path('modules'), PYTHONDONTWRITEBYTECODE: '1', ...options.env },
    });
  }

  /** Whether the eval ran, and why it ran again. */
  async outcome(): Promise<string> {
    const result = await this.run();
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', total: '1' });
    if (result.outputs.reused === '1') return 'reused';
    return runsAgain(result).own?.replace(/ \(.*/, '') ?? 'fresh';
  }
}

const append = (argument: string, path = `paths['${argument}']`) =>
  `open(${path}, 'a').write(sample['input'] + chr(10))`;

describe.concurrent('code that a class imports', { timeout: 240_000 }, () => {
  test('imported code: an edit runs the eval again, and the reason names the file', async (context) => {
    const checkout = await Checkout.make(context);
    expect(await checkout.outcome()).toBe('fresh');
    checkout.write('modules/own/scoring.py', 'RIGHT = False\n');
    expect(await checkout.outcome()).toBe('own/scoring.py changed');
    expect(checkout.machine.records()[0]?.metrics).toEqual({ accuracy: 0 });
    expect(await checkout.outcome()).toBe('reused');
  });

  test(
    'imported code: after an upgrade nothing runs again, and edits from then on are noticed',
    LONG,
    async (context) => {
      const checkout = await Checkout.make(context);
      expect(await checkout.outcome()).toBe('fresh');
      // As version 0.1 would have left it.
      const [before] = JSON.parse(readFileSync(checkout.machine.path('resume/plan.json'), 'utf8')).evals[0]
        .earlier;
      const { written: _, ...record } = JSON.parse(
        readFileSync(checkout.machine.path('resume/completions.jsonl'), 'utf8'),
      );
      const old = { ...record, fingerprint: before.value, parts: before.parts };
      writeFileSync(checkout.machine.path('resume/completions.jsonl'), `${JSON.stringify(old)}\n`);
      rmSync(checkout.machine.path('resume/plan.json'));
      expect(await checkout.outcome()).toBe('reused');
      checkout.write('modules/own/scoring.py', 'RIGHT = False\n');
      expect(await checkout.outcome()).toBe('own/scoring.py changed');
    },
  );
});

describe.concurrent('what an eval writes is no input of it', { timeout: 240_000 }, () => {
  test('written files: a missing file is a warning, and the eval that wrote it is reused', async (context) => {
    const checkout = await Checkout.make(context, {
      predictions_jsonl: 'predictions.jsonl',
      after: append('predictions_jsonl'),
    });
    const first = await checkout.run();
    expect(first.outputs, logOf(first)).toMatchObject({ complete: 'true', fresh: '1' });
    expect(first.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining('there is no file predictions.jsonl') },
    ]);
    expect(existsSync(checkout.path('predictions.jsonl'))).toBe(true);
    expect(await checkout.outcome()).toBe('reused');
    // On a checkout that has it no more.
    rmSync(checkout.path('predictions.jsonl'));
    expect(await checkout.outcome()).toBe('reused');
  });

  test(
    'written files: an existing file that the eval writes to is no input, and the log says so',
    LONG,
    async (context) => {
      const checkout = await Checkout.make(context, {
        predictions_file: 'predictions.txt',
        after: append('predictions_file'),
      });
      checkout.write('predictions.txt', 'of yesterday\n');
      const first = await checkout.run();
      expect(logOf(first)).toContain('It writes the files that these arguments name');
      expect(await checkout.outcome()).toBe('reused');
      checkout.write('predictions.txt', '');
      expect(await checkout.outcome()).toBe('reused');
      rmSync(checkout.path('predictions.txt'));
      expect(await checkout.outcome()).toBe('reused');
    },
  );

  test('written files: a directory that the eval makes and fills is no input', SOAK, async (context) => {
    const checkout = await Checkout.make(context, {
      report_folder: './reports/today',
      after:
        "os.makedirs(paths['report_folder'], exist_ok=True); open(paths['report_folder'] + '/' + sample['input'], 'w').write('x')",
    });
    expect(await checkout.outcome()).toBe('fresh');
    expect(existsSync(checkout.path('reports/today/plum'))).toBe(true);
    expect(await checkout.outcome()).toBe('reused');
  });

  test(
    'written files: other files in a directory that the eval writes to stay inputs',
    LONG,
    async (context) => {
      const checkout = await Checkout.make(context, {
        work: './work/all',
        after: "open(paths['work'] + '/' + sample['input'], 'w').write('x')",
      });
      checkout.write('work/all/rules.txt', 'one');
      expect(await checkout.outcome()).toBe('fresh');
      expect(await checkout.outcome()).toBe('reused');
      checkout.write('work/all/rules.txt', 'two');
      expect(await checkout.outcome()).toBe('work rules.txt changed');
    },
  );

  test('read files: a file that the eval only reads is an input', async (context) => {
    const checkout = await Checkout.make(context, {
      guide: 'guide.txt',
      after: "open(paths['guide']).read()",
    });
    checkout.write('guide.txt', 'one');
    expect(await checkout.outcome()).toBe('fresh');
    checkout.write('guide.txt', 'two');
    expect(await checkout.outcome()).toBe('guide changed');
  });

  test(
    'written files: the responses of an interrupted eval are saved, whatever it has written',
    LONG,
    async (context) => {
      const checkout = await Checkout.make(
        context,
        { predictions_file: 'predictions.txt', after: append('predictions_file') },
        { model: 'gpt-4', api: {}, env: { EVALS_THREADS: '1' } },
      );
      checkout.machine.api.holdAfter(2);
      const begun = checkout.run({
        onLine: (_, main) => void checkout.machine.api.untilHeld().then(() => main.kill('SIGKILL')),
      });
      await begun;
      expect(existsSync(checkout.path('predictions.txt'))).toBe(true);
      checkout.machine.api.release();
      const resumed = await checkout.run();
      expect(resumed.outputs, logOf(resumed)).toMatchObject({
        complete: 'true',
        'requests-replayed': '2',
        'requests-sent': '1',
      });
    },
  );
});

describe.concurrent('names that are no text', { timeout: 240_000 }, () => {
  const latin = (...parts: (string | number)[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

  test('names in Latin-1: a file below a data directory is read, and is part of the fingerprint', async (context) => {
    const checkout = await Checkout.make(context, { knowledge: 'kb' });
    mkdirSync(checkout.path('registry/data/kb'));
    const file = latin(`${checkout.path('registry/data/kb')}/caf`, 0xe9, '.txt');
    writeFileSync(file, 'menu');
    expect(await checkout.outcome()).toBe('fresh');
    expect(await checkout.outcome()).toBe('reused');
    writeFileSync(file, 'another menu');
    expect(await checkout.outcome()).toMatch(/^knowledge caf.\.txt changed$/);
  });

  test('names in UTF-8: they are read where Python expects ASCII', SOAK, async (context) => {
    const checkout = await Checkout.make(
      context,
      { knowledge: 'kb' },
      { env: { LC_ALL: 'C', PYTHONUTF8: '0', PYTHONCOERCECLOCALE: '0' } },
    );
    checkout.write('registry/data/kb/café.txt', 'menu');
    expect(await checkout.outcome()).toBe('fresh');
    checkout.write('registry/data/kb/café.txt', 'another menu');
    expect(await checkout.outcome()).toBe('knowledge café.txt changed');
  });

  test(
    'names in Latin-1: a registry, modules and a working directory behind a link work',
    LONG,
    async (context) => {
      const checkout = await Checkout.make(context);
      const real = latin(`${checkout.machine.directory}/projet-`, 0xe9);
      renameSync(checkout.project, real);
      symlinkSync(real, checkout.project);
      writeFileSync(
        latin(`${checkout.path('registry/evals')}/`, 0xe8, '.yaml'),
        'other: { id: other.dev.v0 }\n',
      );
      expect(await checkout.outcome()).toBe('fresh');
      expect(await checkout.outcome()).toBe('reused');
      checkout.write('modules/own/scoring.py', 'RIGHT = False\n');
      expect(await checkout.outcome()).toBe('own/scoring.py changed');
    },
  );

  test(
    'names in Latin-1: a registry file with such a name is an error before the first request',
    LONG,
    async (context) => {
      const checkout = await Checkout.make(context);
      renameSync(
        checkout.path('registry/evals/own.yaml'),
        latin(`${checkout.path('registry/evals')}/`, 0xe8, '.yaml'),
      );
      const { exitCode, annotations } = await checkout.run();
      expect(exitCode).toBe(1);
      expect(annotations[0]?.message).toMatch(
        /own\.dev\.v0: the name of its registry file is not UTF-8.*rename the file/,
      );
    },
  );
});
