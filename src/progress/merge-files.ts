/** Writes the result of a merge to disk, in an order in which a kill at any moment loses nothing: docs/adr/0003. */
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from '../model/command.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { formatCompletions } from './completions-file.ts';
import { makeDirectory, PRIVATE_FILE } from './directories.ts';
import { linkOrCopy, replaceFile, TEMPORARY } from './durable.ts';
import { sha256 } from './hash.ts';
import { completedRecordFile, outputFile, type StatePaths } from './paths.ts';
import { formatProgress } from './progress-file.ts';
import { readRegularFile, sizeOfFile } from './untrusted-files.ts';

/** The files of a completed eval. */
const FILES = [completedRecordFile, outputFile] as const;

/** Gives the record files of these evals in one state a place in another, and their output. Missing files are skipped. */
export function adoptRecordFiles(evalKeys: readonly string[], from: StatePaths, to: StatePaths): void {
  for (const [key, fileOf] of evalKeys.flatMap((key) => FILES.map((fileOf) => [key, fileOf] as const))) {
    const source = fileOf(from, key);
    if (sizeOfFile(source) < 0) continue;
    const target = fileOf(to, key);
    makeDirectory(dirname(target));
    const temporary = `${target}${TEMPORARY}`;
    rmSync(temporary, { force: true });
    linkOrCopy(source, temporary);
    chmodSync(temporary, PRIVATE_FILE);
    renameSync(temporary, target);
  }
}

/**
 * Replaces the completion records, then the progress lines. If the process is killed between the two writes, merged records
 * without progress lines would look as if the user had removed them; a mark on disk says that a merge wrote them.
 */
export function replaceMerged(
  paths: StatePaths,
  records: readonly CompletionRecord[],
  commands: readonly Command[],
): void {
  const completions = formatCompletions(records);
  replaceFile(mergeMark(paths), sha256(completions));
  replaceFile(paths.completions, completions);
  replaceFile(paths.progressFile, formatProgress(commands));
  clearMergeMark(paths);
}

/** Whether a merge wrote these completion records and was killed before it wrote the progress lines. */
export function mergeWasInterrupted(paths: StatePaths, completions: string): boolean {
  return readRegularFile(mergeMark(paths)) === sha256(completions);
}

export function clearMergeMark(paths: StatePaths): void {
  rmSync(mergeMark(paths), { force: true });
}

/** Contains the SHA-256 of the completion records that a merge is writing. */
function mergeMark(paths: StatePaths): string {
  return join(paths.live, 'merge');
}
