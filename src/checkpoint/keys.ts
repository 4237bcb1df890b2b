import { createHash } from 'node:crypto';

/** What a checkpoint belongs to: one user of one shard of one eval set with one model, in one attempt of one run. */
export interface CheckpointIdentity {
  readonly model: string;
  readonly evalSet: string;
  /** The `cache-key` input: another value never sees the checkpoints of this one. */
  readonly cacheKey: string;
  /** What is asked of the set (arguments, registries, API), as a hash: see identity.ts. */
  readonly request: string;
  /** Who asks: workflow, job, leg of its matrix, step, as a hash. */
  readonly user: string;
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
  /** The number of a key that `primary` makes; undefined for any other key. */
  seqOf(key: string): number | undefined;
  /** The key a restore asks for first. No save ever uses it, so the restore keys decide. */
  readonly primaryRestoreKey: string;
  /** Prefixes in order of preference. The newest entry of a prefix wins. */
  readonly restoreKeys: readonly string[];
  /** What all keys of this attempt begin with. */
  readonly thisAttempt: string;
  /** What the keys of this model, eval set and `cache-key` begin with. */
  readonly anyOfSet: string;
  /** Whether a key is one of this model, eval set and `cache-key`, whoever saved it. */
  isOfSet(key: string): boolean;
  /** How near to this job the entry with the key was saved. */
  originOf(key: string): CheckpointOrigin;
  /** Keys and prefixes of entries that are older than the entry with this key, the nearest first. */
  olderThan(key: string): readonly string[];
}

export type CheckpointOrigin = 'this run' | 'an earlier run' | 'the same request' | 'the same set';

const SLUG_LENGTH = 80;

/** What a hash may begin with: the newest of others hides their older ones only where its own hash begins alike. */
const HEX = [...'0123456789abcdef'];

/**
 * `oaievalset-v2-<slug>-<set>-<request><user>-s<i>of<n>-<run_id>-<attempt>-<seq>`: docs/adr/0007-whose-checkpoint.md.
 *
 * The slug is for people who read the list of caches; the hashes are what tells two identities apart. The service matches
 * restore keys by prefix, so each ends in `-`: without it run 12 would restore the checkpoints of run 123. The hash of the
 * request needs none, because its length is fixed.
 */
export function checkpointKeys(identity: CheckpointIdentity): CheckpointKeys {
  const { model, evalSet, cacheKey, shard, runAttempt } = identity;
  const set = `${slugOf(model, evalSet)}-${shortHash([model, evalSet, cacheKey], 16)}-`;
  const shardPart = `s${shard.index}of${shard.count}-`;
  const anyOfSet = `oaievalset-v2-${set}`;
  const sameRequest = `${anyOfSet}${shortHash(identity.request, 8)}`;
  const anyRun = `${sameRequest}${shortHash(identity.user, 8)}-${shardPart}`;
  const run = `${safe(identity.runId) || 'local'}-`;
  /** The format before: users of a set shared their keys. */
  const before = `oaievalset-v1-${set}${shardPart}`;
  const thisAttempt = `${anyRun}${run}${runAttempt}-`;
  const restoreKeys = [anyRun + run, before + run, anyRun, sameRequest, anyOfSet, before];
  return {
    primary(seq) {
      if (!Number.isSafeInteger(seq) || seq < 1)
        throw new RangeError(`A save is numbered from 1, not ${seq}.`);
      return `${thisAttempt}${seq}`;
    },
    seqOf(key) {
      const seq = key.startsWith(thisAttempt) ? key.slice(thisAttempt.length) : '';
      return /^\d{1,9}$/.test(seq) ? Number(seq) : undefined;
    },
    primaryRestoreKey: `${thisAttempt}0`,
    restoreKeys,
    thisAttempt,
    anyOfSet,
    isOfSet: (key) => key.startsWith(anyOfSet) || key.startsWith(before),
    originOf(key) {
      if (key.startsWith(anyRun + run) || key.startsWith(before + run)) return 'this run';
      if (key.startsWith(anyRun)) return 'an earlier run';
      return key.startsWith(sameRequest) ? 'the same request' : 'the same set';
    },
    olderThan: (key) => [
      ...new Set([
        ...beforeSave(key),
        ...restoreKeys.slice(0, 3),
        ...[sameRequest, anyOfSet].flatMap((prefix) => [prefix, ...HEX.map((digit) => prefix + digit)]),
        before,
      ]),
    ],
  };
}

/** 32 hex digits at most of what a value is made of; a hash, so that nothing in a key has to be made harmless. */
export function shortHash(value: unknown, length: number): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, length);
}

/** The saves of the same user before this one: of the same attempt, of earlier attempts, of earlier runs. */
function beforeSave(key: string): string[] {
  const parts = /^(oaievalset-v\d-.+-s\d+of\d+-)(\d{1,20}|local)-(\d{1,9})-(\d{1,9})$/.exec(key);
  const [, anyRun = '', run = '', attempt = '', seq = ''] = parts ?? [];
  if (!parts) return [];
  return [
    ...below(seq).map((prefix) => `${anyRun}${run}-${attempt}-${prefix}`),
    ...below(attempt).map((prefix) => `${anyRun}${run}-${prefix}`),
    ...below(run === 'local' ? '' : run).map((prefix) => `${anyRun}${prefix}`),
  ];
}

/**
 * Beginnings of the numbers below one, the nearest first: a look-up by prefix finds the newest entry, and cannot be asked for
 * the one before it. For 132 these are 131, 130, 12, 11, 10, and then 9 to 1 for the numbers that have fewer digits.
 */
function below(number: string): string[] {
  const prefixes: string[] = [];
  for (let at = number.length - 1; at >= 0; at -= 1) {
    const least = at === 0 ? 1 : 0;
    for (let digit = Number(number[at]) - 1; digit >= least; digit -= 1)
      prefixes.push(`${number.slice(0, at)}${digit}`);
  }
  if (number.length > 1) for (let digit = 9; digit >= 1; digit -= 1) prefixes.push(String(digit));
  return [...new Set(prefixes)];
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
