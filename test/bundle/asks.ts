/** Eval sets that are made for a test, of evals that ask so many questions each, and runs of them up to a known point. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import type { RunningAction, RunResult } from '../helpers/runner.ts';
import { Bed, type BedOptions, type BedRun, logOf, scratch } from './bed.ts';

export type Context = Parameters<typeof Bed.make>[0];

export interface Shape {
  /** Samples of each eval; each asks once, and no two ask the same. */
  readonly samples: readonly number[];
  /** Of `module:Class`, where it is not evals' own Match: of all evals, or of each. */
  readonly className?: string | readonly (string | undefined)[];
}

/** The evals that `bedOf` makes. */
export const key = (number: number): string => `ask-${number}.dev.v0`;

/** A machine with an API and an eval set of its own, `asks`. */
export async function bedOf(context: Context, shape: Shape, options: Partial<BedOptions> = {}): Promise<Bed> {
  const registry = scratch(context);
  for (const folder of ['evals', 'eval_sets', 'data/ask'])
    mkdirSync(join(registry, folder), { recursive: true });
  const names = shape.samples.map((_, number) => `ask-${number}`);
  writeFileSync(join(registry, 'eval_sets/asks.yaml'), JSON.stringify({ asks: { evals: names } }));
  const evals = names.flatMap((name, number) => [
    [name, { id: `${name}.dev.v0`, metrics: ['accuracy'] }],
    [
      `${name}.dev.v0`,
      {
        class: classOf(shape, number) ?? 'evals.elsuite.basic.match:Match',
        args: { samples_jsonl: `ask/${name}.jsonl` },
      },
    ],
  ]);
  writeFileSync(join(registry, 'evals/asks.yaml'), JSON.stringify(Object.fromEntries(evals)));
  for (const [number, count] of shape.samples.entries()) writeSamples(registry, number, count);
  const bed = await Bed.make(context, {
    python: await evalsPython(),
    model: 'gpt-4',
    evalSet: 'asks',
    api: {},
    ...options,
    inputs: { 'registry-path': registry, ...options.inputs },
  });
  registries.set(bed, registry);
  return bed;
}

function classOf({ className }: Shape, number: number): string | undefined {
  return typeof className === 'object' ? className[number] : className;
}

/** A module of the user's own, for `PYTHONPATH`. */
export function ownModule(context: Context, name: string, source: string): { readonly PYTHONPATH: string } {
  const folder = scratch(context);
  writeFileSync(join(folder, `${name}.py`), source);
  return { PYTHONPATH: folder };
}

export const registries = new WeakMap<Bed, string>();

function writeSamples(registry: string, number: number, count: number, wording = 'What is'): void {
  const lines = Array.from({ length: count }, (_, i) =>
    JSON.stringify({ input: [{ role: 'user', content: `${wording} ${number}.${i} times 7?` }], ideal: '7' }),
  );
  writeFileSync(join(registry, `data/ask/ask-${number}.jsonl`), `${lines.join('\n')}\n`);
}

/** The same set with other content: its evals have to run again. */
export function changeContent(bed: Bed, number: number, count: number): void {
  writeSamples(registries.get(bed) ?? '', number, count, 'How much is');
}

export function annotations(result: RunResult): string[] {
  return [...result.annotations, ...(result.post?.annotations ?? [])]
    .filter(({ level }) => level !== 'notice')
    .map(({ level, message }) => `${level}: ${message}`);
}

/** Resolves when the API has given so many answers, and holds at least so many. */
export async function untilAnswered(bed: Bed, answered: number, held: number): Promise<void> {
  await bed.api.untilHeld(held);
  await vi.waitFor(() => expect(bed.api.counts().answered).toBe(answered), { timeout: 60_000 });
}

/** Resolves when the journals on disk hold so many answers: what the API has given may still be on its way into them. */
export async function untilKept(bed: Bed, answers: number): Promise<void> {
  await vi.waitFor(() => expect(keptAnswers(bed)).toBe(answers), { timeout: 60_000 });
}

function keptAnswers(bed: Bed): number {
  const folders = [bed.path('live'), bed.path('resume')].map((folder) => join(folder, 'journal'));
  const segments = folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  // The first line of a segment says whose it is.
  return segments.reduce((sum, segment) => sum + segment.split('\n').slice(1, -1).length, 0);
}

/** Runs until so many answers are given and others held, acts, and waits for the end. */
export async function runUntil(
  bed: Bed,
  { answered, held }: { readonly answered: number; readonly held: number },
  act: (main: RunningAction) => unknown,
  run: BedRun = {},
): Promise<RunResult> {
  bed.api.holdAfter(answered);
  const { main, ended } = bed.start(run);
  const early = await Promise.race([untilAnswered(bed, answered, held), ended]);
  if (early) throw new Error(`the action ended early:\n${logOf(early)}`);
  await act(await main);
  return ended;
}

/** The next attempt, on a machine that has nothing but the checkpoint: all that was answered is replayed. */
export async function completesElsewhere(
  bed: Bed,
  total: number,
  kept: number,
  inputs = {},
): Promise<RunResult> {
  bed.forgetState();
  return completes(bed, total, kept, inputs);
}

export async function completes(bed: Bed, total: number, kept: number, inputs = {}): Promise<RunResult> {
  bed.api.release();
  bed.api.forget();
  const result = await bed.run({ runAttempt: 2, inputs });
  expect(result.exitCode, logOf(result)).toBe(0);
  expect(result.outputs).toMatchObject({ complete: 'true', 'requests-sent': String(total - kept) });
  expect(bed.api.counts().received).toBe(total - kept);
  return result;
}
