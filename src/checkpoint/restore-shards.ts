/** Restores the newest checkpoint that each shard of a set has saved in this run. */
import type { Log } from '../log.ts';
import type { Owner } from '../model/owner.ts';
import { describeShard, type MissingShard, type Shard } from '../model/shard.ts';
import { statePaths } from '../progress/paths.ts';
import { State } from '../progress/state.ts';
import { type CheckpointIdentity, checkpointKeys } from './keys.ts';
import { removeNow } from './private-directory.ts';
import type { CheckpointStore, RestoreHit } from './store.ts';
import { TreeInspector } from './trust/inspection.ts';

export interface RestoreShardsRequest {
  readonly store: CheckpointStore;
  /** Of any shard. */
  readonly identity: CheckpointIdentity;
  readonly owner: Owner;
  readonly log: Log;
}

/** A shard whose checkpoint is here. */
export interface RestoredShard {
  readonly shard: Shard;
  /** Without its plan. */
  readonly state: State;
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
    [Symbol.dispose]: () => staged.forEach(removeNow),
  };
}

async function restoreShard(
  shard: Shard,
  { store, identity, owner, log }: RestoreShardsRequest,
  staged: string[],
): Promise<RestoredShard | MissingShard> {
  const keys = checkpointKeys({ ...identity, shard });
  const inspector = new TreeInspector(owner, { readsPlans: false });
  const outcome = await store.restore({ keys, scope: 'run', inspect: inspector.inspect });
  if (outcome.kind === 'hit') {
    staged.push(outcome.staging);
    return opened(shard, outcome, inspector, { owner, log });
  }
  return { shard, trouble: outcome.kind === 'miss' ? undefined : outcome.cause };
}

function opened(
  shard: Shard,
  { key, directory, passedOver }: RestoreHit,
  inspector: TreeInspector,
  { owner, log }: Pick<RestoreShardsRequest, 'owner' | 'log'>,
): RestoredShard | MissingShard {
  for (const { key: broken, why } of passedOver)
    log.warning(
      `The checkpoint ${broken} of ${describeShard(shard)} is not used: ${why}. An older one of this run is used instead: ${key}.`,
      'Checkpoint rejected',
    );
  const paths = statePaths(directory, owner.model, owner.evalSet);
  const { completions } = inspector.readOf(directory);
  const state = State.open({ owner, paths, log, plan: 'unread', completions });
  const { runFacts } = state;
  if (runFacts?.shard?.index === shard.index && runFacts.shard.count === shard.count) return { shard, state };
  return { shard, trouble: `${key} does not say what it ran` };
}
