import { type Dirent, lstatSync, mkdirSync, opendirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** State is read and written by the user who runs the evals, and by no other. */
export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/**
 * Creates a directory and those above it that are missing, each for this user only.
 *
 * Not with mkdir's `recursive`: where nothing can be created, below /proc for one, Node tries without end.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let folder = path; !isFolder(folder) && dirname(folder) !== folder; folder = dirname(folder))
    missing.push(folder);
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, PRIVATE_FOLDER);
    } catch (error) {
      // Another process may have been faster.
      if (!isFolder(folder)) throw error;
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * What lies in a directory; nothing when it is no directory, or a link to one.
 * @param most stops after one entry more: it may hold any number of them
 */
export function entriesOf(folder: string, most: number, counts: (entry: Dirent) => boolean): string[] {
  if (!isRealFolder(folder)) return [];
  const names: string[] = [];
  const entries = opendirSync(folder);
  try {
    for (let entry = entries.readSync(); entry && names.length <= most; entry = entries.readSync())
      if (counts(entry)) names.push(entry.name);
  } finally {
    entries.closeSync();
  }
  return names;
}

/** Whether it is a directory, and no link to one. */
export function isRealFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
