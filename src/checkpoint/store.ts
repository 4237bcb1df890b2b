import { lstat, mkdir, mkdtemp, realpath, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../errors.ts';
import { abortedAfter } from '../process/abort.ts';
import { printable } from './client-output.ts';
import { openSealed, type Sealing, sealTree } from './encryption.ts';
import type { CheckpointKeys } from './keys.ts';
import {
  type Answer,
  type CacheTrouble,
  noService,
  type Restored,
  restoreOutcome,
  type Saved,
  STOPPED,
  saveOutcome,
  tookTooLong,
} from './outcome.ts';
import { CHECKPOINT_PATH, type WorkerRequest } from './protocol.ts';
import { pathWithSafeTar } from './safe-tar.ts';
import { SealBroken } from './sealed-stream.ts';
import { boundsIn, outgrown, type TreeBounds, watchGrowth } from './untrusted-tree.ts';
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
  /**
   * The input `encryption-key`: checkpoints are encrypted with it, and only such are restored. Neither the worker's
   * environment nor any file or message holds it. Empty or left out: checkpoints are plain.
   */
  readonly encryptionKey?: string;
  /** The number of the next save, from 1; a later step of the job goes on where an earlier one stopped. */
  readonly firstSeq?: number;
  /** The worker's program, when it is not the bundle. */
  readonly workerPath?: string;
  /** Upper bounds in milliseconds: 5 minutes for a restore and 10 for a save when left out. */
  readonly timeouts?: { readonly restoreMs?: number; readonly saveMs?: number };
  /** What a restored checkpoint may at most hold, when it is not what untrusted-tree.ts says. */
  readonly bounds?: TreeBounds;
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
  const {
    keys,
    temporaryDirectory,
    workerPath = bundledWorker(),
    timeouts = {},
    encryptionKey = '',
  } = options;
  const env = withoutInputs(options.env, encryptionKey);
  const secrets = [options.env.ACTIONS_RUNTIME_TOKEN ?? '', encryptionKey];
  let nextSeq = options.firstSeq ?? 1;

  async function ask(request: WorkerRequest, directory: string, limit: Limit): Promise<Answer> {
    const { timeoutMs, signal } = limit;
    const cwd = join(directory, FILES);
    const workerEnv = await workerEnvironment(env, directory, cwd);
    const run = await runWorker(request, {
      program: workerPath,
      cwd,
      env: workerEnv,
      timeoutMs: limit.leftMs(),
      signal,
    });
    return { run, timeoutMs, secrets };
  }

  /** A restore whose archive is a bomb ends when it outgrows the bounds, not when the disk is full. */
  async function fetchInto(staging: string, limit: Limit): Promise<Restored> {
    const { neverSaved: key, restoreKeys } = keys;
    const bounds = boundsIn(staging, options.bounds);
    const grown = new AbortController();
    const done = new AbortController();
    const watching = watchGrowth(staging, bounds, () => grown.abort(), done.signal);
    const signal = AbortSignal.any([grown.signal, ...(limit.signal ? [limit.signal] : [])]);
    const answer = await ask({ operation: 'restore', key, restoreKeys }, staging, { ...limit, signal });
    done.abort();
    // What was unpacked between two looks counts as well.
    const tooMuch = (await watching) ?? (await outgrown(staging, bounds));
    if (tooMuch)
      return failed(
        bounds.scarce
          ? `${tooMuch}; free some disk space`
          : `${tooMuch}, which no checkpoint of this action does; ${DELETE_OR_CHANGE_KEY}`,
      );
    return restoreOutcome(answer);
  }

  function sealing(entryKey: string, limit: Limit): Sealing {
    return { encryptionKey, entryKey, env, signal: limit.both() };
  }

  /** Puts the plain checkpoint at `<staging>/tmp/oaievalset`, or says why what was fetched is none. */
  async function unwrap(staging: string, entryKey: string, limit: Limit): Promise<CacheTrouble | undefined> {
    const files = join(staging, FILES);
    const empty = failed(`the entry ${entryKey} holds no ${CHECKPOINT_PATH}`);
    if (!(await holdsCheckpoint(files))) return empty;
    const sealed = join(files, CHECKPOINT_PATH, SEALED);
    const isSealed = await exists(sealed);
    if (!encryptionKey) {
      if (!isSealed) return move(files, staging);
      return failed(
        `the entry ${entryKey} is encrypted, and encryption-key is not set; set it to the key of the run that saved ` +
          'the entry, or change cache-key to start afresh',
      );
    }
    if (!isSealed) {
      return failed(
        `the entry ${entryKey} is not encrypted, and encryption-key is set, so that anyone who can write to the cache ` +
          'may have made it; the next checkpoint is encrypted, and takes its place',
      );
    }
    const opened = join(staging, OPENED);
    await mkdir(opened);
    try {
      const { bytes } = boundsIn(staging, options.bounds);
      await openSealed(sealed, opened, bytes, sealing(entryKey, limit));
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      return failed(
        `the encrypted entry ${entryKey} cannot be used: ${error.message}; check encryption-key, or change cache-key ` +
          'to start afresh',
      );
    }
    return (await holdsCheckpoint(opened)) ? move(opened, staging) : empty;
  }

  // What the client would find out, after a process was started for it.
  const nowhere = !env.ACTIONS_RESULTS_URL && !env.ACTIONS_CACHE_URL;

  return {
    get nextSeq() {
      return nextSeq;
    },

    async restore({ signal, timeoutMs = timeouts.restoreMs ?? RESTORE_TIMEOUT_MS } = {}) {
      if (nowhere) return noService;
      const limit = limitOf(timeoutMs, signal);
      return inPrivateDirectory(
        temporaryDirectory,
        limit,
        secrets,
        async (staging, keep): Promise<RestoreOutcome> => {
          const outcome = await fetchInto(staging, limit);
          if (outcome.kind !== 'hit') return outcome;
          const { key } = outcome;
          if (!keys.restoreKeys.some((prefix) => key.startsWith(prefix))) {
            const what = printable(key, secrets);
            return failed(`the cache service answered with the entry ${what}, which was not asked for`);
          }
          const trouble = await unwrap(staging, key, limit);
          if (trouble) return { ...trouble, cause: printable(trouble.cause, secrets) };
          keep();
          for (const name of [FILES, OPENED, ARCHIVES, PROGRAMS]) await remove(join(staging, name));
          return { kind: 'hit', key, directory: join(staging, CHECKPOINT_PATH), staging };
        },
      );
    },

    async save(snapshotRoot, { signal, timeoutMs = timeouts.saveMs ?? SAVE_TIMEOUT_MS } = {}) {
      const key = keys.primary(nextSeq);
      nextSeq += 1;
      if (nowhere) return noService;
      const limit = limitOf(timeoutMs, signal);
      return inPrivateDirectory(
        temporaryDirectory,
        limit,
        secrets,
        async (directory): Promise<SaveOutcome> => {
          if (!(await isDirectory(join(snapshotRoot, CHECKPOINT_PATH)))) {
            return failed(`there is no ${CHECKPOINT_PATH} to save in ${snapshotRoot}`);
          }
          const files = join(directory, FILES);
          if (encryptionKey) {
            await mkdir(join(files, CHECKPOINT_PATH), { recursive: true });
            const target = join(files, CHECKPOINT_PATH, SEALED);
            await sealTree(resolve(snapshotRoot), CHECKPOINT_PATH, target, sealing(key, limit));
          } else {
            // tar follows a link on the way to what it packs, and keeps no trace of it: nothing is copied.
            await symlink(resolve(snapshotRoot, TOP), join(files, TOP));
          }
          return saveOutcome(await ask({ operation: 'save', key }, directory, limit), key);
        },
      );
    },
  };
}

