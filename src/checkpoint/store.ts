import { join } from 'node:path';
import { CacheClient } from './cache/cache-client.ts';
import type { Inspect } from './cache/fetch.ts';
import { type Limit, limitOf as timeLimit } from './cache/limit.ts';
import { type CacheTrouble, failed, noService, type Saved, saveOutcome } from './cache/outcome.ts';
import { CHECKPOINT_PATH } from './cache/protocol.ts';
import type { Packing } from './cache/tools.ts';
import type { CheckpointKeys } from './keys.ts';
import { inPrivateDirectory, isDirectory } from './private-directory.ts';
import { lookUp, type RestoreOutcome, restoreNearest } from './restore.ts';
import { wrap } from './trust/envelope.ts';
import type { TreeBounds } from './trust/untrusted-tree.ts';

export type { CacheTrouble } from './cache/outcome.ts';
export type { RestoreHit, RestoreOutcome } from './restore.ts';

export type SaveOutcome = Saved;

export interface CheckpointStoreOptions {
  readonly keys: CheckpointKeys;
  /** The job's environment: says where the cache service is and what may be done there. */
  readonly env: NodeJS.ProcessEnv;
  /** RUNNER_TEMP: archives and restored files pass through here. */
  readonly temporaryDirectory: string;
  /**
   * The input `encryption-key`: checkpoints are encrypted with it, and only such are restored. Neither the worker's
   * environment nor any file or message holds it. Empty or left out: checkpoints are plain.
   */
  readonly encryptionKey?: string;
  /** The number of the next save, from 1; a later step of the job continues where an earlier one stopped. */
  readonly firstSeq?: number;
  /** The worker's program, when it is not the bundle. */
  readonly workerPath?: string;
  /** Upper bounds in milliseconds: 5 minutes for a restore and 10 for a save when left out. */
  readonly timeouts?: { readonly restoreMs?: number; readonly saveMs?: number };
  /** Bounds an operation, when that is not to be a matter of time. */
  readonly limitOf?: typeof timeLimit;
  /** What a restored checkpoint may at most hold, when it is not what untrusted-tree.ts says. */
  readonly bounds?: TreeBounds;
}

export interface OperationOptions {
  /** Ends the operation at once, as a failure. */
  readonly signal?: AbortSignal | undefined;
  /** A bound for this call, in milliseconds, instead of the store's. */
  readonly timeoutMs?: number;
}

export interface RestoreOptions extends OperationOptions {
  /** Looks at what was restored, before it is handed out. */
  readonly inspect?: Inspect;
}

/** Checkpoints of one identity in the Actions cache. No method rejects for anything the cache or the disk does. */
export interface CheckpointStore {
  /** The number the next save will take. */
  readonly nextSeq: number;
  /** Says whether this machine has what checkpoints need, without asking the service. */
  check(options?: OperationOptions): Promise<CacheTrouble | undefined>;
  /** Fetches the checkpoint that is nearest to this run into a new directory; when that is broken, an older one. */
  restore(options?: RestoreOptions): Promise<RestoreOutcome>;
  /**
   * Saves `<snapshotRoot>/tmp/oaievalset` as the next checkpoint. Nothing below it may change until this is done.
   * The number is used up also when the save fails: its key may be taken by a half-made entry.
   */
  save(snapshotRoot: string, options?: OperationOptions): Promise<SaveOutcome>;
}

const RESTORE_TIMEOUT_MS = 5 * 60_000;
const SAVE_TIMEOUT_MS = 10 * 60_000;

/** Keys that a save finds taken. It looks up the newest one each time, so that the next is most likely free. */
const MOST_TAKEN_KEYS = 8;

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
        return saveOutcome(await client.ask({ operation: 'save', key }, directory, packing, limit), key);
      },
    );
  }

  /** A key that is taken is that of another user who is known by the same name: its saves and ours take turns. */
  async function saveUnderFreeKey(
    snapshotRoot: string,
    packing: Packing,
    limit: Limit,
  ): Promise<SaveOutcome> {
    for (let taken = 1; ; taken += 1) {
      const key = keys.primary(nextSeq);
      nextSeq += 1;
      const outcome = await saveAs(key, snapshotRoot, packing, limit);
      if (outcome.kind !== 'failed' || !outcome.keyTaken || taken >= MOST_TAKEN_KEYS || limit.stop.aborted)
        return outcome;
      const newest = await lookUp([keys.thisAttempt], { client, keys, packing, limit });
      nextSeq = Math.max(nextSeq, ((newest && keys.seqOf(newest)) || 0) + 1);
    }
  }

  return {
    get nextSeq() {
      return nextSeq;
    },

    async check({ signal, timeoutMs = restoreMs } = {}) {
      if (!client.hasService) return noService;
      const packing = await client.packing(limitOf(timeoutMs, signal));
      return typeof packing === 'string' ? undefined : packing;
    },

    async restore({ signal, timeoutMs = restoreMs, inspect } = {}) {
      if (!client.hasService) return noService;
      const limit = limitOf(timeoutMs, signal);
      const packing = await client.packing(limit);
      if (typeof packing !== 'string') return packing;
      const context = { client, keys, temporaryDirectory, encryptionKey, bounds, packing, limit, inspect };
      return restoreNearest(context);
    },

    async save(snapshotRoot, { signal, timeoutMs = saveMs } = {}) {
      if (!client.hasService) return noService;
      const limit = limitOf(timeoutMs, signal);
      const packing = await client.packing(limit);
      if (typeof packing !== 'string') return packing;
      return saveUnderFreeKey(snapshotRoot, packing, limit);
    },
  };
}
