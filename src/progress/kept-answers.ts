/** The kept answers of one eval, as they are found for its next run. They stay on disk; the index in memory holds locations. */
import { LineTooLong, linesOfFileSync } from '../lines.ts';
import type { ApiResponse } from '../model/api-response.ts';
import { linesOfBlock, readBlock } from './answer-block.ts';
import type { JournalLimits } from './journal-limits.ts';
import {
  indexKey,
  type JournalOwner,
  MAX_LINE_BYTES,
  type RecordedAnswer,
  readAnswer,
  readHeader,
  readLine,
  readResponse,
} from './journal-line.ts';
import { readAt } from './journal-segment.ts';
import { ownership } from './segment-index.ts';

export interface KeptAnswer {
  readonly response: ApiResponse;
  /** When it was recorded, in milliseconds since 1970. */
  readonly at: number;
}

interface Location {
  /** Offset and length of the line of its block in the file. */
  readonly block: { readonly offset: number; readonly length: number };
  /** Offset and length of its own line in the unpacked block. */
  readonly from: number;
  readonly length: number;
  readonly at: number;
}

/** Requests that are in flight at the same time belong to fewer blocks. */
const MAX_UNPACKED = 4;

export interface AnswerBounds extends Pick<JournalLimits, 'lines' | 'bytes'> {
  /** Whether an answer that was recorded then may be used. */
  readonly isValid: (at: number) => boolean;
}

export class KeptAnswers {
  /** Number of damaged lines. The answers in them are not used. */
  damaged = 0;
  /** Answers that are not used because of their age. */
  expired = 0;
  readonly #path: string;
  readonly #locations = new Map<string, Location>();
  /** The blocks that were read last, by their offset. Evals send their requests in about the same order in each run. */
  readonly #unpacked = new Map<number, Buffer>();

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Reads the whole file once. Changes nothing on disk.
   * @returns why it is not used, as a clause, when it is no file of this owner
   */
  static read(
    path: string,
    owner: JournalOwner,
    bounds: AnswerBounds,
  ): KeptAnswers | { readonly why: string } {
    const answers = new KeptAnswers(path);
    try {
      const why = answers.#index(owner, bounds);
      return why === undefined ? answers : { why };
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error;
      // Nothing after this line can be read, because its end is unknown.
      answers.damaged += 1;
      return answers;
    }
  }

  get size(): number {
    return this.#locations.size;
  }

  /** The answer to the `n`-th (from 0) request with this key. */
  find(key: string, n: number): KeptAnswer | undefined {
    const location = this.#locations.get(indexKey(key, n));
    const line = location && this.#lineAt(location);
    const response = line && readResponse(line, key, n);
    return response && { response, at: location.at };
  }

  /** All answers, block after block. */
  *all(): Generator<RecordedAnswer> {
    for (const location of this.#locations.values()) {
      const line = this.#lineAt(location);
      const answer = line && readAnswer(line);
      if (answer) yield answer;
    }
  }

  #index(
    owner: JournalOwner,
    { lines: maxLines, bytes: maxBytes, isValid }: AnswerBounds,
  ): string | undefined {
    const { tags } = ownership(owner);
    let lines = 0;
    let unpacked = 0;
    for (const { bytes, offset } of linesOfFileSync(this.#path, MAX_LINE_BYTES)) {
      const block = readBlock(bytes);
      if (!block) {
        const header = readLine(bytes).kind === 'unknown' ? readHeader(bytes) : undefined;
        if (header === undefined) this.damaged += 1;
        else if (header.owner.eval !== owner.eval || header.owner.repository !== owner.repository)
          return 'it has the answers of another eval';
        continue;
      }
      // Of other servers, or between lines of this owner: not used in either case.
      if (!tags.has(block.tag)) continue;
      unpacked += block.bytes.length;
      for (const { line, from } of linesOfBlock(block.bytes)) {
        lines += 1;
        const read = readLine(line);
        if (read.kind !== 'response' || read.at === undefined || !tags.has(read.tag)) this.damaged += 1;
        else if (!isValid(read.at)) this.expired += 1;
        else
          this.#add(read.id, {
            block: { offset, length: bytes.length },
            from,
            length: line.length,
            at: read.at,
          });
      }
      if (lines > maxLines || unpacked > maxBytes) return 'it has more answers than an eval can have';
    }
    return undefined;
  }

  /** Of two answers to one request, the newer one counts. */
  #add(id: string, location: Location): void {
    const other = this.#locations.get(id);
    if (!other || other.at <= location.at) this.#locations.set(id, location);
  }

  #lineAt({ block, from, length }: Location): Buffer | undefined {
    return this.#bytesOf(block)?.subarray(from, from + length);
  }

  #bytesOf({ offset, length }: Location['block']): Buffer | undefined {
    const known = this.#unpacked.get(offset);
    if (known) return known;
    const line = readAt({ path: this.#path }, offset, length);
    const bytes = line && readBlock(line)?.bytes;
    if (!bytes) return undefined;
    const [oldest] = this.#unpacked.keys();
    if (oldest !== undefined && this.#unpacked.size >= MAX_UNPACKED) this.#unpacked.delete(oldest);
    this.#unpacked.set(offset, bytes);
    return bytes;
  }
}
