/** What is an input of an eval, and what is not: code that its class imports, files that it writes, names that are no text. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import type { RunResult } from '../helpers/runner.ts';
import { Bed, type BedOptions, logOf, runsAgain } from './bed.ts';

let python = '';
beforeAll(async () => {
  python = await evalsPython();
});

type Context = Parameters<typeof Bed.make>[0];

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

/** A machine with a project in which the eval `own` has these arguments. */
class Machine {
  readonly bed: Bed;
  readonly project: string;

  private constructor(bed: Bed) {
    this.bed = bed;
    this.project = join(bed.directory, 'project');
  }

  static async make(
    context: Context,
    args: Readonly<Record<string, unknown>> = {},
    options: Partial<BedOptions> = {},
  ): Promise<Machine> {
    const bed = await Bed.make(context, {
      python,
      evalSet: 's',
      inputs: { 'registry-path': 'registry' },
      ...options,
    });
    const machine = new Machine(bed);
    for (const [name, text] of Object.entries(FILES)) machine.write(name, text);
    machine.configure(args);
    return machine;
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

  run(options: Parameters<Bed['run']>[0] = {}): Promise<RunResult> {
    return this.bed.run({
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
  test('runs the eval again when it is edited, and the reason is its file', async (context) => {
    const machine = await Machine.make(context);
    expect(await machine.outcome()).toBe('fresh');
    machine.write('modules/own/scoring.py', 'RIGHT = False\n');
    expect(await machine.outcome()).toBe('own/scoring.py changed');
    expect(machine.bed.records()[0]?.metrics).toEqual({ accuracy: 0 });
    expect(await machine.outcome()).toBe('reused');
  });

  test('is seen from the first run after an upgrade on, which itself runs nothing again', async (context) => {
    const machine = await Machine.make(context);
    expect(await machine.outcome()).toBe('fresh');
    // As version 0.1 would have left it.
    const [before] = JSON.parse(readFileSync(machine.bed.path('resume/plan.json'), 'utf8')).evals[0].earlier;
    const { written: _, ...record } = JSON.parse(
      readFileSync(machine.bed.path('resume/completions.jsonl'), 'utf8'),
    );
    const old = { ...record, fingerprint: before.value, parts: before.parts };
    writeFileSync(machine.bed.path('resume/completions.jsonl'), `${JSON.stringify(old)}\n`);
    rmSync(machine.bed.path('resume/plan.json'));
    expect(await machine.outcome()).toBe('reused');
    machine.write('modules/own/scoring.py', 'RIGHT = False\n');
    expect(await machine.outcome()).toBe('own/scoring.py changed');
  });
});

describe.concurrent('what an eval writes is no input of it', { timeout: 240_000 }, () => {
  test('a file that is missing is a warning, and the eval that wrote it is reused', async (context) => {
    const machine = await Machine.make(context, {
      predictions_jsonl: 'predictions.jsonl',
      after: append('predictions_jsonl'),
    });
    const first = await machine.run();
    expect(first.outputs, logOf(first)).toMatchObject({ complete: 'true', fresh: '1' });
    expect(first.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining('there is no file predictions.jsonl') },
    ]);
    expect(existsSync(machine.path('predictions.jsonl'))).toBe(true);
    expect(await machine.outcome()).toBe('reused');
    // On a machine that has it no more.
    rmSync(machine.path('predictions.jsonl'));
    expect(await machine.outcome()).toBe('reused');
  });

  test('a file that was there and was written to is left out, and the log says so', async (context) => {
    const machine = await Machine.make(context, {
      predictions_file: 'predictions.txt',
      after: append('predictions_file'),
    });
    machine.write('predictions.txt', 'of yesterday\n');
    const first = await machine.run();
    expect(logOf(first)).toContain('It writes what these arguments name');
    expect(await machine.outcome()).toBe('reused');
    machine.write('predictions.txt', '');
    expect(await machine.outcome()).toBe('reused');
    rmSync(machine.path('predictions.txt'));
    expect(await machine.outcome()).toBe('reused');
  });

  test('a directory that it makes and fills is left out', async (context) => {
    const machine = await Machine.make(context, {
      report_folder: './reports/today',
      after:
        "os.makedirs(paths['report_folder'], exist_ok=True); open(paths['report_folder'] + '/' + sample['input'], 'w').write('x')",
    });
    expect(await machine.outcome()).toBe('fresh');
    expect(existsSync(machine.path('reports/today/plum'))).toBe(true);
    expect(await machine.outcome()).toBe('reused');
  });

  test('inputs in the directory that it writes to stay inputs', async (context) => {
    const machine = await Machine.make(context, {
      work: './work/all',
      after: "open(paths['work'] + '/' + sample['input'], 'w').write('x')",
    });
    machine.write('work/all/rules.txt', 'one');
    expect(await machine.outcome()).toBe('fresh');
    expect(await machine.outcome()).toBe('reused');
    machine.write('work/all/rules.txt', 'two');
    expect(await machine.outcome()).toBe('work rules.txt changed');
  });

  test('a file that it only reads is an input', async (context) => {
    const machine = await Machine.make(context, { guide: 'guide.txt', after: "open(paths['guide']).read()" });
    machine.write('guide.txt', 'one');
    expect(await machine.outcome()).toBe('fresh');
    machine.write('guide.txt', 'two');
    expect(await machine.outcome()).toBe('guide changed');
  });

  test('the answers of an eval that is interrupted are kept, whatever it has written', async (context) => {
    const machine = await Machine.make(
      context,
      { predictions_file: 'predictions.txt', after: append('predictions_file') },
      { model: 'gpt-4', api: {}, env: { EVALS_THREADS: '1' } },
    );
    machine.bed.api.holdAfter(2);
    const begun = machine.run({
      onLine: (_, main) => void machine.bed.api.untilHeld().then(() => main.kill('SIGKILL')),
    });
    await begun;
    expect(existsSync(machine.path('predictions.txt'))).toBe(true);
    machine.bed.api.release();
    const resumed = await machine.run();
    expect(resumed.outputs, logOf(resumed)).toMatchObject({
      complete: 'true',
      'requests-replayed': '2',
      'requests-sent': '1',
    });
  });
});

describe.concurrent('names that are no text', { timeout: 240_000 }, () => {
  const latin = (...parts: (string | number)[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

  test('a file below a data directory is read, and is part of the fingerprint', async (context) => {
    const machine = await Machine.make(context, { knowledge: 'kb' });
    mkdirSync(machine.path('registry/data/kb'));
    const file = latin(`${machine.path('registry/data/kb')}/caf`, 0xe9, '.txt');
    writeFileSync(file, 'menu');
    expect(await machine.outcome()).toBe('fresh');
    expect(await machine.outcome()).toBe('reused');
    writeFileSync(file, 'another menu');
    expect(await machine.outcome()).toMatch(/^knowledge caf.\.txt changed$/);
  });

  test('a name in UTF-8 where Python takes names for ASCII', async (context) => {
    const machine = await Machine.make(
      context,
      { knowledge: 'kb' },
      { env: { LC_ALL: 'C', PYTHONUTF8: '0', PYTHONCOERCECLOCALE: '0' } },
    );
    machine.write('registry/data/kb/café.txt', 'menu');
    expect(await machine.outcome()).toBe('fresh');
    machine.write('registry/data/kb/café.txt', 'another menu');
    expect(await machine.outcome()).toBe('knowledge café.txt changed');
  });

  test('a registry, modules and a working directory behind a link', async (context) => {
    const machine = await Machine.make(context);
    const real = latin(`${machine.bed.directory}/projet-`, 0xe9);
    renameSync(machine.project, real);
    symlinkSync(real, machine.project);
    writeFileSync(
      latin(`${machine.path('registry/evals')}/`, 0xe8, '.yaml'),
      'other: { id: other.dev.v0 }\n',
    );
    expect(await machine.outcome()).toBe('fresh');
    expect(await machine.outcome()).toBe('reused');
    machine.write('modules/own/scoring.py', 'RIGHT = False\n');
    expect(await machine.outcome()).toBe('own/scoring.py changed');
  });

  test('the registry file of an eval has to have a text as its name, which is said before any request', async (context) => {
    const machine = await Machine.make(context);
    renameSync(
      machine.path('registry/evals/own.yaml'),
      latin(`${machine.path('registry/evals')}/`, 0xe8, '.yaml'),
    );
    const { exitCode, annotations } = await machine.run();
    expect(exitCode).toBe(1);
    expect(annotations[0]?.message).toMatch(
      /own\.dev\.v0: the name of its registry file is not UTF-8.*rename the file/,
    );
  });
});
