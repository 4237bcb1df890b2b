/** What a segment holds, read once: places of answers, not the answers. A journal may be larger than memory. */
import { LineTooLong, linesOfFileSync } from '../lines.ts';
import { type JournalOwner, LONGEST_LINE, ownerTag, readHeader, readLine } from './journal-line.ts';
import type { Segment } from './journal-segment.ts';

/** Where the line of an answer lies, in bytes. */
export interface EntryLocation {
  readonly segment: Segment;
  readonly offset: number;
  readonly length: number;
}

export interface SegmentIndex {
  readonly kind: 'own';
  /** By the id of the answer; of two with one id the later one. */
  readonly answers: ReadonlyMap<string, EntryLocation>;
  /** When the segment was begun, in milliseconds since 1970; 0 when that is not known. */
  readonly made: number;
  readonly stateful: boolean;
  /** Hashes of the ways in which the eval failed. */
  readonly failures: readonly string[];
  readonly lines: number;
  readonly damaged: number;
}

/** A segment whose answers are not used. */
export interface UnusedSegment {
  /**
   * `stale`: of other content of the same eval. `empty`: torn before its first line was whole. `foreign`: no segment of this
   * eval. `excessive`: more lines than any journal has.
   */
  readonly kind: 'stale' | 'empty' | 'foreign' | 'excessive';
  /** Of the content that a stale segment belongs to. */
  readonly parts?: Readonly<Record<string, string>>;
  readonly damaged: number;
}

/** Far more than a disk that fails damages in a segment. */
const MOST_DAMAGED = 1000;

/** Which segments are an owner's: those that name it, under its fingerprint or a former one. */
export interface Ownership {
  readonly owner: JournalOwner;
  readonly fingerprints: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
}

export function ownership(owner: JournalOwner): Ownership {
  const fingerprints = new Set([owner.fingerprint, ...(owner.formerFingerprints ?? [])]);
  const tags = new Set([...fingerprints].map((fingerprint) => ownerTag({ ...owner, fingerprint })));
  return { owner, fingerprints, tags };
}

/** @param most lines that it may have */
export function indexSegment(
  segment: Segment,
  { owner, fingerprints, tags }: Ownership,
  most: number,
): SegmentIndex | UnusedSegment {
  let own = false;
  let damaged = 0;
  let made = 0;
  let stateful = false;
  let lines = 0;
  const answers = new Map<string, EntryLocation>();
  const failures: string[] = [];
  try {
    for (const { bytes, offset } of linesOfFileSync(segment.path, LONGEST_LINE)) {
      lines += 1;
      if (lines > most || damaged > MOST_DAMAGED) return { kind: 'excessive', damaged };
      const line = readLine(bytes);
      if (line.kind === 'damaged') {
        damaged += 1;
        continue;
      }
      const tag = 'tag' in line ? line.tag : undefined;
      if (tag !== undefined && tags.has(tag)) {
        own = true;
        if (line.kind === 'answer') answers.set(line.id, { segment, offset, length: bytes.length });
        else if (line.kind === 'stateful') stateful = true;
        else if (line.kind === 'failed') failures.push(line.signature);
        else damaged += 1;
        continue;
      }
      if (own) {
        // Of others, in the midst of those of this content.
        damaged += 1;
        continue;
      }
      const header = readHeader(bytes);
      if (header?.owner.eval !== owner.eval || header.owner.repository !== owner.repository)
        return { kind: 'foreign', damaged };
      if (!fingerprints.has(header.owner.fingerprint))
        return { kind: 'stale', parts: header.owner.parts, damaged };
      own = true;
      made = header.made;
    }
  } catch (error) {
    if (isUnreadable(error)) return { kind: 'foreign', damaged };
    // What follows cannot be found: where the line ends is not known.
    if (!(error instanceof LineTooLong)) throw error;
    damaged += 1;
  }
  if (own) return { kind: 'own', answers, made, stateful, failures, lines, damaged };
  // Torn before its first line was whole, or there is nothing of it that could be read.
  return { kind: damaged > 1 ? 'foreign' : 'empty', damaged };
}

function isUnreadable(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EIO'].includes((error as NodeJS.ErrnoException).code ?? '');
}
