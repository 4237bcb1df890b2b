import { headerOfFile } from './journal-header.ts';
import { JournalIndex } from './journal-index.ts';
import { JOURNAL_LIMITS } from './journal-limits.ts';
import { type JournalOwner, type RecordedAnswer, readAnswer } from './journal-line.ts';
import { readAt, sealedDirectory, segmentFiles } from './journal-segment.ts';
import type { StatePaths } from './paths.ts';
import { ownership } from './segment-index.ts';

/** Segments of one eval with other content. */
export interface StaleJournal {
  readonly owner: JournalOwner;
  readonly paths: readonly string[];
}

/**
 * What an unfinished eval recorded before its content changed, which is about to be deleted: only what came from the same
 * servers. Reads headers only.
 * @param owner of the journal today
 * @param serversPart the part of its content that names the servers
 */
export function staleJournals(paths: StatePaths, owner: JournalOwner, serversPart: string): StaleJournal[] {
  const { fingerprints } = ownership(owner);
  const stale = segmentFiles(sealedDirectory(paths, owner.eval), JOURNAL_LIMITS.segments).flatMap(
    ({ path }) => {
      const theirs = headerOfFile(path)?.owner;
      const isStale =
        theirs?.eval === owner.eval &&
        theirs.repository === owner.repository &&
        theirs.parts[serversPart] === owner.parts[serversPart] &&
        !fingerprints.has(theirs.fingerprint);
      return isStale ? [{ owner: theirs, path }] : [];
    },
  );
  return [...Map.groupBy(stale, (each) => each.owner.fingerprint).values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ owner: first.owner, paths: group.map(({ path }) => path) }] : [];
  });
}

/** Their responses: none of an eval that created something at the API. */
export function* responsesIn(journals: readonly StaleJournal[]): Generator<RecordedAnswer> {
  for (const { owner, paths } of journals) {
    const { stateful, locations } = JournalIndex.read(paths, ownership(owner), JOURNAL_LIMITS.lines);
    if (stateful) continue;
    for (const { segment, offset, length } of locations.values()) {
      const line = readAt(segment, offset, length);
      const answer = line && readAnswer(line);
      if (answer && segment.made > 0) yield { ...answer, at: segment.made };
    }
  }
}
