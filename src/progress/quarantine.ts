import { cpSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './folders.ts';

/**
 * Moves something that must not be used out of the way, to `<name>.rejected-<time>` in `folder` (beside itself by
 * default), and returns where it went. A symbolic link is moved itself, never followed.
 */
export function quarantine(path: string, now: Date, folder = dirname(path)): string {
  const target = unusedName(path, now, folder);
  makeFolder(folder);
  move(path, target);
  removeOldest(basename(path), folder);
  return target;
}

/** Moves several files of one folder to a single new one, `<name of their folder>.rejected-<time>`, and returns it. */
export function quarantineTogether(paths: readonly string[], now: Date, folder: string): string {
  const target = unusedName(dirname(paths[0] ?? ''), now, folder);
  makeFolder(target);
  for (const path of paths) move(path, join(target, basename(path)));
  removeOldest(basename(dirname(paths[0] ?? '')), folder);
  return target;
}

/** Of one name; on a machine where each run moves something out of the way they would fill the disk. */
const MOST_KEPT = 20;

function removeOldest(name: string, folder: string): void {
  const moved = readdirSync(folder)
    .filter((it) => it.startsWith(`${name}.rejected-`))
    .sort();
  for (const oldest of moved.slice(0, -MOST_KEPT))
    rmSync(join(folder, oldest), { recursive: true, force: true });
}

/** Whether the name is one that something was given when it was moved out of the way. */
export function isQuarantined(name: string): boolean {
  return name.includes('.rejected-');
}

function unusedName(path: string, now: Date, folder: string): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const stem = join(folder, `${basename(path)}.rejected-${stamp}`);
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
