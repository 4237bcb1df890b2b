/** A directory for one operation of the cache, which no other user of the machine can read. */
import { rmSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { redacted } from './cache/client-output.ts';
import type { Limit } from './cache/limit.ts';
import { type CacheTrouble, failed, STOPPED, tookTooLong } from './cache/outcome.ts';

/** The directories in it. Archives are unpacked into the first, which has nothing else in it. */
export const FILES = 'files';
export const OPENED = 'opened';
export const ARCHIVES = 'archives';
export const PROGRAMS = 'bin';

/**
 * Gives `work` a new directory, and removes it afterwards unless `keep` was called: a partial archive must not be taken for
 * a complete one. A full disk is a failure of the cache, and does not end the run.
 */
export async function inPrivateDirectory<T>(
  temporaryDirectory: string,
  limit: Limit,
  secrets: readonly string[],
  work: (directory: string, keep: () => void) => Promise<T>,
): Promise<T | CacheTrouble> {
  let directory: string | undefined;
  let isKept = false;
  try {
    directory = await mkdtemp(join(await plainPath(temporaryDirectory), 'oaievalset-checkpoint-'));
    await mkdir(join(directory, FILES), { mode: 0o700 });
    return await work(directory, () => {
      isKept = true;
    });
  } catch (error) {
    if (limit.signal?.aborted) return failed(STOPPED);
    if (limit.late.aborted) return failed(tookTooLong(limit.timeoutMs));
    return failed(redacted(reasonOf(error), secrets));
  } finally {
    if (directory && !isKept) await remove(directory);
  }
}

/** What cannot be removed is left to the runner, which empties its temporary directory after the job. */
export async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true }).catch(() => {});
}

/** The same, at once. */
export function removeNow(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // A path may be too long, or a disk read-only.
  }
}

export async function isDirectory(path: string): Promise<boolean> {
  return lstat(path).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}

/**
 * A temporary directory with a path that the client can handle: without links, because it compares paths as text, and
 * without blanks, quotes or backslashes, because it passes the arguments of tar as one string.
 */
async function plainPath(temporaryDirectory: string): Promise<string> {
  await mkdir(temporaryDirectory, { recursive: true });
  const path = await realpath(temporaryDirectory);
  return /[\s"'\\]/.test(path) ? await realpath(tmpdir()) : path;
}
