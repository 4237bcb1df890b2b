/** What the step of merge/action.yml is given, and what it says of the shards. */
import { tmpdir } from 'node:os';
import type { CheckpointIdentity } from '../checkpoint/keys.ts';
import type { RestoredShards } from '../checkpoint/restore-shards.ts';
import { ActionError } from '../errors.ts';
import { type ProviderUrls, providerUrls } from '../gateway/providers.ts';
import type { Log } from '../log.ts';
import { counted, isOrAre, listed } from '../model/format.ts';
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

const MAX_NAMED = 10;

/** Says which shards are missing, one sentence for each cause. */
export function describeMissing({ missing }: Pick<RestoredShards, 'missing'>, count: number): string[] {
  const byCause = Map.groupBy(missing, ({ why }) => why);
  return [...byCause].map(([why, shards]) => {
    const names = listed(
      shards.map(({ shard }) => String(shard.index)),
      MAX_NAMED,
    );
    const which = shards.length === 1 ? `Shard ${names}` : `Shards ${names}`;
    return `${which} of ${count} ${isOrAre(shards.length)} missing: ${why}. The evals of ${shards.length === 1 ? 'this shard' : 'these shards'} are pending.`;
  });
}

/**
 * Without any shard, nothing is known of the set.
 * @throws ActionError SHARDS_MISSING
 */
export function requireShards({ found, missing }: RestoredShards, { shards }: MergeInputs): void {
  if (found.length > 0) return;
  const causes = [...new Set(missing.map(({ why }) => why))];
  throw new ActionError(
    'SHARDS_MISSING',
    `None of the ${counted(shards, 'shard')} is here, so there is nothing to merge: ${listed(causes, 3)}.`,
    'Check that the jobs of the shards have started, and that this step has the same model, judge-model, model-map, eval-set, args, registry-path, working-directory and cache-key, the same number of shards, the same OPENAI_BASE_URL and the same workflow as they do. Then re-run the failed jobs.',
  );
}
