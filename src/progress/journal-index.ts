/** The index of a whole journal: which response counts, where it is, and which segments are not used. */
import type { Segment } from './journal-segment.ts';
import {
  type EntryLocation,
  indexSegment,
  type Ownership,
  type SegmentIndex,
  type UnusedSegment,
} from './segment-index.ts';

export class JournalIndex {
  /** By the id of the response. */
  readonly locations = new Map<string, EntryLocation>();
  /** Hashes of the ways in which the eval failed. */
  readonly failures = new Set<string>();
  readonly segments = new Set<Segment>();
  /** Paths of segments that are not of this eval. */
  readonly foreign: string[] = [];
  /** Paths of segments that are larger than a segment can be. */
  readonly excessive: string[] = [];
  /** Paths of segments that are of other content of this eval, or empty. */
  readonly useless: string[] = [];
  /** When the newest segment was created, in milliseconds since 1970. */
  newest = 0;
  stateful = false;
  /** Number of damaged lines. */
  damaged = 0;
  /** Parts of the content that the first stale segment belonged to. */
  staleParts: Readonly<Record<string, string>> | undefined;
  #lines = 0;

  /** Number of responses that can be replayed: none of an eval that starts over. */
  get replayable(): number {
    return this.stateful ? 0 : this.locations.size;
  }

  /** Reads each segment once. Changes nothing on disk. */
  static read(paths: readonly string[], owner: Ownership, maxLines: number): JournalIndex {
    const index = new JournalIndex();
    for (const path of paths) {
      const segment: Segment = { path, made: 0 };
      const found = indexSegment(segment, owner, maxLines - index.#lines);
      index.damaged += found.damaged;
      if (found.kind === 'own') index.#add(segment, found);
      else index.#leaveOut(path, found);
    }
    return index;
  }

  #add(segment: Segment, found: SegmentIndex): void {
    this.#lines += found.lines;
    this.segments.add(segment);
    segment.made = found.made;
    this.newest = Math.max(this.newest, found.made);
    this.stateful ||= found.stateful;
    for (const failure of found.failures) this.failures.add(failure);
    for (const [id, location] of found.responses) {
      const other = this.locations.get(id);
      // The number of a segment does not say which is newer: segments of another machine are renumbered when they are adopted.
      if (!other || other.segment.made <= found.made) this.locations.set(id, location);
    }
  }

  #leaveOut(path: string, { kind, parts }: UnusedSegment): void {
    if (kind === 'foreign') this.foreign.push(path);
    else if (kind === 'excessive') this.excessive.push(path);
    else this.useless.push(path);
    if (kind === 'stale') this.staleParts ??= parts;
  }
}
