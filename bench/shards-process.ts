/**
 * Measures in its own process what the shards of a very large set cost the action itself, without Python and the network.
 *
 *     shards-process.ts write <directory> <evals> <shards>    writes the checkpoint of each shard, as files that were restored
 *     shards-process.ts assign <directory> <evals> <shards>   finds what one shard has of the plan
 *     shards-process.ts merge <directory> <evals> <shards>    merges the shards, as src/merge.ts does
 *     shards-process.ts again <directory> <evals> <shards>    the same when what the last run merged is restored, too
 */
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readContext } from '../src/action/context.ts';
import { bareFacts } from '../src/action/run-facts.ts';
import { Checkpointer } from '../src/checkpoint/checkpointer.ts';
import type { CheckpointIdentity } from '../src/checkpoint/keys.ts';
import { restoreShards } from '../src/checkpoint/restore-shards.ts';
import { restoreCheckpoint } from '../src/checkpoint/restored-checkpoint.ts';
import type { CheckpointStore } from '../src/checkpoint/store.ts';
import { WHOLE } from '../src/model/shard.ts';
import { evalsOfShards, partOf } from '../src/plan/assign-shards.ts';
import { sharedPlan } from '../src/plan/shared-plan.ts';
import { statePaths } from '../src/progress/paths.ts';
import { readSavedPlan } from '../src/progress/saved-plan.ts';
import { statesOnMachine } from '../src/progress/states-on-machine.ts';
import { mergedRun, tidyMerged } from '../src/run/merge-shards.ts';
import { openMerged } from '../src/run/open-state.ts';
import { silentLog as log } from '../test/helpers/silent-log.ts';
import { EVAL_SET, MODEL, owner, planFromResponse, writeResponse } from './large-set.ts';
import { MERGED, RUN, savedIn, writeSavedShards } from './saved-shards.ts';

export interface ShardsCost {
  readonly seconds: number;
  /** The peak memory of this process, in bytes. */
  readonly memory: number;
}

/** One of the tasks above. */
export type ShardsTask = 'write' | 'assign' | 'merge' | 'again';

// Only their user can read the files of a state.
process.umask(0o077);
const [task = '', root = '', ...counts] = process.argv.slice(2);
const [evals = 0, count = 0] = counts.map(Number);
const facts = bareFacts(readContext({}, 'linux', root));
const restored = join(root, 'restored');

let begun = performance.now();
/** Starts the measurement: what the task did before is its preparation. */
const begin = (): void => {
  begun = performance.now();
};
let ended: number | undefined;
/** Ends the measurement before the task has ended. */
const end = (): void => {
  ended = performance.now();
};

const TASKS: Readonly<Record<ShardsTask, () => Promise<void>>> = {
  write: async () => {
    writeResponse(root, evals);
    writeSavedShards(root, await planFromResponse(root, { asked: EVAL_SET }), count, facts);
  },
  assign,
  merge: () => merge(false),
  again: () => merge(true),
};
if (!Object.hasOwn(TASKS, task))
  throw new Error(`There is no task ${task}. Choose from: ${Object.keys(TASKS).join(', ')}.`);
await TASKS[task as ShardsTask]();
const seconds = ((ended ?? performance.now()) - begun) / 1000;
process.send?.({ seconds, memory: process.resourceUsage().maxRSS * 1024 } satisfies ShardsCost);
process.once('disconnect', () => process.exit());

function expect(wanted: number, found: number): void {
  if (found !== wanted) throw new Error(`The task ${task} found ${found} evals instead of ${wanted}.`);
}

async function assign(): Promise<void> {
  const plan = readSavedPlan(statePaths(savedIn(root, MERGED), MODEL, EVAL_SET), owner);
  if (!plan) throw new Error('There is no saved plan. Run the task write first.');
  begin();
  const part = partOf(plan, { index: count, count });
  expect(evals, part.evals.length + part.elsewhere.length);
}

/** What src/merge.ts does, with the functions that it calls. It is measured between the downloads and the upload. */
async function merge(hasEarlier: boolean): Promise<void> {
  for (const name of readdirSync(join(root, 'saved'))) copyTree(name);
  const paths = statePaths(join(root, 'state'), MODEL, EVAL_SET);
  rmSync(paths.root, { recursive: true, force: true });
  const identity = identityOf(count);
  const store = storeOnDisk(hasEarlier);

  begin();
  using found = await restoreShards({ store, identity, owner, log });
  const shards = found.found;
  const plan = sharedPlan(shards, owner);
  const ofSet = { plan, evalsOf: evalsOfShards(plan, count), shards };
  const run = await mergedRun({ ...ofSet, model: MODEL, evalSet: EVAL_SET, facts, texts: 'failures' });
  const machine = statesOnMachine(paths, owner);
  const earlier = {
    store,
    identity: identityOf(1),
    owner,
    machine,
    resume: true,
    scope: 'user',
    log,
  } as const;
  await using checkpoint = await restoreCheckpoint(earlier);
  await using opened = await openMerged({ paths, owner, checkpoint, log });
  const { state, journals } = opened;
  state.merge(...shards.map((shard) => shard.state));
  state.savePlan(plan);
  tidyMerged(state, ofSet, run.outcomes);
  state.beginRun(run.facts);
  const isUnchanged = () => checkpoint.isUnchanged();
  await new Checkpointer({ state, isUnchanged, journals, store, log }).finish();

  const completed = run.outcomes.filter(({ status }) => status === 'fresh').length;
  expect(evals - count, completed);
  expect(evals - count, state.records.length);
  expect(evals, run.outcomes.length);
}

function identityOf(shards: number): CheckpointIdentity {
  const { model, evalSet, cacheKey } = owner;
  const shard = { ...WHOLE, count: shards };
  return { model, evalSet, cacheKey, request: '', user: '', shard, runId: RUN.id, runAttempt: RUN.attempt };
}

/** A store whose checkpoints are downloaded and unpacked already. What is saved goes nowhere, and ends the measurement. */
function storeOnDisk(hasEarlier: boolean): CheckpointStore {
  return {
    nextSeq: 1,
    check: async () => undefined,
    otherCheckpoint: async () => undefined,
    newestOfSet: async () => undefined,
    async restore({ keys, inspect } = {}) {
      const [, shard] = /-s(\d+)of\d+-/.exec(keys?.thisRun ?? '') ?? [];
      if (shard === undefined && !hasEarlier) return { kind: 'miss' };
      const directory = join(restored, shard ?? MERGED);
      const objection = await inspect?.(directory, new AbortController().signal);
      if (objection) throw new Error(`The checkpoint in ${directory} cannot be used: ${objection.why}.`);
      return { kind: 'hit', key: keys?.thisRun ?? MERGED, directory, staging: directory, passedOver: [] };
    },
    async save() {
      end();
      return { kind: 'saved', key: 'none' };
    },
  };
}

/**
 * Copies a checkpoint, because a merge removes what it has restored. It reads the plan of the first shard only. Copies of the
 * others would be gigabytes, so they are files of the same size without content.
 */
function copyTree(name: string): void {
  const [from, to] = [savedIn(root, name), join(restored, name)];
  rmSync(to, { recursive: true, force: true });
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    if (entry.name !== 'plan.json' || name === '1' || name === MERGED) {
      copyFileSync(source, target);
      continue;
    }
    writeFileSync(target, '');
    truncateSync(target, lstatSync(source).size);
  }
}
