/** What was unpacked from a cache that others can write to, looked at before anything of it is read. */
import { type Dir, type Dirent, type Stats, statfsSync } from 'node:fs';
import { chmod, lstat, opendir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstInvisible, oneLine } from '../../text.ts';

export interface TreeBounds {
  readonly entries: number;
  /** Over all files. A sparse file counts as large as it pretends to be. */
  readonly bytes: number;
  /** Directories below each other. */
  readonly depth: number;
  /** Of a path below the directory, in bytes: what is longer cannot be opened, or even removed, on every machine. */
  readonly pathBytes: number;
  /** Whether `bytes` is what this disk has room for, and says nothing about who made the tree. */
  readonly limitedByDisk?: boolean;
}

/** Far above the checkpoint of any eval set, far below what hurts a runner. */
export const CHECKPOINT_BOUNDS: TreeBounds = {
  entries: 200_000,
  bytes: 8 * 1024 ** 3,
  depth: 32,
  pathBytes: 1024,
};

/** The bounds, with no more bytes than half of what is free in `directory`: what is restored is then copied from there. */
export function boundsIn(directory: string, bounds = CHECKPOINT_BOUNDS): TreeBounds {
  const { bavail, bsize } = statfsSync(directory);
  const room = Math.floor((bavail * bsize) / 2);
  return room < bounds.bytes ? { ...bounds, bytes: room, limitedByDisk: true } : bounds;
}

/**
 * Says, as a clause, what in a tree cannot come from this action; undefined when nothing does. Then all of it is for this
 * user alone.
 *
 * It stops at the first such thing, and holds no list of the entries: a million of them cost no memory. It never keeps the
 * process from hearing a signal.
 * @throws the reason of the signal, when that is aborted
 */
export async function findForbiddenEntry(
  directory: string,
  bounds = CHECKPOINT_BOUNDS,
  signal?: AbortSignal,
): Promise<string | undefined> {
  let entries = 0;
  let bytes = 0;
  try {
    for await (const { path, depth, entry } of walk(directory)) {
      if (signal?.aborted) break;
      entries += 1;
      if (entries > bounds.entries) return `it contains more than ${bounds.entries} files`;
      const name = shown(relative(directory, path));
      if (depth > bounds.depth) return `${name} is nested deeper than ${bounds.depth} directories`;
      if (Buffer.byteLength(relative(directory, path)) > bounds.pathBytes) {
        return `the path ${name} is longer than ${bounds.pathBytes} bytes`;
      }
      const invisible = firstInvisible(entry.name);
      if (invisible) return `the name ${name} contains the invisible character ${invisible}`;
      const stat = await lstat(path);
      const odd = oddity(stat);
      if (odd) return `${name} is ${odd}`;
      if (stat.isFile()) bytes += sizeOf(stat);
      if (bytes > bounds.bytes) return `it contains more than ${inUnits(bounds.bytes)}`;
      if (stat.mode & 0o077) await chmod(path, stat.isDirectory() ? 0o700 : 0o600);
    }
  } catch (error) {
    // Names that are not UTF-8 and directories without permissions end here.
    return `it cannot be read completely (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
  }
  signal?.throwIfAborted();
  return undefined;
}

/**
 * Calls `exceeded` when what is being written below a directory outgrows the bounds, and returns why, as a clause. Ends
 * without when `done` is aborted. It looks four times a second, or half of the time when a look takes longer: a bomb
 * overshoots by what a disk takes in that time.
 */
export async function watchGrowth(
  directory: string,
  bounds: TreeBounds,
  exceeded: () => void,
  done: AbortSignal,
): Promise<string | undefined> {
  while (!done.aborted) {
    const begun = performance.now();
    const why = await exceededBound(directory, bounds, done);
    if (why) {
      exceeded();
      return why;
    }
    const pause = Math.max(250, performance.now() - begun);
    await sleep(pause, undefined, { signal: done, ref: false }).catch(() => {});
  }
  return undefined;
}

/** Says, as a clause, which bound the files below a directory exceed; it may be written to in the meantime. */
export async function exceededBound(
  directory: string,
  bounds: TreeBounds,
  done?: AbortSignal,
): Promise<string | undefined> {
  let entries = 0;
  let bytes = 0;
  const open = [directory];
  try {
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      // What the client removes while we look is not there any more, and does not count.
      for await (const entry of (await opendir(path).catch(() => undefined)) ?? []) {
        if (done?.aborted) return undefined;
        entries += 1;
        const below = join(path, entry.name);
        const stat = await lstat(below).catch(() => undefined);
        if (stat?.isFile()) bytes += sizeOf(stat);
        if (entries > bounds.entries) return `it unpacks to more than ${bounds.entries} files`;
        if (bytes > bounds.bytes)
          return `it unpacks to more than ${inUnits(bounds.bytes)}${bounds.limitedByDisk ? ', half of what is free on the disk of this runner' : ''}`;
        if (stat?.isDirectory()) open.push(below);
      }
    }
  } catch {
    // The next look tells.
  }
  return undefined;
}

function oddity(stat: Stats): string | undefined {
  if (stat.isSymbolicLink()) return 'a symbolic link';
  if (stat.isDirectory())
    return (stat.mode & 0o700) === 0o700 ? undefined : 'a directory without permissions';
  if (stat.isFIFO()) return 'a named pipe';
  if (stat.isSocket()) return 'a socket';
  if (!stat.isFile()) return 'a device';
  if (stat.nlink > 1) return 'a hard link';
  if (!(stat.mode & 0o400)) return 'a file without permissions';
  // Directories may have inherited theirs from the temporary directory.
  if (stat.mode & 0o6000) return 'a setuid or setgid program';
  return undefined;
}

/** Depth first; keeps one open directory for each level. */
async function* walk(top: string): AsyncGenerator<{ path: string; depth: number; entry: Dirent }> {
  const open: { dir: Dir; path: string }[] = [{ dir: await opendir(top), path: top }];
  try {
    for (let current = open.at(-1); current; current = open.at(-1)) {
      const entry = await current.dir.read();
      if (!entry) {
        await open.pop()?.dir.close();
        continue;
      }
      const path = join(current.path, entry.name);
      // The caller looks at it first, and does not come back when it is too deep, too long or unlike a directory.
      yield { path, depth: open.length, entry };
      if (entry.isDirectory()) open.push({ dir: await opendir(path), path });
    }
  } finally {
    for (const { dir } of open) await dir.close();
  }
}

function sizeOf(stat: Stats): number {
  return Math.max(stat.size, stat.blocks * 512);
}

function inUnits(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}

const MAX_SHOWN_NAME_BYTES = 120;

/** A name for a message: in quotes, of bounded length, with nothing in it that acts on a terminal. */
function shown(name: string): string {
  return oneLine(JSON.stringify(name), MAX_SHOWN_NAME_BYTES);
}
