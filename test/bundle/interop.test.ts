/** `oaievalset` itself and the action resume from each other, and get the same results. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { parsePythonJson, readRecordFile } from '../../src/record/record-file.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { knowledgeFrom } from '../stand-ins/knowledge.ts';
import { Bed, type BedOptions, logOf, scratch } from './bed.ts';

const run = promisify(execFile);

const EVALS = [
  'test-match.s1.simple-v0',
  'test-fuzzy-match.s1.simple-v0',
  'test-includes.s1.simple-v0',
  'test-includes-ignore-case.s1.simple-v0',
];
const REQUESTS_PER_EVAL = 3;
const REGISTRY = join(import.meta.dirname, '../fixtures/reuse/registry');
/** `oaievalset` knows no other place, nor does `oaieval` for its record files. */
const SHARED = '/tmp/oaievalset';
const RECORDS = '/tmp/evallogs';
const NOT_OURS = 'done by oaievalset, no results recorded';

let python: string;
beforeAll(async () => {
  python = await evalsPython();
});

type Context = Parameters<typeof Bed.make>[0];

/** In oaievalset's own state directory, with a model of its own, which evals takes for a chat model by its first letters. */
async function sharedBed(context: Context, options: Partial<BedOptions> = {}): Promise<Bed> {
  const model = `gpt-4-${randomUUID()}`;
  context.onTestFinished(() => {
    forget(SHARED, model);
    forget(RECORDS, model);
  });
  mkdirSync(SHARED, { recursive: true });
  return Bed.make(context, { python, api: {}, model, stateDirectory: SHARED, ...options });
}

/** Removes what belongs to the model, and nobody else's. */
function forget(directory: string, model: string): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory).filter((each) => each.includes(model))) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}

/** The environment of a shell in which evals is installed. */
function shellOf(bed: Bed): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  const path = [dirname(python), PATH].join(delimiter);
  return { PATH: path, HOME, LANG, OPENAI_API_KEY: 'x', OPENAI_BASE_URL: bed.api.url };
}

/** `oaievalset <model> <set>`, to its end. It fails the test when it does not end well. */
async function oaievalset(context: Context, bed: Bed, ...args: string[]): Promise<string> {
  const program = join(dirname(python), 'oaievalset');
  const { stdout } = await run(program, [bed.model, bed.evalSet, ...args], {
    env: shellOf(bed),
    cwd: scratch(context),
  });
  expect(stdout).toContain('All done!');
  return stdout;
}

