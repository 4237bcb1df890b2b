/**
 * Only one run at a time uses the state of a (model, eval set). The lock is an exclusive SQLite transaction on an empty file
 * next to the state. The kernel releases it when the process ends, SIGKILL included. It also works between containers that
 * share the directory, where process ids have no meaning.
 *
 * The file is never deleted. Otherwise a contender that has already opened it would lock a deleted file, and the next one a
 * new file. Nothing else in this process may open the file, because POSIX releases all locks that a process has on a file
 * when the process closes any descriptor of it.
 *
 * Earlier versions of the action used Unix sockets and ignore this lock.
 */
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ActionError } from '../errors.ts';
import { PRIVATE_FILE } from './directories.ts';
import { type StatePaths, stateFolder } from './paths.ts';
import { quarantine } from './quarantine.ts';
import { claimStateDirectory } from './state-directory.ts';
import { unwritable } from './unwritable.ts';

export interface Lock {
  release(): Promise<void>;
}

/** SQLite opens no longer path, and appends `-journal` to it. */
const MAX_PATH_BYTES = 490;

/** Keeps connections reachable: a connection that is garbage-collected is closed, which releases its lock. */
const HELD = new Set<DatabaseSync>();

/**
 * @throws ActionError STATE_LOCKED when another run holds the lock, STATE_NOT_OURS when other users can write to the state,
 * STATE_UNWRITABLE when the lock file cannot be created
 */
export async function lockState(paths: StatePaths): Promise<Lock> {
  claimStateDirectory(paths);
  try {
    const database = acquire(lockFile(paths));
    HELD.add(database);
    return {
      release: async () => {
        if (HELD.delete(database)) database.close();
      },
    };
  } catch (error) {
    throw isBusy(error) ? locked(paths) : unwritable(paths.root, error);
  }
}

/** The lock file is next to the state or, where that path is too long, in the temporary directory. */
function lockFile(paths: StatePaths): string {
  const beside = join(realpathSync(stateFolder(paths)), paths.lockName);
  if (Buffer.byteLength(beside) <= MAX_PATH_BYTES) return beside;
  const hash = createHash('sha256').update(beside).digest('hex').slice(0, 16);
  return join(tmpdir(), `.oaievalset-${hash}.lock`);
}

function acquire(path: string): DatabaseSync {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) quarantine(path, new Date());
  try {
    return begin(path);
  } catch (error) {
    // No version of this action wrote this file, so no run holds a lock on it.
    if (codeOf(error) !== NOT_A_DATABASE) throw error;
    quarantine(path, new Date());
    return begin(path);
  }
}

/** Suppresses a warning that older releases of Node 24 print: that SQLite is experimental. */
function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

function begin(path: string): DatabaseSync {
  const sqlite = loadSqlite();
  const database = new sqlite.DatabaseSync(path, { timeout: 0 });
  try {
    chmodSync(path, PRIVATE_FILE);
    // The rollback journal is in memory, so that there is no second file.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const BUSY = 5;
const NOT_A_DATABASE = 26;

/** The primary result code of SQLite. */
function codeOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

function isBusy(error: unknown): boolean {
  return codeOf(error) === BUSY;
}

function locked(paths: StatePaths): ActionError {
  return new ActionError(
    'STATE_LOCKED',
    `Another run of this eval set is using ${paths.progressFile} on this machine.`,
    'Wait until it ends and re-run this job, add a concurrency group to the workflow, or give this job its own state-directory.',
  );
}
