import { createHash } from 'node:crypto';
import { isWhole, type Shard, WHOLE } from '../model/shard.ts';

/** What a checkpoint belongs to: a user of a shard of an eval set with a model, in an attempt of a run. */
export interface CheckpointIdentity {
  readonly model: string;
  readonly evalSet: string;
  /** The input `cache-key`. Checkpoints of different values are never mixed. */
  readonly cacheKey: string;
  /** A hash of what the job requests (arguments, registries, API): identity.ts. */
  readonly request: string;
  /** A hash of workflow, job, matrix and step; of a shard, of the workflow alone. */
  readonly user: string;
  readonly shard: Shard;
  /** GITHUB_RUN_ID; empty outside of GitHub Actions, where keys say `local`. */
  readonly runId: string;
  /** GITHUB_RUN_ATTEMPT, from 1. */
  readonly runAttempt: number;
}

/** The keys of one identity's checkpoints in the Actions cache: at most 512 characters, without commas. */
export interface CheckpointKeys {
  /** The key of the checkpoint number `seq` of this attempt. Entries cannot be replaced, so each save needs a new key. */
  primary(seq: number): string;
  /** The number of a key that `primary` makes; undefined for any other key. */
  seqOf(key: string): number | undefined;
  /** The key that a restore requests first. No save uses it, so the restore keys decide. */
  readonly primaryRestoreKey: string;
  /** Prefixes in order of preference. The newest entry of a prefix wins. */
  readonly restoreKeys: readonly string[];
  /** The prefix of all keys of this run, of any attempt. */
  readonly thisRun: string;
  /** The prefix of all keys of this user and shard, of any run. */
  readonly thisUser: string;
  /** Of a shard: the prefix of the keys of merged checkpoints. A restore uses those or its own, whichever the later run saved. */
  readonly merged: string | undefined;
  /** The prefix of all keys of this attempt. */
  readonly thisAttempt: string;
  /** The prefix of all keys of this model, eval set and `cache-key`. */
  readonly anyOfSet: string;
  /** Whether a key belongs to this model, eval set and `cache-key`, of any user. */
  isOfSet(key: string): boolean;
  /** Which run or request saved the entry with the key. */
  originOf(key: string): CheckpointOrigin;
  /** Prefixes of entries that no restore uses: those of other values of `cache-key` first, then those of any set. */
  readonly others: readonly string[];
  /** What distinguishes another checkpoint of this eval set from those of this identity, if its key shows that. */
  differenceOf(key: string): Difference | undefined;
  /** Keys and prefixes of entries that are older than the entry with this key, the nearest first. */
  olderThan(key: string): readonly string[];
}

export type Difference =
  | { readonly kind: 'cache-key' }
  /** The name as it is in keys, in lower case. */
  | { readonly kind: 'model'; readonly model: string };

export type CheckpointOrigin =
  | 'this run'
  | 'an earlier run'
  | 'all shards'
  | 'another shard'
  | 'the same request'
  | 'the same set';

const SLUG_LENGTH = 80;

/** All first digits of a hash. A look-up for each finds more than the newest entry of all other users. */
const HEX = [...'0123456789abcdef'];

/**
 * `oaievalset-v2-<slug>-<set>-<request><user>-s<i>of<n>-<run_id>-<attempt>-<seq>`: docs/adr/0007-whose-checkpoint.md.
 *
 * The slug is for people who read the list of caches; the hashes distinguish two identities. The service matches restore
 * keys by prefix, so each ends in `-`: without it run 12 would restore the checkpoints of run 123. The hash of the request
 * needs none, because its length is fixed.
 */
