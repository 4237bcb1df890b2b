/** Downloads one entry of the cache into a directory of its own. */
import { join } from 'node:path';
import { ARCHIVES, FILES, inPrivateDirectory, OPENED, PROGRAMS, remove } from '../private-directory.ts';
import { unwrap } from '../trust/envelope.ts';
import { boundsIn, exceededBound, type TreeBounds, watchGrowth } from '../trust/untrusted-tree.ts';
import type { CacheClient } from './cache-client.ts';
import { redacted } from './client-output.ts';
import type { Limit } from './limit.ts';
import {
  type CacheTrouble,
  entryFoundBy,
  failed,
  type Restored,
  restoreOutcome,
  type WorkerResponse,
} from './outcome.ts';
import { CHECKPOINT_PATH } from './protocol.ts';
import type { Packing } from './tools.ts';

/** Why a restored tree should not be used, as a clause. A flawed tree is used if there is no better one. */
export interface Objection {
  readonly kind: 'flawed' | 'unusable';
  readonly why: string;
}

/** Inspects a restored tree before it is used. May reject when the signal is aborted. */
export type Inspect = (directory: string, signal: AbortSignal) => Promise<Objection | undefined>;

export interface FetchContext {
  readonly client: CacheClient;
  readonly temporaryDirectory: string;
  readonly encryptionKey: string;
  readonly bounds: TreeBounds | undefined;
  readonly packing: Packing;
  readonly limit: Limit;
  readonly inspect: Inspect | undefined;
}

export type Fetched =
  | {
      readonly kind: 'hit';
      readonly key: string;
      readonly directory: string;
      readonly staging: string;
      readonly flaw?: string;
    }
  | { readonly kind: 'miss' }
  | CacheTrouble;

interface Wanted {
  readonly key: string;
  readonly restoreKeys: readonly string[];
}

/** Fetches the entry that a key or one of its restore keys finds. Never rejects. */
export async function fetchEntry(wanted: Wanted, context: FetchContext): Promise<Fetched> {
  const { client, temporaryDirectory, encryptionKey, bounds, limit, inspect } = context;
  return inPrivateDirectory(
    temporaryDirectory,
    limit,
    client.secrets,
    async (staging, keep): Promise<Fetched> => {
      const outcome = await download(wanted, staging, context);
      if (outcome.kind !== 'hit') return outcome;
      const { key } = outcome;
      if (key !== wanted.key && !wanted.restoreKeys.some((prefix) => key.startsWith(prefix))) {
        return failed(
          `the cache service returned the entry ${redacted(key, client.secrets)}, which was not requested`,
        );
      }
      const unusable = (cause: string) => ({ ...failed(redacted(cause, client.secrets)), entry: key });
      const sealing = { encryptionKey, entryKey: key, env: client.toolEnvironment, signal: limit.stop };
      const trouble = await unwrap(staging, boundsIn(staging, bounds).bytes, sealing);
      if (trouble) return unusable(trouble.cause);
      for (const name of [FILES, OPENED, ARCHIVES, PROGRAMS]) await remove(join(staging, name));
      const directory = join(staging, CHECKPOINT_PATH);
      const objection = await inspect?.(directory, limit.stop);
      if (objection?.kind === 'unusable') {
        return unusable(
          `the entry ${key} is not a checkpoint of this action, because ${objection.why}; ${DELETE_OR_CHANGE_KEY}`,
        );
      }
      keep();
      return { kind: 'hit', key, directory, staging, ...(objection ? { flaw: objection.why } : {}) };
    },
  );
}

/** Stops a restore whose archive is a bomb when it outgrows the bounds, not when the disk is full. */
async function download(wanted: Wanted, staging: string, context: FetchContext): Promise<Restored> {
  const { client, packing, limit } = context;
  const bounds = boundsIn(staging, context.bounds);
  const grown = new AbortController();
  const done = new AbortController();
  const watching = watchGrowth(staging, bounds, () => grown.abort(), done.signal);
  const signal = AbortSignal.any([grown.signal, ...(limit.signal ? [limit.signal] : [])]);
  const response = await client.request({ operation: 'restore', ...wanted }, staging, packing, {
    ...limit,
    signal,
  });
  done.abort();
  // The watcher may have missed what was unpacked last.
  const tooMuch = (await watching) ?? (await exceededBound(staging, bounds));
  if (!tooMuch) return restoreOutcome(response);
  return bounds.limitedByDisk ? failed(`${tooMuch}; free some disk space`) : bomb(tooMuch, response);
}

function bomb(tooMuch: string, response: WorkerResponse): CacheTrouble {
  const entry = entryFoundBy(response);
  const trouble = failed(`${tooMuch}, more than any checkpoint of this action; ${DELETE_OR_CHANGE_KEY}`);
  return entry === undefined ? trouble : { ...trouble, entry };
}

const DELETE_OR_CHANGE_KEY = 'delete the entry in the caches of the repository, or change cache-key';
