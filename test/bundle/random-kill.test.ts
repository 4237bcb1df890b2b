/**
 * kill -9 of the whole step at random moments, again and again, until the set is complete: no answer that reached the
 * gateway whole is asked for twice, and the metrics are those of an undisturbed run.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { mulberry32 } from '../helpers/random.ts';
import type { RunResult } from '../helpers/runner.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import { logOf, TestMachine } from '../helpers/test-machine.ts';
import { LONG, testRows } from '../helpers/test-rows.ts';
import type { Knowledge } from '../stand-ins/knowledge.ts';

const SAMPLES = 40;
/** Match, Includes and FuzzyMatch ask once a sample; the model-graded eval asks for an answer, then for a grade. */
const REQUESTS = 5 * SAMPLES;
const FIXTURE = join(import.meta.dirname, '../fixtures/many-samples');

const questions = Array.from({ length: SAMPLES }, (_, i) => ({
  input: [{ role: 'user', content: `What is ${i} times 7 — as a number?` }],
  ideal: String(i * 7),
}));
const knowledge: Knowledge = new Map(questions.map(({ input, ideal }) => [input[0]?.content ?? '', ideal]));

let python: string;
/** The metrics of an undisturbed run. */
let undisturbed: ReturnType<typeof metrics>;

beforeAll(async () => {
  python = await evalsPython();
  const cleanups: (() => void | Promise<void>)[] = [];
  const machine = await machineWithSamples({ onTestFinished: (work) => cleanups.push(work) }, 10);
  const result = await machine.run({ inputs: inputs(machine) });
  expect(result.outputs, logOf(result)).toMatchObject({
    complete: 'true',
    'requests-sent': String(REQUESTS),
  });
  undisturbed = metrics(machine);
  for (const work of cleanups.reverse()) await work();
});

async function machineWithSamples(context: Cleanup, threads: number): Promise<TestMachine> {
  const machine = await TestMachine.make(context, {
    python,
    model: 'gpt-4',
    evalSet: 'many',
    api: { latencyMs: 15, knowledge },
    env: { EVALS_THREADS: String(threads) },
  });
  const registry = join(machine.directory, 'registry');
  await cp(FIXTURE, registry, { recursive: true });
  mkdirSync(join(registry, 'data', 'many'), { recursive: true });
  writeFileSync(
    join(registry, 'data', 'many', 'samples.jsonl'),
    questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
  );
  return machine;
}

const inputs = (machine: TestMachine) => ({ 'registry-path': join(machine.directory, 'registry') });

const metrics = (machine: TestMachine) =>
  Object.fromEntries(
    machine
      .records()
      .map(({ eval: key, metrics: all }) => [
        key,
        Object.fromEntries(Object.entries(all).filter(([name]) => !name.endsWith('_std'))),
      ]),
  );

/** Kills main when the given number of requests has arrived, then lets post run. */
async function killAfter(
  machine: TestMachine,
  requests: number,
  forget: boolean,
  runAttempt: number,
): Promise<RunResult> {
  const target = machine.api.requests.length + requests;
  let killed = false;
  const result = await machine.run({
    inputs: inputs(machine),
    runAttempt,
    onLine: (_line, running) => {
      if (killed || running.phase !== 'main') return;
      killed = true;
      void machine.api.untilReceived(target).then(() => running.kill('SIGKILL'));
    },
  });
  if (forget) machine.forgetState();
  return result;
}

describe.concurrent('an eval set that is killed again and again', () => {
  testRows({ short: 0, long: 1 }, [
    { threads: 10, seeds: [11, 12, 13], forget: false },
    { threads: 10, seeds: [16, 17, 18], forget: true },
    { threads: 1, seeds: [1, 2, 3], forget: false },
    { threads: 4, seeds: [6, 7, 8], forget: false },
  ])(
    'random kills: $threads threads, state directory emptied in between: $forget',
    async ({ threads, seeds, forget }, context) => {
      const machine = await machineWithSamples(context, threads);
      let runAttempt = 0;
      for (const seed of seeds) {
        runAttempt += 1;
        const result = await killAfter(machine, 1 + Math.floor(mulberry32(seed)() * 45), forget, runAttempt);
        expect(result.signal, logOf(result)).toBe('SIGKILL');
      }
      const last = await machine.run({ inputs: inputs(machine), runAttempt: runAttempt + 1 });
      expect(last.outputs.complete, logOf(last)).toBe('true');

      // A kill costs what was in flight: one request a thread at most. Every other one is paid for once.
      expect(machine.api.requests.length).toBeLessThanOrEqual(REQUESTS + seeds.length * threads);

      expect(existsSync(machine.path('resume/journal'))).toBe(false);
      expect(existsSync(machine.path('live/journal'))).toBe(false);
      expect(metrics(machine)).toEqual(undisturbed);
    },
  );
});

test('API key: after a kill it is in no file, output or checkpoint', async (context) => {
  const key = 'sk-MARKER-7d1f0a52c3';
  const machine = await machineWithSamples(context, 4);
  const result = await machine.run({
    inputs: inputs(machine),
    env: { OPENAI_API_KEY: key },
    onLine: (_line, running) =>
      running.phase === 'main' && void machine.api.untilReceived(50).then(() => running.kill('SIGKILL')),
  });
  expect(machine.api.requests[0]?.headers.authorization).toBe(`Bearer ${key}`);
  expect(existsSync(machine.path('resume/journal'))).toBe(true);
  const written = readdirSync(machine.directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(written.filter((path) => readFileSync(path).includes(key))).toEqual([]);
  const archives = machine.cache.entries().map(({ archive }) => zstdDecompressSync(archive));
  expect(archives).toHaveLength(1);
  expect(archives.some((archive) => archive.includes(key))).toBe(false);
  expect(archives.some((archive) => archive.includes('"journal":1'))).toBe(true);
  expect(logOf(result)).not.toContain(key);
  expect(JSON.stringify([result.outputs, result.summary, result.state])).not.toContain(key);
});

test('sample-resume: false records no responses', LONG, async (context) => {
  const machine = await machineWithSamples(context, 4);
  await machine.run({
    inputs: { ...inputs(machine), 'sample-resume': 'false' },
    onLine: (_line, running) =>
      running.phase === 'main' && void machine.api.untilReceived(20).then(() => running.kill('SIGKILL')),
  });
  expect(existsSync(machine.path('resume/journal'))).toBe(false);
  const again = await machine.run({
    inputs: { ...inputs(machine), 'sample-resume': 'false' },
    runAttempt: 2,
  });
  expect(again.outputs).toMatchObject({
    complete: 'true',
    'requests-replayed': '0',
    'requests-sent': String(REQUESTS),
  });
});