export function checkpointKeys(identity: CheckpointIdentity): CheckpointKeys {
  const { model, evalSet, cacheKey, shard, runAttempt } = identity;
  const slug = slugOf(model, evalSet);
  const set = `${slug}-${shortHash([model, evalSet, cacheKey], 16)}-`;
  const shardPart = partOfKey(shard);
  const anyOfSet = `oaievalset-v2-${set}`;
  const sameRequest = `${anyOfSet}${shortHash(identity.request, 8)}`;
  const ofUser = `${sameRequest}${shortHash(identity.user, 8)}-`;
  const anyRun = `${ofUser}${shardPart}`;
  /** What the merge of the shards saves. */
  const merged = isWhole(shard) ? undefined : `${ofUser}${partOfKey(WHOLE)}`;
  const run = `${keyPart(identity.runId) || 'local'}-`;
  /** The keys of version 1, which did not distinguish the users of a set. */
  const before = `oaievalset-v1-${set}${shardPart}`;
  const thisAttempt = `${anyRun}${run}${runAttempt}-`;
  const ofShards = merged === undefined ? [] : [merged];
  const restoreKeys = [anyRun + run, before + run, anyRun, ...ofShards, sameRequest, anyOfSet, before];
  return {
    primary(seq) {
      if (!Number.isSafeInteger(seq) || seq < 1)
        throw new RangeError(`The number of a save is an integer from 1, not ${seq}.`);
      return `${thisAttempt}${seq}`;
    },
    seqOf(key) {
      const seq = key.startsWith(thisAttempt) ? key.slice(thisAttempt.length) : '';
      return /^\d{1,9}$/.test(seq) ? Number(seq) : undefined;
    },
    primaryRestoreKey: `${thisAttempt}0`,
    restoreKeys,
    thisRun: anyRun + run,
    thisUser: anyRun,
    merged,
    thisAttempt,
    anyOfSet,
    isOfSet: (key) => key.startsWith(anyOfSet) || key.startsWith(before),
    originOf(key) {
      if (key.startsWith(anyRun + run) || key.startsWith(before + run)) return 'this run';
      if (key.startsWith(anyRun)) return 'an earlier run';
      if (merged !== undefined && key.startsWith(ofUser))
        return key.startsWith(merged) ? 'all shards' : 'another shard';
      return key.startsWith(sameRequest) ? 'the same request' : 'the same set';
    },
    others: [`oaievalset-v2-${slug}-`, 'oaievalset-v2-'],
    differenceOf(key) {
      const [, other = ''] = /^oaievalset-v2-(.+)-[0-9a-f]{16}-[0-9a-f]{16}-s\d+of/.exec(key) ?? [];
      if (other === slug) return { kind: 'cache-key' };
      const ofSet = `.${keyPart(evalSet)}`;
      // A longer slug is cut.
      if (ofSet === '.' || other.length >= SLUG_LENGTH || !other.endsWith(ofSet)) return undefined;
      return { kind: 'model', model: other.slice(0, -ofSet.length) };
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

function partOfKey({ index, count }: Shard): string {
  return `s${index}of${count}-`;
}

/** What a key says of the save that made it. */
interface SavedKey {
  /** The prefix of all keys of this user and shard. */
  readonly anyRun: string;
  readonly shard: Shard;
  /** Digits, or `local`. */
  readonly run: string;
  readonly attempt: string;
  readonly seq: string;
}

function parseKey(key: string): SavedKey | undefined {
  const parts =
    /^(?<anyRun>oaievalset-v\d-.+-s(?<index>\d{1,9})of(?<count>\d{1,9})-)(?<run>\d{1,20}|local)-(?<attempt>\d{1,9})-(?<seq>\d{1,9})$/.exec(
      key,
    )?.groups;
  if (!parts) return undefined;
  const { anyRun = '', index, count, run = '', attempt = '', seq = '' } = parts;
  return { anyRun, shard: { index: Number(index), count: Number(count) }, run, attempt, seq };
}

/** The shard whose checkpoint has this key; undefined for any other key. */
export function shardOfKey(key: string): Shard | undefined {
  return parseKey(key)?.shard;
}

/** The id of the run that saved the entry with this key; 0 outside of GitHub. */
export function runOfKey(key: string): bigint {
  const run = parseKey(key)?.run ?? 'local';
  return run === 'local' ? 0n : BigInt(run);
}

/** The first digits (hex) of the SHA-256 of a value. */
export function shortHash(value: unknown, length: number): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, length);
}

/** Prefixes of the same user's saves before this one: of the same attempt, of earlier attempts, of earlier runs. */
function beforeSave(key: string): string[] {
  const saved = parseKey(key);
  if (!saved) return [];
  const { anyRun, run, attempt, seq } = saved;
  return [
    ...below(seq).map((prefix) => `${anyRun}${run}-${attempt}-${prefix}`),
    ...below(attempt).map((prefix) => `${anyRun}${run}-${prefix}`),
    ...below(run === 'local' ? '' : run).map((prefix) => `${anyRun}${prefix}`),
  ];
}

/**
 * Prefixes of the numbers below a number, the nearest first, because a look-up by prefix finds the newest entry and not the
 * one before it. For 132 these are 131, 130, 12, 11, 10, and then 9 to 1 for the numbers that have fewer digits.
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
    keyPart(`${model}.${evalSet}`)
      .slice(0, SLUG_LENGTH)
      .replace(/[-.]+$/, '') || 'set'
  );
}

/** Lower case, because some cache services compare keys without regard to case. */
function keyPart(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}
