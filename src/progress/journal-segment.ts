/**
 * The files of a journal: `1.jsonl`, `2.jsonl`, …. One segment, in `.live/`, is open and appended to. The others, in
 * `.resume/journal/`, are sealed and never change.
 */
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, makeDirectory, PRIVATE_FILE } from './directories.ts';
import { evalFileStem, type StatePaths } from './paths.ts';

/** A segment that is read. It is opened for each read, because there may be more segments than a process can open. */
export interface Segment {
  path: string;
  /** When it was created, in milliseconds since 1970; 0 when that is unknown. */
  made: number;
}

/** The segment that is appended to. */
export interface LiveSegment extends Segment {
  readonly file: number;
  /** In bytes. */
  size: number;
}

export function sealedDirectory(paths: StatePaths, evalKey: string): string {
  return join(paths.journal, evalFileStem(evalKey));
}

export function liveDirectory(paths: StatePaths, evalKey: string): string {
  return join(liveJournals(paths), evalFileStem(evalKey));
}

export function liveJournals(paths: StatePaths): string {
  return join(paths.live, 'journal');
}

export function createSegment(directory: string, made: number): LiveSegment {
  makeDirectory(directory);
  const path = join(directory, `${lastNumber(directory) + 1}.jsonl`);
  return { path, made, file: openSync(path, 'wx+', PRIVATE_FILE), size: 0 };
}

/** Appends a line. It overwrites what a failed write may have left after the end of the segment. */
export function writeLine(segment: LiveSegment, line: Buffer): void {
  let written = 0;
  while (written < line.length) {
    written += writeSync(segment.file, line, written, line.length - written, segment.size + written);
  }
  segment.size += line.length;
}

/** Moves the open segment into the directory of sealed segments. */
export function sealSegment(segment: LiveSegment, directory: string): void {
  fsyncSync(segment.file);
  makeDirectory(directory);
  const path = join(directory, `${lastNumber(directory) + 1}.jsonl`);
  renameSync(segment.path, path);
  segment.path = path;
  closeSync(segment.file);
}

/** Seals the segments of one eval that an earlier process left open. */
export function sealLiveDirectory(paths: StatePaths, name: string): void {
  const files = segmentFiles(join(liveJournals(paths), name));
  if (files.length === 0) return;
  const sealed = join(paths.journal, name);
  makeDirectory(sealed);
  let number = lastNumber(sealed);
  for (const { path } of files) {
    number += 1;
    renameSync(path, join(sealed, `${number}.jsonl`));
  }
}

/** Removes directories of journals, and their parent directory when it is empty afterwards. */
export function removeJournalDirectories(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { recursive: true, force: true });
  for (const root of new Set(paths.map((path) => join(path, '..')))) {
    try {
      rmdirSync(root);
    } catch {
      // Other evals have journals there.
    }
  }
}

/** Returns fewer bytes at the end of the file, and undefined when the file is gone. */
export function readAt(segment: Pick<Segment, 'path'>, offset: number, length: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(length);
  let file: number | undefined;
  try {
    file = openSync(segment.path, 'r');
    return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Segments in a directory in the order of their numbers. Any other entry is ignored.
 * @param most stops one segment after this many
 */
export function segmentFiles(
  directory: string,
  most = Number.POSITIVE_INFINITY,
): { path: string; number: number }[] {
  return entriesOf(directory, most, (entry) => entry.isFile() && /^[1-9]\d{0,8}\.jsonl$/.test(entry.name))
    .map((name) => ({ path: join(directory, name), number: Number.parseInt(name, 10) }))
    .sort((a, b) => a.number - b.number);
}

export function lastNumber(directory: string): number {
  return segmentFiles(directory).at(-1)?.number ?? 0;
}

/**
 * Names of the journals in a directory: those of the directories of its evals.
 * @param most stops one name after this many
 */
export function journalNames(root: string, most = Number.POSITIVE_INFINITY): string[] {
  return entriesOf(root, most, (entry) => entry.isDirectory()).sort();
}
