/** Says what the merge of shards lacks. Pure. */
import { ActionError } from '../errors.ts';
import { counted, listed } from '../model/format.ts';
import type { MissingShard, Shard } from '../model/shard.ts';

const MAX_NAMED = 10;
const MAX_CAUSES = 3;

/** `2 of 5 shards (2, 4) are missing: they saved no checkpoint in this run.`, a sentence for each cause. */
export function describeMissing(missing: readonly MissingShard[], count: number): string[] {
  return [...Map.groupBy(missing, ({ trouble }) => trouble)].map(([trouble, shards]) => {
    const numbers = shards.map(({ shard }) => String(shard.index));
    const one = shards.length === 1;
    const which = one
      ? `Shard ${numbers[0]} of ${count} is missing`
      : `${shards.length} of ${count} shards (${listed(numbers, MAX_NAMED)}) are missing`;
    const why = trouble ?? `${one ? 'it' : 'they'} saved no checkpoint in this run`;
    return `${which}: ${why}. ${one ? 'Its' : 'Their'} evals are pending.`;
  });
}

/** What is known of the newest checkpoint of the set. */
export interface OtherCheckpoint {
  readonly isOfThisRun: boolean;
  readonly shard: Shard | undefined;
}

/** The error when all shards are missing, so that nothing is known of the set. */
export function noShards(missing: readonly MissingShard[], other: OtherCheckpoint | undefined): ActionError {
  const troubles = [...new Set(missing.flatMap(({ trouble }) => trouble ?? []))];
  const none = `None of the ${counted(missing.length, 'shard')} can be merged`;
  if (troubles.length > 0)
    return new ActionError(
      'SHARDS_MISSING',
      `${none}: ${listed(troubles, MAX_CAUSES)}.`,
      'Correct the cause, then re-run the failed jobs.',
    );
  return new ActionError(
    'SHARDS_MISSING',
    `${none}, because none has saved a checkpoint in this run that this step can find.${describeOther(missing, other)}`,
    'Look at the jobs of the shards first. If they have run, give this step the same model, judge-model, model-map, eval-set, args, registry-path, working-directory, cache-key and OPENAI_BASE_URL as they have, and the number of shards that is after the slash in their input shard. Then re-run the failed jobs.',
  );
}

function describeOther(missing: readonly MissingShard[], other: OtherCheckpoint | undefined): string {
  if (!other?.isOfThisRun || !other.shard) return '';
  const { count } = other.shard;
  return count === missing.length
    ? ' There is a checkpoint of a shard of this run, but one of its inputs or its base URL differs from those of this step.'
    : ` There is a checkpoint of this run, of a set with ${counted(count, 'shard')}.`;
}
