import { cpSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeDirectory } from './directories.ts';
import type { StatePaths } from './paths.ts';
import { entryExists } from './untrusted-files.ts';

/**
 * Renames an invalid entry to `<name>.rejected-<time>` in `directory` (by default, its own directory), and returns the new
 * path. A symbolic link is renamed itself, never followed.
 */
export function quarantine(path: string, now: Date, directory = dirname(path)): string {
  const target = unusedName(path, now, directory);
  makeDirectory(directory);
  move(path, target);
  removeOldest(basename(path), directory);
  return target;
}

/** Moves files of one directory into a new one, `<name of their directory>.rejected-<time>`, and returns its path. */
export function quarantineTogether(paths: readonly string[], now: Date, directory: string): string {
  const source = dirname(paths[0] ?? '');
  const target = unusedName(source, now, directory);
  makeDirectory(target);
  for (const path of paths) move(path, join(target, basename(path)));
  removeOldest(basename(source), directory);
  return target;
}

/** Quarantines a whole state, so that the eval set starts fresh. Returns whether there was a state. */
export function quarantineState(paths: StatePaths, now = new Date()): boolean {
  const found = [paths.progressFile, paths.resume, paths.live].filter(entryExists);
  for (const path of found) quarantine(path, now);
  return found.length > 0;
}

/** Whether this is the name of a quarantined entry. */
export function isQuarantined(name: string): boolean {
  return name.includes('.rejected-');
}

/** Quarantined entries of one name. On a machine where every run quarantines something, they would fill the disk. */
const MAX_RETAINED = 20;

function removeOldest(name: string, directory: string): void {
  const quarantined = readdirSync(directory)
    .filter((it) => it.startsWith(`${name}.rejected-`))
    .sort();
  for (const oldest of quarantined.slice(0, -MAX_RETAINED))
    rmSync(join(directory, oldest), { recursive: true, force: true });
}

function unusedName(path: string, now: Date, directory: string): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const stem = join(directory, `${basename(path)}.rejected-${stamp}`);
  let target = stem;
  for (let n = 2; lstatSync(target, { throwIfNoEntry: false }); n += 1) target = `${stem}-${n}`;
  return target;
}

function move(path: string, target: string): void {
  try {
    renameSync(path, target);
  } catch (error) {
    // A checkpoint may be unpacked on another file system than the state directory is on.
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    cpSync(path, target, { recursive: true, verbatimSymlinks: true });
    rmSync(path, { recursive: true, force: true });
  }
}
