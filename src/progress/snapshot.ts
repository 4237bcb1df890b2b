/** What a checkpoint holds of a state: its progress file, and of `.resume/` the files that this action puts there. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, lstatSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { hashFile, linkOrCopy, TEMPORARY } from './durable.ts';
import { isRealFolder, makeFolder } from './folders.ts';
import { type StatePaths, stateFolder } from './paths.ts';
import { isQuarantined } from './quarantine.ts';

/**
 * Puts a copy at `<target>/{model}.{eval_set}.progress.txt` and `.resume/`. Nothing there grows any more: a file that grows
 * while it is archived loses the checkpoint. What never changes, record files and sealed journal segments, is linked where
 * the file system can, so that this takes milliseconds while evals run.
 */
export function takeSnapshot(paths: StatePaths, target: string): void {
  const place = (path: string) => join(target, relative(paths.root, path));
  makeFolder(place(stateFolder(paths)));
  if (existsSync(paths.progressFile)) copyFileSync(paths.progressFile, place(paths.progressFile));
  for (const path of filesToKeep(paths)) {
    makeFolder(dirname(place(path)));
    (isFinal(paths, path) ? linkOrCopy : copyFileSync)(path, place(path));
  }
}

/**
 * SHA-256 (hex) over names and sizes of all that a checkpoint would hold. What is done is only appended, and segments are
 * sealed for good: with the same outline there is nothing new.
 */
export function outlineOf(paths: StatePaths): string {
  return createHash('sha256')
    .update(JSON.stringify([sizeOf(paths.progressFile), sizesOf(paths)]))
    .digest('hex');
}

/** The same, with the content of the files that are written again and again: it also tells states of two machines apart. */
export function digestOf(paths: StatePaths): string {
  const hash = createHash('sha256').update(outlineOf(paths));
  for (const path of [paths.progressFile, paths.completions, paths.plan]) {
    if (sizeOf(path) >= 0) hashFile(hash, path);
    hash.update('\0');
  }
  return hash.digest('hex');
}

function sizesOf(paths: StatePaths): [string, number][] {
  return [...filesToKeep(paths)].sort().map((path) => [relative(paths.resume, path), sizeOf(path)]);
}

/** -1 when there is no such file. */
function sizeOf(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats.size : -1;
}

function isFinal({ logs, journal }: StatePaths, path: string): boolean {
  return [logs, journal].some((folder) => path.startsWith(`${folder}/`));
}

/** `journal/<eval>/<n>.jsonl` */
const DEEPEST = 3;

/** Not what was moved aside, nor anything below it, however much that is. */
function* filesToKeep({ resume }: StatePaths): Generator<string> {
  const open = isRealFolder(resume) ? [{ folder: resume, depth: 1 }] : [];
  for (let next = open.pop(); next; next = open.pop()) {
    const { folder, depth } = next;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (isQuarantined(entry.name) || entry.name.endsWith(TEMPORARY)) continue;
      const path = join(folder, entry.name);
      if (entry.isFile()) yield path;
      else if (entry.isDirectory() && depth < DEEPEST) open.push({ folder: path, depth: depth + 1 });
    }
  }
}
