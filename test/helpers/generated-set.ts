/** Eval sets that are generated for a test. Each eval sends a given number of requests, all of them different. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { evalsPython } from './evals-venv.ts';
import { keyOf, writeRegistry, writeSamples } from './registry.ts';
import type { RunResult } from './runner.ts';
import { type Cleanup, temporaryDirectory } from './temporary-directory.ts';
import { logOf, type MachineOptions, TestMachine } from './test-machine.ts';
import { until } from './waiting.ts';

export interface SetShape {
  /** The number of samples of each eval. Each sample sends one request, and all requests are different. */
  readonly samples: readonly number[];
  /** The `module:Class` of all evals, or of each eval. The default is Match of evals. */
  readonly className?: string | readonly (string | undefined)[];
}

/** The key of an eval of a generated set. */
export const key = (number: number): string => keyOf(`ask-${number}`);

/** Makes a machine with an API and a generated eval set, `asks`. */
export async function machineWithSet(
  cleanup: Cleanup,
  shape: SetShape,
  options: Partial<MachineOptions> = {},
): Promise<TestMachine> {
  const registry = temporaryDirectory(cleanup);
  const evals = shape.samples.map((count, number) => ({
    name: `ask-${number}`,
    className: classOf(shape, number),
    samples: samplesOf(number, count),
  }));
  writeRegistry(registry, 'asks', evals);
  const machine = await TestMachine.make(cleanup, {
    python: await evalsPython(),
    model: 'gpt-4',
    evalSet: 'asks',
    api: {},
    ...options,
    inputs: { 'registry-path': registry, ...options.inputs },
  });
  registries.set(machine, registry);
  return machine;
}

function classOf({ className }: SetShape, number: number): string | undefined {
  return typeof className === 'object' ? className[number] : className;
}

/** Writes a module of the user. @returns the variable that makes it importable */
export function ownModule(cleanup: Cleanup, name: string, source: string): { readonly PYTHONPATH: string } {
  const folder = temporaryDirectory(cleanup);
  writeFileSync(join(folder, `${name}.py`), source);
  return { PYTHONPATH: folder };
}

const registries = new WeakMap<TestMachine, string>();

/** The registry of a machine that `machineWithSet` made. */
export function registryOf(machine: TestMachine): string {
  const registry = registries.get(machine);
  if (registry === undefined)
    throw new Error('This machine has no generated set: machineWithSet did not make it.');
  return registry;
}

function samplesOf(number: number, count: number, wording = 'What is'): object[] {
  return Array.from({ length: count }, (_, i) => ({
    input: [{ role: 'user', content: `${wording} ${number}.${i} times 7?` }],
    ideal: '7',
  }));
}

/** Gives an eval of the set different samples, so that it has to run again. */
export function changeContent(machine: TestMachine, number: number, count: number): void {
  writeSamples(registryOf(machine), `ask-${number}`, samplesOf(number, count, 'How much is'));
}

/** Resolves when the journals on disk hold this many responses. A response that the API has sent may not be recorded yet. */
export async function untilRecorded(
  machine: Pick<TestMachine, 'path'>,
  responses: number,
  { shard }: { readonly shard?: string } = {},
): Promise<void> {
  await until(
    `the journals hold ${responses} responses`,
    () => recordedResponses(machine, shard) === responses,
  );
}

/** @param shard such as `2/3`; undefined: the whole set */
function recordedResponses(machine: Pick<TestMachine, 'path'>, shard: string | undefined): number {
  const folders = ['live', 'resume'].map((name) => join(machine.path(name, shard), 'journal'));
  const segments = folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => readIfThere(join(folder, name))),
  );
  // The first line of a segment is its header.
  return segments.reduce((sum, segment) => sum + segment.split('\n').slice(1, -1).length, 0);
}

/** Reads a segment. One that was sealed after it was listed has moved, and the next call finds it. */
function readIfThere(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}

/** Completes the set with only the checkpoint, and checks that all recorded responses are replayed. */
export async function completesElsewhere(
  machine: TestMachine,
  total: number,
  recorded: number,
  inputs = {},
): Promise<RunResult> {
  machine.forgetState();
  return completes(machine, total, recorded, inputs);
}

/** Completes the set in the next attempt, and checks that it sends only requests without a recorded response. */
export async function completes(
  machine: TestMachine,
  total: number,
  recorded: number,
  inputs = {},
): Promise<RunResult> {
  machine.api.release();
  machine.api.forget();
  const result = await machine.run({ runAttempt: 2, inputs });
  expect(result.exitCode, logOf(result)).toBe(0);
  expect(result.outputs).toMatchObject({ complete: 'true', 'requests-sent': String(total - recorded) });
  expect(machine.api.counts().received).toBe(total - recorded);
  return result;
}
