import { createHash } from 'node:crypto';

/** What a checkpoint belongs to: one shard of one eval set with one model, saved by one attempt of one run. */
export interface CheckpointIdentity {
  readonly model: string;
  readonly evalSet: string;
  /** The `cache-key` input: another value never sees the checkpoints of this one. */
  readonly cacheKey: string;
  /** `index` counts from 1; an unsharded set is 1 of 1. */
  readonly shard: { readonly index: number; readonly count: number };
  /** GITHUB_RUN_ID; empty outside of GitHub Actions, where `local` stands in. */
  readonly runId: string;
  /** GITHUB_RUN_ATTEMPT, from 1. */
  readonly runAttempt: number;
}

/** The names of one identity's checkpoints in the Actions cache, none longer than 512 characters, none with a comma. */
export interface CheckpointKeys {
  /** The name of the `seq`-th checkpoint this attempt saves. Entries cannot be replaced, so each save takes a new one. */
  primary(seq: number): string;
  /** The key a restore asks for first. No save ever uses it, so the restore keys decide. */
  readonly neverSaved: string;
  /** Prefixes in order of preference: this run (any attempt of it), then any run. The newest entry of a prefix wins. */
  readonly restoreKeys: readonly string[];
}

const SLUG_LENGTH = 80;

/**
 * `oaievalset-v1-<slug>-<hash>-s<i>of<n>-<run_id>-<attempt>-<seq>`.
 *
 * The slug is for people who read the list of caches; the hash is what tells two identities apart. The service matches
 * restore keys by prefix, so each ends in `-`: without it run 12 would restore the checkpoints of run 123.
 */
export function checkpointKeys(identity: CheckpointIdentity): CheckpointKeys {
  const { model, evalSet, cacheKey, shard, runAttempt } = identity;
  const hash = createHash('sha256')
    .update(JSON.stringify([model, evalSet, cacheKey]))
    .digest('hex')
    .slice(0, 16);
  const anyRun = `oaievalset-v1-${slugOf(model, evalSet)}-${hash}-s${shard.index}of${shard.count}-`;
  const thisRun = `${anyRun}${safe(identity.runId) || 'local'}-`;
  const nameOf = (seq: number) => `${thisRun}${runAttempt}-${seq}`;
  return {
    primary(seq) {
      if (!Number.isSafeInteger(seq) || seq < 1)
        throw new RangeError(`A save is numbered from 1, not ${seq}.`);
      return nameOf(seq);
    },
    neverSaved: nameOf(0),
    restoreKeys: [thisRun, anyRun],
  };
}

function slugOf(model: string, evalSet: string): string {
  return (
    safe(`${model}.${evalSet}`)
      .slice(0, SLUG_LENGTH)
      .replace(/[-.]+$/, '') || 'set'
  );
}

/** Lower case, because some cache services compare keys without regard to case. */
function safe(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}