/** The parts of a call's private directory. What an archive holds is unpacked into one of its own, beside ours. */
const FILES = 'files';
const OPENED = 'opened';
const ARCHIVES = 'archives';
const PROGRAMS = 'bin';

/** The first directory of the path. */
const TOP = dirname(CHECKPOINT_PATH);

/** The one file of an encrypted checkpoint. No state file is called so: they all begin with a model's name and a dot. */
const SEALED = 'checkpoint.enc';

const DELETE_OR_CHANGE_KEY = 'delete the entry in the caches of the repository, or change cache-key';

function failed(cause: string): CacheTrouble {
  return { kind: 'failed', cause };
}

/** The bound of one operation, all its parts together. */
interface Limit {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  leftMs(): number;
  /** Aborted when time is up, or when the caller says so. */
  both(): AbortSignal;
}

function limitOf(timeoutMs: number, signal: AbortSignal | undefined): Limit {
  const end = performance.now() + timeoutMs;
  const leftMs = () => Math.max(0, Math.round(end - performance.now()));
  return {
    timeoutMs,
    signal,
    leftMs,
    both: () => abortedAfter(leftMs(), signal),
  };
}

/** The worker and tar need no input of the action; the key that encrypts is none of theirs, whatever holds it. */
function withoutInputs(env: NodeJS.ProcessEnv, encryptionKey: string): NodeJS.ProcessEnv {
  const { TAR_OPTIONS: _changesArchives, ...rest } = env;
  const passed = Object.entries(rest).filter(
    ([name, value]) => !name.startsWith('INPUT_') && !(encryptionKey && value?.includes(encryptionKey)),
  );
  return Object.fromEntries(passed);
}

