/** Reads one segment of a journal and lists where its responses are. The responses themselves may be larger than memory. */
import { LineTooLong, linesOfFileSync } from '../lines.ts';
import { type JournalOwner, MAX_LINE_BYTES, ownerTag, readHeader, readLine } from './journal-line.ts';
import type { Segment } from './journal-segment.ts';

/** Where the line of a response is. */
export interface EntryLocation {
  readonly segment: Segment;
  /** In bytes, as is `length`. */
  readonly offset: number;
  readonly length: number;
}

export interface SegmentIndex {
  readonly kind: 'own';
  /** By the id of the response. Of two responses with one id, the later one counts. */
  readonly responses: ReadonlyMap<string, EntryLocation>;
  /** When the segment was created, in milliseconds since 1970; 0 when that is unknown. */
  readonly made: number;
  readonly stateful: boolean;
  /** Hashes of the ways in which the eval failed. */
  readonly failures: readonly string[];
  readonly lines: number;
  /** Number of damaged lines. */
  readonly damaged: number;
}

/** A segment whose responses are not used. */
export interface UnusedSegment {
  /**
   * `stale`: it belongs to other content of this eval. `empty`: it was torn within its header. `foreign`: it is not a segment
   * of this eval. `excessive`: it has more lines, or more damaged lines, than a segment can have.
   */
  readonly kind: 'stale' | 'empty' | 'foreign' | 'excessive';
  /** Parts of the content that a stale segment belongs to. */
  readonly parts?: Readonly<Record<string, string>>;
  readonly damaged: number;
}

/** A failing disk damages far fewer lines of a segment. */
const MAX_DAMAGED = 1000;

/** Identifies the segments of an owner, under its fingerprint and its former fingerprints. */
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

/** @param maxLines more lines make the segment excessive */
export function indexSegment(
  segment: Segment,
  owner: Ownership,
  maxLines: number,
): SegmentIndex | UnusedSegment {
  const reader = new SegmentReader(segment, owner, maxLines);
  try {
    for (const { bytes, offset } of linesOfFileSync(segment.path, MAX_LINE_BYTES)) {
      const unused = reader.read(bytes, offset);
      if (unused) return unused;
    }
  } catch (error) {
    if (isUnreadable(error)) return reader.unused('foreign');
    if (!(error instanceof LineTooLong)) throw error;
    // Nothing after this line can be read, because its end is unknown.
    reader.countDamaged();
  }
  return reader.end();
}

class SegmentReader {
  readonly #segment: Segment;
  readonly #ownership: Ownership;
  readonly #maxLines: number;
  readonly #responses = new Map<string, EntryLocation>();
  readonly #failures: string[] = [];
  /** Whether a line has shown that the segment belongs to the owner. */
  #isOwn = false;
  #made = 0;
  #stateful = false;
  #lines = 0;
  #damaged = 0;

  constructor(segment: Segment, owner: Ownership, maxLines: number) {
    this.#segment = segment;
    this.#ownership = owner;
    this.#maxLines = maxLines;
  }

  /** @returns why the segment is not used, as soon as that is known */
  read(bytes: Buffer, offset: number): UnusedSegment | undefined {
    this.#lines += 1;
    if (this.#lines > this.#maxLines || this.#damaged > MAX_DAMAGED) return this.unused('excessive');
    const line = readLine(bytes);
    if (line.kind === 'damaged') {
      this.#damaged += 1;
    } else if (line.tag !== undefined && this.#ownership.tags.has(line.tag)) {
      this.#isOwn = true;
      if (line.kind === 'response')
        this.#responses.set(line.id, { segment: this.#segment, offset, length: bytes.length });
      else if (line.kind === 'stateful') this.#stateful = true;
      else if (line.kind === 'failed') this.#failures.push(line.signature);
      else this.#damaged += 1;
    } else if (this.#isOwn) {
      // Lines of another owner between lines of this one are not used.
      this.#damaged += 1;
    } else {
      return this.#readHeader(bytes);
    }
    return undefined;
  }

  countDamaged(): void {
    this.#damaged += 1;
  }

  end(): SegmentIndex | UnusedSegment {
    // Without a line of its own, the segment was torn within its header, or nothing in it was ever a journal.
    if (!this.#isOwn) return this.unused(this.#damaged > 1 ? 'foreign' : 'empty');
    return {
      kind: 'own',
      responses: this.#responses,
      made: this.#made,
      stateful: this.#stateful,
      failures: this.#failures,
      lines: this.#lines,
      damaged: this.#damaged,
    };
  }

  unused(kind: UnusedSegment['kind'], parts?: UnusedSegment['parts']): UnusedSegment {
    return { kind, damaged: this.#damaged, ...(parts && { parts }) };
  }

  #readHeader(bytes: Buffer): UnusedSegment | undefined {
    const { owner, fingerprints } = this.#ownership;
    const header = readHeader(bytes);
    if (header?.owner.eval !== owner.eval || header.owner.repository !== owner.repository)
      return this.unused('foreign');
    if (!fingerprints.has(header.owner.fingerprint)) return this.unused('stale', header.owner.parts);
    this.#isOwn = true;
    this.#made = header.made;
    return undefined;
  }
}

function isUnreadable(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EIO'].includes((error as NodeJS.ErrnoException).code ?? '');
}
