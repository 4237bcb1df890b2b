/** Checks files from a cache that others can write to, before any of them is read. */
import { chmodSync, type Dir, type Dirent, lstatSync, opendirSync, type Stats, statfsSync } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { firstInvisible, oneLine } from '../../text.ts';

export interface TreeBounds {
  readonly entries: number;
  /** Of all files together. A sparse file counts with its apparent size. */
  readonly bytes: number;
  /** Of nested directories. */
  readonly depth: number;
  /** Of a path relative to the directory. Some machines cannot open or remove a longer one. */
  readonly pathBytes: number;
  /** Whether `bytes` is the room on this disk; then a larger tree is not suspicious. */
  readonly limitedByDisk?: boolean;
}

/** After so many entries the process can handle a signal. They take a few milliseconds. */
const ENTRIES_AT_ONCE = 100;

/** Far more than the checkpoint of any eval set, and far less than what harms a runner. */
export const CHECKPOINT_BOUNDS: TreeBounds = {
  entries: 200_000,
  bytes: 8 * 1024 ** 3,
  depth: 32,
  pathBytes: 1024,
};

/** The bounds, with at most half of the free bytes in `directory`, because restored files are copied later. */
export function boundsIn(directory: string, bounds = CHECKPOINT_BOUNDS): TreeBounds {
  const { bavail, bsize } = statfsSync(directory);
  const room = Math.floor((bavail * bsize) / 2);
  return room < bounds.bytes ? { ...bounds, bytes: room, limitedByDisk: true } : bounds;
}

/**
 * Returns, as a clause, the first thing in a tree that cannot come from this action; undefined when there is none. Then no
 * other user of the machine can read the tree.
 *
 * It keeps no list of the entries, so a million of them need no memory. It does not block the process, which can still
 * handle a signal.
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
    for (const { path, depth, entry } of walk(directory)) {
      entries += 1;
      // To wait for another thread at each entry would take ten times as long.
      if (entries % ENTRIES_AT_ONCE === 0) await turn();
      if (signal?.aborted) break;
      if (entries > bounds.entries) return `it contains more than ${bounds.entries} files`;
      const name = shown(relative(directory, path));
      if (depth > bounds.depth) return `${name} is nested deeper than ${bounds.depth} directories`;
      if (Buffer.byteLength(relative(directory, path)) > bounds.pathBytes) {
        return `the path ${name} is longer than ${bounds.pathBytes} bytes`;
      }
      const invisible = firstInvisible(entry.name);
      if (invisible) return `the name ${name} contains the invisible character ${invisible}`;
      const stat = lstatSync(path);
      const odd = oddity(stat);
      if (odd) return `${name} is ${odd}`;
      if (stat.isFile()) bytes += sizeOf(stat);
      if (bytes > bounds.bytes) return `it contains more than ${inUnits(bounds.bytes)}`;
      if (stat.mode & 0o077) chmodSync(path, stat.isDirectory() ? 0o700 : 0o600);
    }
  } catch (error) {
    // A name that is not UTF-8, or a directory without permissions.
    return `it cannot be read completely (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
  }
  signal?.throwIfAborted();
  return undefined;
}

/**
 * Calls `exceeded` when the files in a directory outgrow the bounds, and returns which one, as a clause; undefined when `done`
 * is aborted before. It measures four times a second, or for half of the time if measuring takes longer. A bomb can exceed
 * the bounds by what is written between two measurements.
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

/** Returns, as a clause, which bound the files in a directory exceed. They may change meanwhile. */
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
      // What is removed meanwhile does not count.
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
    // The next measurement finds it.
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
  // A directory may have inherited setgid from the temporary directory.
  if (stat.mode & 0o6000) return 'a setuid or setgid program';
  return undefined;
}

/** Walks depth first, with one open directory for each level. */
function* walk(top: string): Generator<{ path: string; depth: number; entry: Dirent }> {
  const open: { dir: Dir; path: string }[] = [{ dir: opendirSync(top), path: top }];
  try {
    for (let current = open.at(-1); current; current = open.at(-1)) {
      const entry = current.dir.readSync();
      if (!entry) {
        open.pop()?.dir.closeSync();
        continue;
      }
      const path = join(current.path, entry.name);
      // The caller checks it first, and stops the walk at an entry that is forbidden.
      yield { path, depth: open.length, entry };
      if (entry.isDirectory()) open.push({ dir: opendirSync(path), path });
    }
  } finally {
    for (const { dir } of open) dir.closeSync();
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