/**
 * The client names the files of an archive relative to GITHUB_WORKSPACE, finds them relative to the working directory,
 * and leaves temporary directories of its own behind in RUNNER_TEMP: all three are in the call's private directory.
 */
async function workerEnvironment(
  env: NodeJS.ProcessEnv,
  directory: string,
  workspace: string,
): Promise<NodeJS.ProcessEnv> {
  const { RUNNER_DEBUG: _listsArchives, ...rest } = env;
  const path = await pathWithSafeTar(env.PATH ?? '', join(directory, PROGRAMS));
  return {
    ...rest,
    PATH: path,
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: join(directory, ARCHIVES),
    // What the storage answered is nowhere else; it is read for causes (cause.ts), and not shown.
    AZURE_LOG_LEVEL: 'info',
  };
}

/**
 * Gives `work` a new directory, and removes it afterwards unless `keep` was called: half an archive must not be taken
 * for a whole one. A full disk is cache trouble like any other, and ends no run.
 */
async function inPrivateDirectory<T>(
  temporaryDirectory: string,
  limit: Limit,
  secrets: readonly string[],
  work: (directory: string, keep: () => void) => Promise<T>,
): Promise<T | CacheTrouble> {
  let directory: string | undefined;
  let kept = false;
  try {
    directory = await mkdtemp(join(await plainPath(temporaryDirectory), 'oaievalset-checkpoint-'));
    await mkdir(join(directory, FILES));
    return await work(directory, () => {
      kept = true;
    });
  } catch (error) {
    if (limit.signal?.aborted) return failed(STOPPED);
    if (limit.leftMs() === 0) return failed(tookTooLong(limit.timeoutMs));
    return failed(printable(reasonOf(error), secrets));
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

/** Link by link: an archive may bring `tmp` along as a link to the state directory of this machine. */
async function holdsCheckpoint(directory: string): Promise<boolean> {
  return (await isDirectory(join(directory, TOP))) && (await isDirectory(join(directory, CHECKPOINT_PATH)));
}

async function move(from: string, staging: string): Promise<undefined> {
  await rename(join(from, TOP), join(staging, TOP));
}

async function isDirectory(path: string): Promise<boolean> {
  return lstat(path).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
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
