import { join } from 'node:path';
import { CacheClient } from './cache/cache-client.ts';
import type { Inspect } from './cache/fetch.ts';
import { type Limit, limitOf as timeLimit } from './cache/limit.ts';
import { type CacheTrouble, failed, noService, type Saved, saveOutcome } from './cache/outcome.ts';
import { CHECKPOINT_PATH } from './cache/protocol.ts';
import type { Packing } from './cache/tools.ts';
import type { CheckpointKeys, Difference } from './keys.ts';
import { inPrivateDirectory, isDirectory } from './private-directory.ts';
import { lookUp, lookUpAny, type RestoreOutcome, type RestoreScope, restoreNearest } from './restore.ts';
import { wrap } from './trust/envelope.ts';
import type { TreeBounds } from './trust/untrusted-tree.ts';

export type { CacheTrouble } from './cache/outcome.ts';
export type { RestoreHit, RestoreOutcome } from './restore.ts';

export type SaveOutcome = Saved;

export interface CheckpointStoreOptions {
  readonly keys: CheckpointKeys;
  /** The job's environment. It says where the cache service is, and which operations are allowed. */
  readonly env: NodeJS.ProcessEnv;
  /** RUNNER_TEMP, for archives and restored files. */
  readonly temporaryDirectory: string;
  /**
   * The input `encryption-key`. Checkpoints are encrypted with it, and only encrypted ones are restored. The key is never in
   * the worker's environment, in a file or in a message. Empty by default: checkpoints are not encrypted.
   */
  readonly encryptionKey?: string;
  /** The number of the next save, from 1. Post continues the numbers of main. */
  readonly firstSeq?: number;
  /** The worker's program; by default the one in dist/. */
  readonly workerPath?: string;
  /** By default 5 minutes for a restore and 10 for a save. */
  readonly timeouts?: { readonly restoreMs?: number; readonly saveMs?: number };
  /** Makes the bound of an operation; by default a time limit. */
  readonly limitOf?: typeof timeLimit;
  /** The limits of a restored checkpoint; by default those in untrusted-tree.ts. */
  readonly bounds?: TreeBounds;
}

export interface OperationOptions {
  /** When it is aborted, the operation ends at once as a failure. */
  readonly signal?: AbortSignal | undefined;
  /** The bound of this call, instead of the store's. */
  readonly timeoutMs?: number;
}

export interface RestoreOptions extends OperationOptions {
  /** Those of another identity, instead of the store's. */
  readonly keys?: CheckpointKeys;
  /** By default `set`. */
  readonly scope?: RestoreScope;
  /** Inspects what was restored before it is used. */
  readonly inspect?: Inspect;
}

/** Checkpoints of one identity in the Actions cache. No method rejects because of the cache or the disk. */
export interface CheckpointStore {
  /** The number of the next save. */
  readonly nextSeq: number;
  /** Says why this machine cannot save or restore checkpoints, without a request; undefined when it can. */
  check(options?: OperationOptions): Promise<CacheTrouble | undefined>;
  /** Restores the checkpoint that is nearest to this run into a new directory; if that one is broken, an older one. */
  restore(options?: RestoreOptions): Promise<RestoreOutcome>;
  /** The key of the newest checkpoint of this model, eval set and cache-key, of any user. */
  newestOfSet(options?: OperationOptions): Promise<string | undefined>;
  /** What distinguishes the nearest checkpoint that `restore` does not use, if there is one of this eval set. */
  otherCheckpoint(options?: OperationOptions): Promise<Difference | undefined>;
  /**
   * Saves `<snapshotRoot>/tmp/oaievalset` as the next checkpoint. Nothing in it may change during the save. A failed save
   * uses its number too, because an unfinished entry may have its key.
   */
  save(snapshotRoot: string, options?: OperationOptions): Promise<SaveOutcome>;
}

const RESTORE_TIMEOUT_MS = 5 * 60_000;
const SAVE_TIMEOUT_MS = 10 * 60_000;

/** How many taken keys a save tries. It looks up the newest entry each time, so the key after it is most likely free. */
const MAX_TAKEN_KEYS = 8;

