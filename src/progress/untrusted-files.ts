/** Looks at files of a state that others may have made. Symbolic links are not followed, and only regular files are opened. */
import { lstatSync, readFileSync } from 'node:fs';

/** What may be at a path: a directory, or a regular file of at most this many bytes. */
export type Expected = 'directory' | { readonly maxBytes: number };

/** Why the entry at `path` is not what is expected there, as a clause; undefined when it is, or when there is no entry. */
export function problemWith(path: string, expected: Expected): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  if (stats.isSymbolicLink()) return 'it is a symbolic link';
  if (expected === 'directory') return stats.isDirectory() ? undefined : 'it is not a directory';
  if (!stats.isFile()) return 'it is not a regular file';
  return stats.size > expected.maxBytes ? 'it is too large to be a file of this action' : undefined;
}

/** The text of a regular file; undefined for anything else, such as a pipe, which would block until it has a writer. */
export function readRegularFile(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : undefined;
}

/** Whether there is an entry of any kind, a broken link included. */
export function entryExists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** In bytes; -1 when there is no regular file. */
export function sizeOfFile(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats.size : -1;
}
