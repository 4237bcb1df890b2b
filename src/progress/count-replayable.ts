import { lstatSync } from 'node:fs';
import { JournalIndex } from './journal-index.ts';
import type { JournalLimits } from './journal-limits.ts';
import type { JournalOwner } from './journal-line.ts';
import { sealedDirectory, segmentFiles } from './journal-segment.ts';
import type { StatePaths } from './paths.ts';
import { ownership } from './segment-index.ts';

/** Number of responses that `Journal.open` would find in the sealed segments of an eval. Changes nothing on disk. */
export function countReplayable(paths: StatePaths, owner: JournalOwner, limits: JournalLimits): number {
  const files = segmentFiles(sealedDirectory(paths, owner.eval), limits.segments).map(({ path }) => path);
  const bytes = files.reduce((sum, path) => sum + lstatSync(path).size, 0);
  // A larger journal is quarantined when it is opened.
  if (files.length > limits.segments || bytes > limits.bytes) return 0;
  return JournalIndex.read(files, ownership(owner), limits.lines).replayable;
}