export function openCheckpointStore(options: CheckpointStoreOptions): CheckpointStore {
  const { keys, env, temporaryDirectory, timeouts = {}, encryptionKey = '', workerPath, bounds } = options;
  const { limitOf = timeLimit } = options;
  const client = new CacheClient({ env, temporaryDirectory, encryptionKey, workerPath });
  const { restoreMs = RESTORE_TIMEOUT_MS, saveMs = SAVE_TIMEOUT_MS } = timeouts;
  let nextSeq = options.firstSeq ?? 1;

  async function saveAs(
    key: string,
    snapshotRoot: string,
    packing: Packing,
    limit: Limit,
  ): Promise<SaveOutcome> {
    return inPrivateDirectory(
      temporaryDirectory,
      limit,
      client.secrets,
      async (directory): Promise<SaveOutcome> => {
        if (!(await isDirectory(join(snapshotRoot, CHECKPOINT_PATH)))) {
          return failed(`there is no ${CHECKPOINT_PATH} to save in ${snapshotRoot}`);
        }
        const sealing = { encryptionKey, entryKey: key, env: client.toolEnvironment, signal: limit.stop };
        await wrap(snapshotRoot, directory, sealing);
        return saveOutcome(await client.request({ operation: 'save', key }, directory, packing, limit), key);
      },
    );
  }

  /** A key is taken when GitHub gives two users the same names. Then their saves take turns. */
  async function saveUnderFreeKey(
    snapshotRoot: string,
    packing: Packing,
    limit: Limit,
  ): Promise<SaveOutcome> {
    for (let taken = 1; ; taken += 1) {
      const key = keys.primary(nextSeq);
      nextSeq += 1;
      const outcome = await saveAs(key, snapshotRoot, packing, limit);
      if (outcome.kind !== 'failed' || !outcome.keyTaken || taken >= MAX_TAKEN_KEYS || limit.stop.aborted)
        return outcome;
      const newest = await lookUp([keys.thisAttempt], { client, keys, packing, limit });
      // A service that calls every key taken and finds no entry is broken. Another key would not help.
      if (newest.kind === 'failed') return outcome;
      if (newest.kind === 'hit') nextSeq = Math.max(nextSeq, (keys.seqOf(newest.key) ?? 0) + 1);
    }
  }

  /** The limit of an operation and how its entries are packed, or why this machine has no cache. */
  async function prepared(
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly limit: Limit; readonly packing: Packing } | CacheTrouble> {
    if (!client.hasService) return noService;
    const limit = limitOf(timeoutMs, signal);
    const packing = await client.packing(limit);
    return typeof packing === 'string' ? { limit, packing } : packing;
  }

  return {
    get nextSeq() {
      return nextSeq;
    },

    async check({ signal, timeoutMs = restoreMs } = {}) {
      const ready = await prepared(timeoutMs, signal);
      return 'kind' in ready ? ready : undefined;
    },

    async restore({ signal, timeoutMs = restoreMs, inspect, scope = 'set', keys: others = keys } = {}) {
      const ready = await prepared(timeoutMs, signal);
      if ('kind' in ready) return ready;
      const context = { client, temporaryDirectory, encryptionKey, bounds, inspect, ...ready };
      return restoreNearest({ ...context, keys: others, scope });
    },

    async newestOfSet({ signal, timeoutMs = restoreMs } = {}) {
      const ready = await prepared(timeoutMs, signal);
      if ('kind' in ready) return undefined;
      const found = await lookUp([keys.anyOfSet], { client, keys, ...ready });
      return found.kind === 'hit' ? found.key : undefined;
    },

    async otherCheckpoint({ signal, timeoutMs = restoreMs } = {}) {
      const ready = await prepared(timeoutMs, signal);
      if ('kind' in ready) return undefined;
      const found = await lookUpAny(keys.others, { client, ...ready });
      return found.kind === 'hit' ? keys.differenceOf(found.key) : undefined;
    },

    async save(snapshotRoot, { signal, timeoutMs = saveMs } = {}) {
      const ready = await prepared(timeoutMs, signal);
      return 'kind' in ready ? ready : saveUnderFreeKey(snapshotRoot, ready.packing, ready.limit);
    },
  };
}
