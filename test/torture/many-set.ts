/** The eval set that torture runs: five evals. A model grades one of them, and one uses conversations at the API. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestMachine } from '../helpers/test-machine.ts';
import type { CacheFault, CacheRequest } from '../stand-ins/cache-service.ts';
import { conversations } from '../stand-ins/conversations.ts';

const SAMPLES = 40;
/** The threads of each eval, each of which has one request in flight. */
export const THREADS = 4;
export const EVALS = 5;
/** The requests of each eval whose responses are recorded. The model-graded eval requests an answer, then a grade. */
export const REQUESTS: Readonly<Record<string, number>> = {
  'many-match.dev.v0': SAMPLES,
  'many-includes.dev.v0': SAMPLES,
  'many-fuzzy.dev.v0': SAMPLES,
  'many-graded.dev.v0': 2 * SAMPLES,
  // Its conversations are state at the API, so no response is recorded, and each attempt starts from the beginning.
  'many-talks.dev.v0': 0,
};
const TALKS_SAMPLES = 12;
const FIXTURE = join(import.meta.dirname, '../fixtures/many-samples');
const TALKS = join(import.meta.dirname, '../fixtures/conversations');
const questions = Array.from({ length: SAMPLES }, (_, i) => ({
  input: [{ role: 'user', content: `What is ${i} times 7 — as a number?` }],
  ideal: String(i * 7),
}));

export interface Faults {
  /** The faults of the cache service, which may change between runs. */
  now: ((request: CacheRequest) => CacheFault | undefined) | undefined;
}

/** Makes a machine with the set for `work`, and removes it afterwards. */
export async function withMachine(
  python: string,
  work: (machine: TestMachine, faults: Faults) => Promise<void>,
): Promise<void> {
  const cleanups: (() => void | Promise<void>)[] = [];
  const faults: Faults = { now: undefined };
  try {
    const machine = await TestMachine.make(
      { onTestFinished: (cleanup) => cleanups.push(cleanup) },
      {
        python,
        model: 'gpt-4',
        evalSet: 'many',
        api: {
          latencyMs: 60,
          faults: conversations().faults,
          knowledge: new Map(questions.map((q) => [q.input[0]?.content ?? '', q.ideal])),
        },
        cache: { faults: (request) => faults.now?.(request) },
        env: { EVALS_THREADS: String(THREADS), PYTHONPATH: TALKS },
      },
    );
    const registry = join(machine.directory, 'registry');
    cpSync(FIXTURE, registry, { recursive: true });
    mkdirSync(join(registry, 'data/many'), { recursive: true });
    writeFileSync(
      join(registry, 'data/many/samples.jsonl'),
      questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
    );
    addTalks(registry);
    await work(machine, faults);
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

/** Adds an eval that uses conversations to the set. */
function addTalks(registry: string): void {
  const samples = questions.slice(0, TALKS_SAMPLES).map((question) => `${JSON.stringify(question)}\n`);
  writeFileSync(join(registry, 'data/many/talks.jsonl'), samples.join(''));
  const entries = {
    'many-talks': { id: 'many-talks.dev.v0', metrics: ['accuracy'] },
    'many-talks.dev.v0': { class: 'talks:Talk', args: { samples_jsonl: 'many/talks.jsonl' } },
  };
  writeFileSync(join(registry, 'evals/talks.yaml'), JSON.stringify(entries));
  const set = join(registry, 'eval_sets/many.yaml');
  writeFileSync(set, `${readFileSync(set, 'utf8').trimEnd()}\n    - many-talks\n`);
}
