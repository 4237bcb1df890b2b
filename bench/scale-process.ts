/**
 * Measures in its own process what the action itself does, without Python, for sets and files far larger than usual.
 *
 *     scale-process.ts write <directory> <evals>      writes the state that the other tasks read: all evals are complete
 *     scale-process.ts plan <directory> <evals>       makes the plan from the response of Python
 *     scale-process.ts recall <directory> <evals>     saves the plan, reads it and recalls it
 *     scale-process.ts open <directory> <evals>       reads the state and decides which evals to run, in which order
 *     scale-process.ts removed <directory> <evals>    the same after the user removed every line of the progress file
 *     scale-process.ts append <directory> <evals>     completes one eval after the other
 *     scale-process.ts merge <directory> <evals>      merges a checkpoint into a state where a quarter of the evals is
 *                                                     complete and a quarter removed
 *     scale-process.ts fingerprint <directory> <file>…   computes the fingerprint of one eval per file
 */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CompletionRecord } from '../src/model/completion-record.ts';
import { noModelMap } from '../src/model/model-map.ts';
import type { Plan, PlannedEval } from '../src/model/plan.ts';
import { FileHashes } from '../src/plan/file-hashes.ts';
import { contents } from '../src/plan/fingerprint.ts';
import { recallPlan } from '../src/plan/make-plan.ts';
import { reconcile } from '../src/plan/reconcile.ts';
import { parseRegistryPlan } from '../src/plan/registry-plan.ts';
import { keepMemorySmall } from '../src/process/memory.ts';
import { formatCompletions } from '../src/progress/completions-file.ts';
import { type StatePaths, statePaths } from '../src/progress/paths.ts';
import { formatProgress } from '../src/progress/progress-file.ts';
import { readSavedPlan, savedPlan } from '../src/progress/saved-plan.ts';
import { State } from '../src/progress/state.ts';
import { expectedDurations, longestFirst } from '../src/run/schedule.ts';
import { silentLog } from '../test/helpers/silent-log.ts';
import {
  EVAL_SET,
  MODEL,
  owner,
  planFromResponse,
  pythonResponse,
  recordOf,
  writeResponse,
} from './large-set.ts';

export interface ScaleCost {
  readonly seconds: number;
  /** The peak memory of this process, in bytes. */
  readonly memory: number;
}

/** One of the tasks above. */
export type ScaleTask = 'write' | 'plan' | 'recall' | 'open' | 'removed' | 'append' | 'merge' | 'fingerprint';

const SUBJECT = { asked: EVAL_SET };

// main calls it first, too.
keepMemorySmall();
const [task = '', root = '', ...rest] = process.argv.slice(2);
const count = Number(rest[0]);
const stateOf = (name: string): StatePaths => statePaths(join(root, name), MODEL, EVAL_SET);

let begun = performance.now();
/** Starts the measurement: what the task did before is its preparation. */
const begin = (): void => {
  begun = performance.now();
};

const TASKS: Readonly<Record<ScaleTask, () => void | Promise<void>>> = {
  write,
  plan: async () => expect(count, (await plan()).evals.length),
  recall,
  open: () => expect(count, open('done')),
  removed: () => expect(0, open(copyOf('removed'))),
  append,
  merge,
  fingerprint,
};
if (!Object.hasOwn(TASKS, task))
  throw new Error(`There is no task ${task}. Choose from: ${Object.keys(TASKS).join(', ')}.`);
await TASKS[task as ScaleTask]();
const seconds = (performance.now() - begun) / 1000;
process.send?.({ seconds, memory: process.resourceUsage().maxRSS * 1024 } satisfies ScaleCost);
process.once('disconnect', () => process.exit());

function expect(wanted: number, found: number): void {
  if (found !== wanted) throw new Error(`The task ${task} found ${found} evals instead of ${wanted}.`);
}

async function write(): Promise<void> {
  writeResponse(root, count);
  const { evals, ...made } = await plan();
  const records = evals.map(recordOf);
  writeState('done', records, evals);
  // The first quarter is complete. The second has completion records without lines in the progress file.
  writeState('quarter-removed', records.slice(0, count / 2), evals.slice(0, count / 4));
  writeState('removed', records, []);
  openState('done').savePlan(savedPlan({ evals, ...made }, owner));
}

function writeState(name: string, records: readonly CompletionRecord[], done: readonly PlannedEval[]): void {
  const { completions, progressFile } = stateOf(name);
  mkdirSync(dirname(completions), { recursive: true });
  writeFileSync(completions, formatCompletions(records));
  writeFileSync(progressFile, formatProgress(done.map(({ command }) => command)));
}

/** Copies a state for a task that changes it. If there is no such state, the copy is empty. */
function copyOf(name: string): string {
  const copy = `${name}-copy`;
  rmSync(join(root, copy), { recursive: true, force: true });
  if (existsSync(join(root, name))) cpSync(join(root, name), join(root, copy), { recursive: true });
  return copy;
}

function openState(name: string, evals: readonly PlannedEval[] = []): State {
  const knownCommands = evals.map(({ command }) => command);
  return State.open({ paths: stateOf(name), owner, knownCommands, log: silentLog });
}

/** Makes the plan from a response of Python that is already on disk. */
function plan(): Promise<Plan> {
  return planFromResponse(root, SUBJECT);
}

async function recall(): Promise<void> {
  const made = await plan();
  const state = openState('done');
  begin();
  state.savePlan(savedPlan(made, owner));
  const recalled = await recallPlan(readSavedPlan(state.paths, owner), SUBJECT, new FileHashes());
  expect(count, recalled?.evals.length ?? 0);
}

function planOnDisk(): Omit<Plan, 'dependencies'> {
  const saved = readSavedPlan(stateOf('done'), owner);
  if (!saved) throw new Error('There is no saved plan. Run the task write first.');
  return { ...saved, ...saved.made, leftOut: [], digest: saved.signature };
}

/** @returns how many evals are complete */
function open(name: string): number {
  const { evals } = planOnDisk();
  begin();
  const state = openState(name, evals);
  const decisions = reconcile({ evals }, state, { now: new Date() });
  const ordered = longestFirst(evals, expectedDurations(evals, state.records));
  expect(count, ordered.length);
  return decisions.filter(({ kind }) => kind === 'reuse').length;
}

function append(): void {
  const { evals } = planOnDisk();
  const state = openState(copyOf('new'));
  begin();
  for (const [index, planned] of evals.entries()) state.complete(recordOf(planned, index));
  expect(count, state.records.length);
}

function merge(): void {
  const copy = copyOf('quarter-removed');
  begin();
  const state = openState(copy);
  state.merge(openState('done'));
  expect(count - count / 4, state.records.length);
}

async function fingerprint(): Promise<void> {
  const registry = parseRegistryPlan(pythonResponse(root, rest));
  begin();
  const values = await contents({
    registry,
    model: MODEL,
    modelMap: noModelMap,
    env: {},
    hashes: new FileHashes(),
  });
  expect(rest.length, new Set(values.map((each) => each.fingerprint.value)).size);
}
