/** What the step of merge/action.yml is given. */
import { tmpdir } from 'node:os';
import { type CheckpointIdentity, runOfKey, shardOfKey } from '../checkpoint/keys.ts';
import type { RestoredShards } from '../checkpoint/restore-shards.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import { type ProviderUrls, providerUrls } from '../gateway/providers.ts';
import type { Log } from '../log.ts';
import { noShards } from '../report/describe-shards.ts';
import { type RunContext, readContext } from './context.ts';
import { readSecrets, type Secrets } from './inputs.ts';
import { type MergeInputs, readMergeInputs } from './merge-inputs.ts';
import { readAll } from './read-all.ts';
import { identityOf } from './requests.ts';

/** Everything that the workflow sets for this step, read once and checked. */
export interface MergeStep {
  readonly inputs: MergeInputs;
  readonly secrets: Secrets;
  readonly context: RunContext;
  /** The servers of the APIs, which are part of the keys of checkpoints. */
  readonly urls: ProviderUrls;
  /** The environment of the step itself, for the cache client. */
  readonly ownEnv: NodeJS.ProcessEnv;
}

/** @throws ActionError that names everything that is wrong */
export async function readMergeStep(log: Log, env: NodeJS.ProcessEnv = process.env): Promise<MergeStep> {
  const context = readContext(env, process.platform, tmpdir());
  const read = await readAll({
    secrets: readSecrets,
    inputs: () => readMergeInputs(env),
    urls: () => providerUrls(env, (message) => log.warning(message)),
  });
  return { ...read, context, ownEnv: env };
}

/** The identity of the first shard. Those of the others differ only in its number. */
export function shardIdentity({ inputs, context, urls }: MergeStep): CheckpointIdentity {
  const { shards, ...rest } = inputs;
  return identityOf({ inputs: { ...rest, shard: { index: 1, count: shards } }, context, urls });
}

/**
 * Without any shard, nothing is known of the set.
 * @throws ActionError SHARDS_MISSING
 */
export async function requireShards(
  { found, missing }: RestoredShards,
  store: Pick<CheckpointStore, 'newestOfSet'>,
  { context }: MergeStep,
): Promise<void> {
  if (found.length > 0) return;
  const key = await store.newestOfSet();
  const isOfThisRun = key !== undefined && String(runOfKey(key)) === context.runId;
  throw noShards(missing, key === undefined ? undefined : { isOfThisRun, shard: shardOfKey(key) });
}
