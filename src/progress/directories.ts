import { type Dirent, lstatSync, mkdirSync, opendirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Only the user who runs the evals may read and write state. */
export const PRIVATE_DIRECTORY = 0o700;
export const PRIVATE_FILE = 0o600;

/**
 * Creates a directory and its missing parents, each private to this user.
 *
 * It does not use the `recursive` option of mkdir: where nothing can be created, such as below /proc, Node loops endlessly.
 */
export function makeDirectory(path: string): void {
  const missing: string[] = [];
  for (let at = path; !isDirectory(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const directory of missing.reverse()) {
    try {
      mkdirSync(directory, PRIVATE_DIRECTORY);
    } catch (error) {
      // Another process may have created it first.
      if (!isDirectory(directory)) throw error;
    }
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Names of the entries of a directory; none when it is not a directory, or a link to one.
 * @param most stops one entry after this many, because a directory of others may have any number of entries
 */
export function entriesOf(path: string, most: number, isWanted: (entry: Dirent) => boolean): string[] {
  if (!isRealDirectory(path)) return [];
  const names: string[] = [];
  const entries = opendirSync(path);
  try {
    for (let entry = entries.readSync(); entry && names.length <= most; entry = entries.readSync())
      if (isWanted(entry)) names.push(entry.name);
  } finally {
    entries.closeSync();
  }
  return names;
}

/** Whether the path is a directory, and not a link to one. */
export function isRealDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
