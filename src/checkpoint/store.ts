import { lstat, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../errors.ts';
import { printable } from './client-output.ts';
import type { CheckpointKeys } from './keys.ts';
import { type Answer, type CacheTrouble, restoreOutcome, type Saved, saveOutcome } from './outcome.ts';
import { CHECKPOINT_PATH, type WorkerRequest } from './protocol.ts';
import { pathWithSafeTar } from './safe-tar.ts';
import { runWorker } from './worker-process.ts';

export type { CacheTrouble } from './outcome.ts';

export type RestoreOutcome =
  /** `directory` holds what was saved; whoever takes it over deletes `staging`, which holds `directory`. */
  | { readonly kind: 'hit'; readonly key: string; readonly directory: string; readonly staging: string }
  | { readonly kind: 'miss' }
  | CacheTrouble;

export type SaveOutcome = Saved;

export interface CheckpointStoreOptions {
  readonly keys: CheckpointKeys;
  /** The job's environment: tells where the cache service is and what may be done there. */
  readonly env: NodeJS.ProcessEnv;
  /** RUNNER_TEMP: archives and restored files pass through here. */
  readonly temporaryDirectory: string;
  /** The number of the next save, from 1; a later step of the job goes on where an earlier one stopped. */
  readonly firstSeq?: number;
  /** The worker's program, when it is not the bundle. */
  readonly workerPath?: string;
  /** Upper bounds in milliseconds: 5 minutes for a restore and 10 for a save when left out. */
  readonly timeouts?: { readonly restoreMs?: number; readonly saveMs?: number };
}

export interface OperationOptions {
  /** Ends the operation at once, as a failure. */
  readonly signal?: AbortSignal;
  /** A bound for this call, in milliseconds, instead of the store's. */
  readonly timeoutMs?: number;
}

/** Checkpoints of one identity in the Actions cache. Neither method rejects for anything the cache or the disk does. */
export interface CheckpointStore {
  /** The number the next save will take. */
  readonly nextSeq: number;
  /** Fetches the newest checkpoint of this run, or else of any run, into a fresh directory. */
  restore(options?: OperationOptions): Promise<RestoreOutcome>;
  /**
   * Saves `<snapshotRoot>/tmp/oaievalset` as the next checkpoint. Nothing below it may change until this is done.
   * The number is used up also when the save fails: its key may be taken by a half-made entry.
   */
  save(snapshotRoot: string, options?: OperationOptions): Promise<SaveOutcome>;
}

const RESTORE_TIMEOUT_MS = 5 * 60_000;
const SAVE_TIMEOUT_MS = 10 * 60_000;

export function openCheckpointStore(options: CheckpointStoreOptions): CheckpointStore {
  const { keys, env, temporaryDirectory, workerPath = bundledWorker(), timeouts = {} } = options;
  let nextSeq = options.firstSeq ?? 1;

  async function ask(
    request: WorkerRequest,
    directory: string,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const workerEnv = await workerEnvironment(env, directory);
    const run = await runWorker(request, {
      program: workerPath,
      cwd: directory,
      env: workerEnv,
      timeoutMs,
      signal,
    });
    return { run, timeoutMs, secrets: [env.ACTIONS_RUNTIME_TOKEN ?? ''] };
  }

  return {
    get nextSeq() {
      return nextSeq;
    },

    restore({ signal, timeoutMs = timeouts.restoreMs ?? RESTORE_TIMEOUT_MS } = {}) {
      const { neverSaved: key, restoreKeys } = keys;
      return inPrivateDirectory(temporaryDirectory, async (staging, keep): Promise<RestoreOutcome> => {
        const request = { operation: 'restore', key, restoreKeys } as const;
        const outcome = restoreOutcome(await ask(request, staging, timeoutMs, signal));
        if (outcome.kind !== 'hit') return outcome;
        const directory = join(staging, CHECKPOINT_PATH);
        if (!(await isDirectory(directory))) {
          return { kind: 'failed', cause: `the entry ${outcome.key} holds no ${CHECKPOINT_PATH}` };
        }
        keep();
        await remove(join(staging, ARCHIVES));
        await remove(join(staging, PROGRAMS));
        return { ...outcome, directory, staging };
      });
    },

    save(snapshotRoot, { signal, timeoutMs = timeouts.saveMs ?? SAVE_TIMEOUT_MS } = {}) {
      const key = keys.primary(nextSeq);
      nextSeq += 1;
      return inPrivateDirectory(temporaryDirectory, async (directory): Promise<SaveOutcome> => {
        if (!(await isDirectory(join(snapshotRoot, CHECKPOINT_PATH)))) {
          return { kind: 'failed', cause: `there is no ${CHECKPOINT_PATH} to save in ${snapshotRoot}` };
        }
        // tar follows a link on the way to what it packs, and keeps no trace of it: nothing is copied.
        const top = dirname(CHECKPOINT_PATH);
        await symlink(resolve(snapshotRoot, top), join(directory, top));
        return saveOutcome(await ask({ operation: 'save', key }, directory, timeoutMs, signal), key);
      });
    },
  };
}

const ARCHIVES = 'archives';
const PROGRAMS = 'bin';

/**
 * The client names the files of an archive relative to GITHUB_WORKSPACE, finds them relative to the working directory,
 * and leaves temporary directories of its own behind in RUNNER_TEMP: all three are the call's private directory.
 */
async function workerEnvironment(env: NodeJS.ProcessEnv, directory: string): Promise<NodeJS.ProcessEnv> {
  const { TAR_OPTIONS: _changesArchives, RUNNER_DEBUG: _listsArchives, ...rest } = env;
  const path = await pathWithSafeTar(env.PATH ?? '', join(directory, PROGRAMS));
  return { ...rest, PATH: path, GITHUB_WORKSPACE: directory, RUNNER_TEMP: join(directory, ARCHIVES) };
}

/**
 * Gives `work` a new directory, and removes it afterwards unless `keep` was called: half an archive must not be taken
 * for a whole one. A full disk is cache trouble like any other, and ends no run.
 */
async function inPrivateDirectory<T>(
  temporaryDirectory: string,
  work: (directory: string, keep: () => void) => Promise<T>,
): Promise<T | CacheTrouble> {
  let directory: string | undefined;
  let kept = false;
  try {
    directory = await mkdtemp(join(await plainPath(temporaryDirectory), 'oaievalset-checkpoint-'));
    return await work(directory, () => {
      kept = true;
    });
  } catch (error) {
    return { kind: 'failed', cause: printable(reasonOf(error), []) };
  } finally {
    if (directory && !kept) await remove(directory);
  }
}

/**
 * A temporary directory whose path the client can handle: without links, since it compares paths as text, and without
 * blanks, quotes or backslashes, since it hands tar its arguments as one string.
 */
async function plainPath(temporaryDirectory: string): Promise<string> {
  await mkdir(temporaryDirectory, { recursive: true });
  const path = await realpath(temporaryDirectory);
  return /[\s"'\\]/.test(path) ? await realpath(tmpdir()) : path;
}

async function isDirectory(path: string): Promise<boolean> {
  return lstat(path).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}

async function remove(directory: string): Promise<void> {
  // What cannot be removed here goes with the runner's temporary directory.
  await rm(directory, { recursive: true, force: true }).catch(() => {});
}

/** Next to `dist/main/index.js`, and from `src/checkpoint/` in a checkout. Not a `new URL`, which the bundler rewrites. */
function bundledWorker(): string {
  return resolve(dirname(fileURLToPath(import.meta.url)), '../../dist/cache-worker/index.js');
}
