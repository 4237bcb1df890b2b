/** Writes the result of a merge to disk, in an order in which a kill at any moment loses nothing: docs/adr/0003. */
import { existsSync, linkSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from '../model/command.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { formatCompletions } from './completions-file.ts';
import { isRealDirectory, makeDirectory } from './directories.ts';
import { replaceByLink, replaceFile } from './durable.ts';
import { sha256 } from './hash.ts';
import type { LinesToWrite } from './lines-to-write.ts';
import { completedRecordFile, outputFile, type StatePaths } from './paths.ts';
import { formatProgress } from './progress-file.ts';
import { readRegularFile } from './untrusted-files.ts';

/** The files of a completed eval. */
const FILES = [completedRecordFile, outputFile] as const;

/** Gives the record files of these evals in one state a place in another, and their output. Missing files are skipped. */
export function adoptRecordFiles(evalKeys: readonly string[], from: StatePaths, to: StatePaths): void {
  if (evalKeys.length === 0 || !isRealDirectory(from.logs)) return;
  // A set may have thousands of them, so each is not asked for.
  const entries = readdirSync(from.logs, { withFileTypes: true });
  const present = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
  if (present.size > 0) makeDirectory(to.logs);
  for (const [source, target] of evalKeys.flatMap((key) =>
    FILES.map((fileOf) => [fileOf(from, key), fileOf(to, key)] as const),
  )) {
    if (!present.has(basename(source))) continue;
    // Mostly there is none yet.
    if (!isLinked(source, target)) replaceByLink(source, target);
  }
}

/** Whether a file that never changes has got a second path, where there was nothing. */
function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/**
 * Replaces the completion records, then the progress lines. If the process is killed between the two writes, the mark says
 * which lines are still to be written: without it they would look as if the user had deleted them.
 * @param lineless the commands of records that had no line before
 */
export function replaceMerged(
  paths: StatePaths,
  { records, commands, lineless }: MergedFiles,
  mark: LinesToWrite,
): void {
  // A missing progress file means that the user deleted all lines.
  if (!existsSync(paths.progressFile)) replaceFile(paths.progressFile, '');
  mark.around(lineless, () => {
    replaceFile(paths.completions, formatCompletions(records));
    replaceFile(paths.progressFile, formatProgress(commands));
  });
}

export interface MergedFiles {
  readonly records: readonly CompletionRecord[];
  readonly commands: readonly Command[];
  readonly lineless: readonly Command[];
}

/** Whether version 0.1 was killed during a merge. Its mark has the SHA-256 of completion records that all get a line. */
export function earlierMergeWasInterrupted(paths: StatePaths): boolean {
  const mark = readRegularFile(earlierMergeMark(paths));
  return mark !== undefined && mark === sha256(readRegularFile(paths.completions) ?? '');
}

export function earlierMergeMark(paths: StatePaths): string {
  return join(paths.live, 'merge');
}