/** Starts `oaievalset` in a process group of its own. */
function startOaievalset(context: Context, bed: Bed): ChildProcess & { readonly pid: number } {
  const program = join(dirname(python), 'oaievalset');
  const child = spawn(program, [bed.model, bed.evalSet], {
    env: shellOf(bed),
    cwd: scratch(context),
    detached: true,
    stdio: 'ignore',
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  context.onTestFinished(() => killGroup(pid));
  return Object.assign(child, { pid });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

describe.concurrent('the action and oaievalset', () => {
  test('oaievalset goes on where the killed action stopped, and the action takes up what it did', async (context) => {
    const bed = await sharedBed(context);
    bed.api.holdWhen(() => bed.doneEvals().length >= 2);
    const killed = await bed.runUntilHeld((main) => main.kill('SIGKILL'), { phase: 'main' });
    expect(bed.doneEvals(), logOf(killed)).toEqual(EVALS.slice(0, 2));

    // What the killed one had sent is still arriving.
    await vi.waitFor(() => expect(bed.api.counts().held).toBe(0), { timeout: 10_000 });
    bed.api.release();
    bed.api.forget();
    const said = await oaievalset(context, bed);
    expect(said).toContain('2/4 evals already completed');
    expect(bed.doneEvals()).toEqual(EVALS);
    expect(bed.api.counts().received).toBe(2 * REQUESTS_PER_EVAL);

    bed.api.forget();
    const after = await bed.run({ runAttempt: 2 });
    expect(after.exitCode, logOf(after)).toBe(0);
    expect(after.annotations).toEqual([]);
    expect(after.outputs).toMatchObject({ complete: 'true', fresh: '0', reused: '4' });
    expect(after.summary.split(NOT_OURS)).toHaveLength(1 + 2);
    expect(bed.api.counts().received).toBe(0);
    expect(bed.records().map((record) => record.eval)).toEqual(EVALS.slice(0, 2));
  });

  test('the action goes on where a killed oaievalset stopped', async (context) => {
    const bed = await sharedBed(context);
    bed.api.holdWhen(() => bed.doneEvals().length >= 2);
    const child = startOaievalset(context, bed);
    await bed.api.untilHeld();
    killGroup(child.pid);
    expect(bed.doneEvals()).toEqual(EVALS.slice(0, 2));

    await vi.waitFor(() => expect(bed.api.counts().held).toBe(0), { timeout: 10_000 });
    bed.api.release();
    bed.api.forget();
    const result = await bed.run();
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(result.annotations).toEqual([]);
    expect(result.outputs).toMatchObject({ complete: 'true', fresh: '2', reused: '2' });
    expect(result.summary.split(NOT_OURS)).toHaveLength(1 + 2);
    expect(bed.api.counts().received).toBe(2 * REQUESTS_PER_EVAL);
    expect(bed.doneEvals()).toEqual(EVALS);

    // The checkpoint carries what oaievalset did, too: a machine that knows nothing has nothing to do.
    forget(SHARED, bed.model);
    bed.api.forget();
    const elsewhere = await bed.run({ runId: '2' });
    expect(elsewhere.outputs, logOf(elsewhere)).toMatchObject({ complete: 'true', fresh: '0', reused: '4' });
    expect(bed.api.counts().received).toBe(0);

    bed.api.forget();
    expect(await oaievalset(context, bed)).toContain('4/4 evals already completed');
    expect(bed.api.counts().received).toBe(0);
  });

  test('a progress file of an old oaievalset, with blank and torn lines, is read and left so that oaievalset reads it', async (context) => {
    const bed = await sharedBed(context);
    const args = ['--max_samples', '2'];
    const command = (key: string): string[] => ['oaieval', bed.model, key, ...args];
    const text = [
      command(EVALS[0] ?? '').join(' '),
      '',
      JSON.stringify(command(EVALS[1] ?? '')),
      '   ',
      JSON.stringify(command(EVALS[2] ?? '')).slice(0, -9),
    ];
    writeFileSync(bed.path('progress.txt'), text.join('\n'));

    const result = await bed.run({ inputs: { args: args.join(' ') } });
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(result.outputs).toMatchObject({ complete: 'true', fresh: '2', reused: '2' });
    expect(bed.api.counts().received).toBe(2 * 2);
    // Python's json.dumps, byte for byte: oaievalset compares lists, but people compare files.
    const lines = EVALS.map((key) => `["oaieval", "${bed.model}", "${key}", "--max_samples", "2"]\n`);
    expect(readFileSync(bed.path('progress.txt'), 'utf8')).toBe(lines.join(''));

    bed.api.forget();
    expect(await oaievalset(context, bed, ...args)).toContain('4/4 evals already completed');
    expect(bed.api.counts().received).toBe(0);
    expect(readFileSync(bed.path('progress.txt'), 'utf8')).toBe(lines.join(''));
  });

  test('a killed action with own registry and arguments leaves lines that oaievalset counts', async (context) => {
    const bed = await sharedBed(context, {
      evalSet: 'small',
      inputs: { 'registry-path': REGISTRY, args: '--max_samples 1 --user "a b"' },
    });
    bed.api.holdWhen(() => bed.doneEvals().length >= 1);
    const killed = await bed.runUntilHeld((main) => main.kill('SIGKILL'), { phase: 'main' });
    expect(bed.doneEvals(), logOf(killed)).toHaveLength(1);

    bed.api.release();
    bed.api.forget();
    const said = await oaievalset(
      context,
      bed,
      '--max_samples',
      '1',
      '--user',
      'a b',
      '--registry_path',
      REGISTRY,
    );
    expect(said).toContain('1/2 evals already completed');
    expect(bed.api.counts().received).toBe(1);

    bed.api.forget();
    const after = await bed.run({ runAttempt: 2 });
    expect(after.outputs, logOf(after)).toMatchObject({ complete: 'true', fresh: '0', reused: '2' });
    expect(bed.api.counts().received).toBe(0);
  });
});

/** Draws from Python's unseeded `random`: no two runs agree (evals/metrics.py, get_bootstrap_accuracy_std). */
const RANDOM_METRIC = 'boostrap_std';

describe.concurrent('metrics are those of plain oaieval', () => {
  const data = async (): Promise<string> => {
    const { stdout } = await run(
      python,
      ['-c', 'import evals.registry as r, os; print(os.path.dirname(r.__file__))'],
      {
        env: { ...process.env, OPENAI_API_KEY: 'x' },
      },
    );
    return join(stdout.trim(), 'registry/data');
  };

  test.for([
    { evalSet: 'test-basic', samples: 'test_fuzzy_match', metrics: ['accuracy', 'f1_score'] },
    { evalSet: 'graded', samples: 'test_metaeval', metrics: ['metascore', 'score', /^counts\//] },
  ])('$evalSet', async ({ evalSet, samples, metrics }, context) => {
    const own = join(import.meta.dirname, '../fixtures/model-api/test-basic.jsonl');
    const knowledge = await knowledgeFrom(join(await data(), samples), own);
    const bed = await Bed.make(context, {
      python,
      model: 'gpt-4',
      evalSet,
      api: { knowledge, rightShare: 0.7 },
      inputs: { 'registry-path': REGISTRY },
    });
    const result = await bed.run({ cache: false });
    expect(result.exitCode, logOf(result)).toBe(0);
    const sentByUs = bed.api.requests.map(({ bodySha256 }) => bodySha256).sort();

    bed.api.forget();
    const records = bed.records();
    const plain: Record<string, unknown>[] = [];
    for (const record of records) {
      const path = join(scratch(context), 'record.jsonl');
      const args = ['gpt-4', record.eval, '--registry_path', REGISTRY, '--record_path', path];
      const printed = await run(join(dirname(python), 'oaieval'), args, {
        env: shellOf(bed),
        cwd: bed.directory,
      });
      const { finalReport } = (await readRecordFile(path)) ?? {};
      if (!finalReport) throw new Error(`plain oaieval recorded no final report:\n${printed.stderr}`);
      plain.push(finalReport);
      // And what it printed for people.
      for (const [name, value] of Object.entries(record.metrics)) {
        if (name === RANDOM_METRIC) continue;
        const line = printed.stderr.split('\n').find((each) => each.includes(`] ${name}: `));
        expect(parsePythonJson(line?.split(`] ${name}: `)[1] ?? ''), `${record.eval} ${name}`).toBe(value);
      }
    }
    const comparable = (from: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(
        Object.entries(from).map(([name, value]) => [name, name === RANDOM_METRIC ? typeof value : value]),
      );
    expect(records.map((record) => comparable(record.metrics))).toEqual(plain.map(comparable));
    expect(bed.api.requests.map(({ bodySha256 }) => bodySha256).sort()).toEqual(sentByUs);

    // The comparison is not one of zeros.
    for (const metric of metrics) {
      const values = records.flatMap((record) =>
        Object.entries(record.metrics).flatMap(([name, value]) =>
          (typeof metric === 'string' ? name === metric : metric.test(name)) ? [value] : [],
        ),
      );
      expect(values, String(metric)).toContainEqual(expect.any(Number));
      expect(
        values.some((value) => value !== 0),
        String(metric),
      ).toBe(true);
    }
  });
});
