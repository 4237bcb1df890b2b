/**
 * The files of a journal: `1.jsonl`, `2.jsonl`, …. One, below `.live/`, is appended to; the others are sealed, below
 * `.resume/journal/`, and never change.
 */
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, makeFolder, PRIVATE_FILE } from './folders.ts';
import { evalFileStem, type StatePaths } from './paths.ts';

/** A journal has fewer, however many checkpoints were saved while its eval ran: see `Journal.seal`. */
export const MOST_SEGMENTS = 8192;

/** A sealed segment, or one of another process. Opened for each read: there may be more of them than open files. */
export interface Segment {
  path: string;
}

/** The segment that is appended to. */
export interface LiveSegment extends Segment {
  readonly file: number;
  size: number;
}

export function sealedFolder(paths: StatePaths, evalKey: string): string {
  return join(paths.journal, evalFileStem(evalKey));
}

export function liveFolder(paths: StatePaths, evalKey: string): string {
  return join(liveJournals(paths), evalFileStem(evalKey));
}

export function liveJournals(paths: StatePaths): string {
  return join(paths.live, 'journal');
}

export function createSegment(folder: string): LiveSegment {
  makeFolder(folder);
  const path = join(folder, `${lastNumber(folder) + 1}.jsonl`);
  return { path, file: openSync(path, 'wx+', PRIVATE_FILE), size: 0 };
}

/** Appends a line. What an earlier write that failed left behind its end is overwritten. */
export function writeLine(segment: LiveSegment, line: Buffer): void {
  let written = 0;
  while (written < line.length) {
    written += writeSync(segment.file, line, written, line.length - written, segment.size + written);
  }
  segment.size += line.length;
}

/** Moves a segment that is complete to where checkpoints take it from. */
export function sealSegment(segment: LiveSegment, folder: string): void {
  fsyncSync(segment.file);
  makeFolder(folder);
  const path = join(folder, `${lastNumber(folder) + 1}.jsonl`);
  renameSync(segment.path, path);
  segment.path = path;
  closeSync(segment.file);
}

/** Seals the open segments of one eval that a process which is gone left behind. */
export function sealLiveFolder(paths: StatePaths, name: string): void {
  const files = segmentFiles(join(liveJournals(paths), name));
  if (files.length === 0) return;
  const sealed = join(paths.journal, name);
  makeFolder(sealed);
  let number = lastNumber(sealed);
  for (const { path } of files) {
    number += 1;
    renameSync(path, join(sealed, `${number}.jsonl`));
  }
}

/** Removes folders of journals, and the folder above them when it is empty then. */
export function removeJournalFolders(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { recursive: true, force: true });
  for (const root of new Set(paths.map((path) => join(path, '..')))) {
    try {
      rmdirSync(root);
    } catch {
      // Other evals have journals there.
    }
  }
}

/** @returns as many bytes as there are; undefined when the file is gone. */
export function readAt(segment: Segment | LiveSegment, offset: number, length: number): Buffer | undefined {
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
 * Segments of a folder in the order of their numbers; anything else that lies there is passed over.
 * @param most more are not listed: what is returned is one too many then
 */
export function segmentFiles(
  folder: string,
  most = Number.POSITIVE_INFINITY,
): { path: string; number: number }[] {
  return entriesOf(folder, most, (entry) => entry.isFile() && /^[1-9]\d{0,8}\.jsonl$/.test(entry.name))
    .map((name) => ({ path: join(folder, name), number: Number.parseInt(name, 10) }))
    .sort((a, b) => a.number - b.number);
}

export function lastNumber(folder: string): number {
  return segmentFiles(folder).at(-1)?.number ?? 0;
}
