/** The part of a state that belongs into a checkpoint: the progress file, and the files of this action in `.resume/`. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isRealDirectory, makeDirectory } from './directories.ts';
import { linkOrCopy, TEMPORARY } from './durable.ts';
import { type StatePaths, stateFolder } from './paths.ts';
import { isQuarantined } from './quarantine.ts';
import { sizeOfFile } from './untrusted-files.ts';

/**
 * Puts a copy at `<target>/{model}.{eval_set}.progress.txt` and `.resume/`. No file of the copy grows any more, because a file
 * that grows while it is archived makes the archive invalid. Files that never change (record files, sealed journal segments and
 * kept answers) are linked where the file system has links, so that a snapshot takes milliseconds while evals run.
 */
export function takeSnapshot(paths: StatePaths, target: string): void {
  const place = (path: string) => join(target, relative(paths.base, path));
  makeDirectory(place(stateFolder(paths)));
  if (existsSync(paths.progressFile)) copyFileSync(paths.progressFile, place(paths.progressFile));
  const files = checkpointedFiles(paths);
  for (const directory of new Set(files.map(dirname))) makeDirectory(place(directory));
  for (const path of files) (isFinal(paths, path) ? linkOrCopy : copyFileSync)(path, place(path));
}

/**
 * SHA-256 (hex) over the names and sizes of all files of a snapshot. Records are only appended and sealed segments never
 * change, so two snapshots of one state that have the same outline have the same content.
 */
export function outlineOf(paths: StatePaths): string {
  const sizes = checkpointedFiles(paths)
    .sort()
    .map((path) => [relative(paths.resume, path), sizeOfFile(path)]);
  return createHash('sha256')
    .update(JSON.stringify([sizeOfFile(paths.progressFile), sizes]))
    .digest('hex');
}

/** Size of all files of a snapshot. */
export function bytesOf(paths: StatePaths): number {
  const sizes = [paths.progressFile, ...checkpointedFiles(paths)].map(sizeOfFile);
  return sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
}

function isFinal({ logs, journal, answers }: StatePaths, path: string): boolean {
  return [logs, journal, answers].some((directory) => path.startsWith(`${directory}/`));
}

/** The deepest file is `journal/<eval>/<n>.jsonl`. */
const MAX_DEPTH = 3;

/** Files of `.resume/`, without quarantined and unfinished ones. Neither quarantined nor deeper directories are entered. */
function checkpointedFiles({ resume }: StatePaths): string[] {
  const files: string[] = [];
  const open = isRealDirectory(resume) ? [{ directory: resume, depth: 1 }] : [];
  for (let next = open.pop(); next; next = open.pop()) {
    const { directory, depth } = next;
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (isQuarantined(entry.name) || entry.name.endsWith(TEMPORARY)) continue;
      const path = join(directory, entry.name);
      if (entry.isFile()) files.push(path);
      else if (entry.isDirectory() && depth < MAX_DEPTH) open.push({ directory: path, depth: depth + 1 });
    }
  }
  return files;
}
