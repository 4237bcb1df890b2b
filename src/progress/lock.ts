/**
 * One run at a time works on the state of a (model, eval set). The lock is an exclusive transaction of SQLite on an empty file
 * beside the state. The kernel frees it when the process ends, however it ends; it also holds between containers that share
 * the directory, where process numbers would say nothing.
 *
 * The file stays: a contender that has opened it would otherwise lock a deleted file, while the next one locks a new file.
 * Nothing else in this process may open it: POSIX frees all locks of a process when it closes any descriptor of the file.
 *
 * Earlier versions used Unix sockets and do not see this lock: an earlier version and this one are not kept apart.
 */
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ActionError } from '../errors.ts';
import { PRIVATE_FILE } from './folders.ts';
import { type StatePaths, stateFolder } from './paths.ts';
import { quarantine } from './quarantine.ts';
import { claimStateDirectory } from './state-directory.ts';
import { unwritable } from './unwritable.ts';

export interface Lock {
  release(): Promise<void>;
}

/** In bytes: SQLite opens no longer path, and puts `-journal` behind it. */
const LONGEST_PATH = 490;

/** Reachable until released: a connection that is garbage-collected is closed, and its lock is free. */
const HELD = new Set<DatabaseSync>();

/**
 * @throws ActionError STATE_LOCKED when another run holds it, STATE_NOT_OURS when the state is not this user's alone,
 * STATE_UNWRITABLE when there can be no lock
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

/** Beside the state; where that path is too long, in the temporary directory. */
function lockFile(paths: StatePaths): string {
  const beside = join(realpathSync(stateFolder(paths)), paths.lockName);
  if (Buffer.byteLength(beside) <= LONGEST_PATH) return beside;
  const hash = createHash('sha256').update(beside).digest('hex').slice(0, 16);
  return join(tmpdir(), `.oaievalset-${hash}.lock`);
}

function acquire(path: string): DatabaseSync {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) quarantine(path, new Date());
  try {
    return begin(path);
  } catch (error) {
    // No version of this action wrote this file, so no run holds it.
    if (codeOf(error) !== NOT_A_DATABASE) throw error;
    quarantine(path, new Date());
    return begin(path);
  }
}

/** Older releases of Node 24 warn on stderr that SQLite is experimental, which tells a reader of the log nothing. */
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
    // In memory: no second file beside the first.
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
    'Wait for it to end and re-run this job, add a concurrency group to the workflow, or give this job a state-directory of its own.',
  );
}
