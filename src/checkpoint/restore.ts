/** Which entry a restore uses: the nearest one, or the nearest older one that is not broken. */
import type { CacheClient } from './cache/cache-client.ts';
import { redacted } from './cache/client-output.ts';
import { type FetchContext, type Fetched, fetchEntry } from './cache/fetch.ts';
import type { Limit } from './cache/limit.ts';
import { type CacheTrouble, failed, type Restored, restoreOutcome } from './cache/outcome.ts';
import type { Packing } from './cache/tools.ts';
import { type CheckpointKeys, runOfKey } from './keys.ts';
import { remove } from './private-directory.ts';

/** An entry that was not used, and why: a clause that is safe to print. */
export interface PassedOver {
  readonly key: string;
  readonly why: string;
}

export interface RestoreHit {
  readonly kind: 'hit';
  readonly key: string;
  /** The restored checkpoint. */
  readonly directory: string;
  /** The directory that contains `directory`. The caller deletes it. */
  readonly staging: string;
  /** The newer entries that could not be used. */
  readonly passedOver: readonly PassedOver[];
}

export type RestoreOutcome =
  | RestoreHit
  /** `unreadable` is the key of an entry that was packed with zstd, which this machine does not have. */
  | { readonly kind: 'miss'; readonly unreadable?: string }
  | CacheTrouble;

/**
 * Which entries a restore may use: the nearest one of the set, only those of the same user, or only those of this run. The merge of
 * shards does not take a shard's checkpoint for a merged one, or one of an earlier run for one of this run.
 */
export type RestoreScope = 'set' | 'user' | 'run';

export interface RestoreContext extends FetchContext {
  readonly keys: CheckpointKeys;
  readonly scope: RestoreScope;
}

/** How many older entries a restore downloads when the nearest one is broken. */
const MAX_OLDER = 4;

export async function restoreNearest(context: RestoreContext): Promise<RestoreOutcome> {
  const { primaryRestoreKey: key } = context.keys;
  const restoreKeys = await restoreKeysOf(context);
  const nearest = await fetchEntry({ key, restoreKeys }, context);
  return nearest.kind === 'miss' ? restoreOtherPacking(context) : firstSound(nearest, context);
}

async function restoreKeysOf(context: RestoreContext): Promise<readonly string[]> {
  const { keys, scope } = context;
  const { thisRun, thisUser, merged: ofMerges, restoreKeys } = keys;
  if (scope !== 'set') return allowed(restoreKeys, context);
  if (ofMerges === undefined) return restoreKeys;
  const [own, merged] = await Promise.all([
    lookUp([thisRun, thisUser], context),
    lookUp([ofMerges], context),
  ]);
  if (own.kind !== 'hit' || merged.kind !== 'hit' || own.key.startsWith(thisRun)) return restoreKeys;
  // Since this shard last saved, the set may have been run as another number of shards.
  const [first, second] = runOfKey(merged.key) >= runOfKey(own.key) ? [merged, own] : [own, merged];
  // A look-up has at most ten keys.
  return [
    first.key,
    second.key,
    ...restoreKeys.filter((prefix) => prefix !== thisUser && prefix !== ofMerges),
  ];
}

/** The keys and prefixes that only find entries of the scope. */
function allowed(
  wanted: readonly string[],
  { keys, scope }: Pick<RestoreContext, 'keys' | 'scope'>,
): readonly string[] {
  const prefix = scope === 'run' ? keys.thisRun : keys.thisUser;
  return scope === 'set' ? wanted : wanted.filter((each) => each.startsWith(prefix));
}

/** The client finds only entries that were packed in the same way as on this machine: with zstd, or without. */
async function restoreOtherPacking(context: RestoreContext): Promise<RestoreOutcome> {
  const other = { ...context, packing: context.packing === 'zstd' ? 'gzip' : 'zstd' } as const;
  const found = await lookUp(allowed(context.keys.restoreKeys, context), other);
  if (found.kind !== 'hit') return { kind: 'miss' };
  const { key } = found;
  if (other.packing === 'zstd') return { kind: 'miss', unreadable: key };
  return firstSound(await fetchEntry({ key, restoreKeys: [] }, other), other);
}

/** Falls back from an entry that cannot be used to older ones. An entry with a flaw is better than none. */
async function firstSound(nearest: Fetched, context: RestoreContext): Promise<RestoreOutcome> {
  const { client, keys, limit } = context;
  const passedOver: PassedOver[] = [];
  let flawed: (Fetched & { kind: 'hit' }) | undefined;
  let latest = nearest;
  for (let objection = objectionTo(latest); objection; objection = objectionTo(latest)) {
    passedOver.push(objection);
    if (latest.kind === 'hit') {
      if (flawed) await remove(latest.staging);
      else flawed = latest;
    }
    if (passedOver.length > MAX_OLDER || limit.stop.aborted) break;
    const tried = passedOver.map(({ key }) => key);
    const older = await lookUp(allowed(keys.olderThan(objection.key), context), context, tried);
    if (older.kind !== 'hit') break;
    latest = await fetchEntry({ key: older.key, restoreKeys: [] }, context);
  }
  const shown = passedOver.map(({ key, why }) => ({ key: redacted(key, client.secrets), why }));
  if (latest.kind === 'hit' && latest.flaw === undefined) {
    if (flawed) await remove(flawed.staging);
    return { ...latest, passedOver: shown };
  }
  if (flawed) return { ...flawed, passedOver: shown.filter(({ key }) => key !== flawed.key) };
  return nearest.kind === 'hit' ? failed(nearest.flaw ?? '') : nearest;
}

/** Why an older entry may be better than the one that was fetched; undefined when none is. */
function objectionTo(fetched: Fetched): PassedOver | undefined {
  if (fetched.kind === 'hit')
    return fetched.flaw === undefined ? undefined : { key: fetched.key, why: fetched.flaw };
  if (fetched.kind === 'miss' || fetched.entry === undefined) return undefined;
  return { key: fetched.entry, why: fetched.cause };
}

interface LookUpContext {
  readonly client: CacheClient;
  readonly keys: CheckpointKeys;
  readonly packing: Packing;
  readonly limit: Limit;
}

/** The entry of this set that the first of these keys finds. */
export async function lookUp(
  wanted: readonly string[],
  context: LookUpContext,
  except: readonly string[] = [],
): Promise<Restored> {
  const outcome = await lookUpAny(wanted, context, except);
  return outcome.kind === 'hit' && !context.keys.isOfSet(outcome.key) ? { kind: 'miss' } : outcome;
}

/** The entry of any set that the first of these keys finds. */
export async function lookUpAny(
  wanted: readonly string[],
  { client, packing, limit }: Omit<LookUpContext, 'keys'>,
  except: readonly string[] = [],
): Promise<Restored> {
  const request = { operation: 'look-up', keys: wanted, except } as const;
  const response = await client.requestWithoutFiles(request, packing, limit);
  return 'kind' in response ? response : restoreOutcome(response);
}
