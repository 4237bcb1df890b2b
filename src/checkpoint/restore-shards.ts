/** Restores the newest checkpoint that each shard of a set has saved in this run. */
import { rmSync } from 'node:fs';
import type { Log } from '../log.ts';
import type { Owner } from '../model/owner.ts';
import { describeShard, type Shard } from '../model/shard.ts';
import { statePaths } from '../progress/paths.ts';
import { State } from '../progress/state.ts';
import { type CheckpointIdentity, checkpointKeys } from './keys.ts';
import type { CheckpointStore, RestoreHit } from './store.ts';
import { TreeInspector } from './trust/inspection.ts';

export interface RestoreShardsRequest {
  readonly store: CheckpointStore;
  /** Of any shard. */
  readonly identity: CheckpointIdentity;
  readonly owner: Owner;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

/** A shard whose checkpoint is here. */
export interface RestoredShard {
  readonly shard: Shard;
  readonly key: string;
  /** Without its plan. */
  readonly state: State;
}

/** A shard without a usable checkpoint of this run. */
export interface MissingShard {
  readonly shard: Shard;
  /** Why its checkpoint cannot be used, as a clause; undefined when there is none. */
  readonly trouble: string | undefined;
}

/** Disposing of it removes the restored files. */
export interface RestoredShards extends Disposable {
  /** In the order of the shards. */
  readonly found: readonly RestoredShard[];
  readonly missing: readonly MissingShard[];
}

/** A restore mostly waits for the network. */
const AT_A_TIME = 8;

export async function restoreShards(request: RestoreShardsRequest): Promise<RestoredShards> {
  const { count } = request.identity.shard;
  const shards = Array.from({ length: count }, (_, at): Shard => ({ index: at + 1, count }));
  const waiting = shards.values();
  const results: (RestoredShard | MissingShard)[] = [];
  const staged: string[] = [];
  const restoreNext = async () => {
    for (const shard of waiting) results[shard.index] = await restoreShard(shard, request, staged);
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, count) }, restoreNext));
  return {
    found: results.filter((each) => 'state' in each),
    missing: results.filter((each) => 'trouble' in each),
    [Symbol.dispose]: () => staged.forEach(discard),
  };
}

async function restoreShard(
  shard: Shard,
  { store, identity, owner, log, signal }: RestoreShardsRequest,
  staged: string[],
): Promise<RestoredShard | MissingShard> {
  const keys = checkpointKeys({ ...identity, shard });
  const { inspect } = new TreeInspector(owner, { readsPlans: false });
  const outcome = await store.restore({ keys, scope: 'run', inspect, ...(signal ? { signal } : {}) });
  if (outcome.kind === 'hit') {
    staged.push(outcome.staging);
    return opened(shard, outcome, owner, log);
  }
  return { shard, trouble: outcome.kind === 'miss' ? undefined : outcome.cause };
}

function opened(
  shard: Shard,
  { key, directory, passedOver }: RestoreHit,
  owner: Owner,
  log: Log,
): RestoredShard | MissingShard {
  for (const { key: broken, why } of passedOver)
    log.warning(
      `The checkpoint ${broken} of ${describeShard(shard)} is not used: ${why}. An older one of this run is used instead: ${key}.`,
      'Checkpoint rejected',
    );
  const paths = statePaths(directory, owner.model, owner.evalSet);
  const state = State.open({ owner, paths, log, plan: 'unread' });
  const { runFacts } = state;
  if (runFacts?.shard?.index === shard.index && runFacts.shard.count === shard.count)
    return { shard, key, state };
  return { shard, trouble: `${key} does not say what it ran` };
}

/** They are in RUNNER_TEMP, which the runner empties after the job, so files that cannot be removed do no harm. */
function discard(staging: string): void {
  try {
    rmSync(staging, { recursive: true, force: true });
  } catch {}
}
