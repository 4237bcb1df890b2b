/**
 * The journal of an eval that has not completed: every response that it received, so that no response is paid for twice.
 *
 * A journal is a directory of segments (journal-segment.ts). Each segment is a file of lines (journal-line.ts).
 */
import { closeSync, lstatSync, rmSync } from 'node:fs';
import type { ApiResponse } from '../model/api-response.ts';
import { sha256 } from './hash.ts';
import { JournalIndex } from './journal-index.ts';
import { JOURNAL_LIMITS, type JournalLimits } from './journal-limits.ts';
import {
  failedLine,
  headerLine,
  indexKey,
  type JournalOwner,
  ownerTag,
  type RecordedAnswer,
  readResponse,
  responseLine,
  statefulLine,
} from './journal-line.ts';
import {
  createSegment,
  type LiveSegment,
  liveDirectory,
  readAt,
  removeJournalDirectories,
  sealedDirectory,
  sealLiveDirectory,
  sealSegment,
  segmentFiles,
  writeLine,
} from './journal-segment.ts';
import { evalFileStem, type StatePaths, stateFolder } from './paths.ts';
import { quarantine } from './quarantine.ts';
import { ownership } from './segment-index.ts';
import { quarantineUnused, type Rejected, TOO_LARGE } from './unused-segments.ts';

export type { JournalOwner } from './journal-line.ts';

export interface OpenedJournal {
  readonly journal: Journal;
  /** Parts of the content that earlier responses belonged to, which are now deleted; undefined when there were none. */
  readonly staleParts: Readonly<Record<string, string>> | undefined;
  /** Number of torn or damaged lines. */
  readonly damaged: number;
  /** Paths of quarantined files, and why: at most one path for each of two reasons. */
  readonly rejected: readonly Rejected[];
}

export interface JournalOptions {
  readonly limits?: JournalLimits;
  /** A line was recorded in the open segment. */
  readonly onRecorded?: (journal: Journal) => void;
  /** The journal no longer has an open segment. */
  readonly onSegmentEnded?: (journal: Journal) => void;
}

export class Journal {
  readonly #options: JournalOptions;
  readonly #limits: JournalLimits;
  readonly #paths: StatePaths;
  readonly #owner: JournalOwner;
  readonly #tag: string;
  /** Its `segments` are those that existed when the journal was opened; its other fields include what was recorded since. */
  readonly #index: JournalIndex;
  #live: LiveSegment | undefined;
  /** Size of all segments, in bytes. */
  #size: number;
  /** Number of responses that could be replayed when the journal was closed. */
  #closedWith: number | undefined;

  private constructor(
    paths: StatePaths,
    owner: JournalOwner,
    options: JournalOptions,
    index: JournalIndex,
    size: number,
  ) {
    this.#paths = paths;
    this.#owner = owner;
    this.#tag = ownerTag(owner);
    this.#options = options;
    this.#limits = options.limits ?? JOURNAL_LIMITS;
    this.#index = index;
    this.#size = size;
  }

  /** Opens the journal of an eval, with all responses that were recorded for the same content. */
  static open(paths: StatePaths, owner: JournalOwner, options: JournalOptions = {}): OpenedJournal {
    const { limits = JOURNAL_LIMITS } = options;
    sealLiveDirectory(paths, evalFileStem(owner.eval));
    const directory = sealedDirectory(paths, owner.eval);
    const files = segmentFiles(directory, limits.segments).map(({ path }) => path);
    const size = files.reduce((sum, path) => sum + lstatSync(path).size, 0);
    if (files.length > limits.segments || size > limits.bytes) {
      const path = quarantine(directory, new Date(), stateFolder(paths));
      const journal = new Journal(paths, owner, options, new JournalIndex(), 0);
      return { journal, staleParts: undefined, damaged: 0, rejected: [{ path, why: TOO_LARGE }] };
    }
    const index = JournalIndex.read(files, ownership(owner), limits.lines);
    for (const path of index.useless) rmSync(path, { force: true });
    const { staleParts, damaged } = index;
    const journal = new Journal(paths, owner, options, index, size);
    return { journal, staleParts, damaged, rejected: quarantineUnused(index, paths) };
  }

  /** Number of responses that can be replayed. */
  get size(): number {
    return this.#index.locations.size;
  }

  /** Number of responses that the eval will replay when it runs again. Known after `close`, too. */
  get replayable(): number {
    return this.#closedWith ?? this.#index.replayable;
  }

  /** The response to the `n`-th (from 0) request with this key, if it is recorded and undamaged. */
  find(key: string, n: number): ApiResponse | undefined {
    const location = this.#index.locations.get(indexKey(key, n));
    const line = location && readAt(location.segment, location.offset, location.length);
    return line && readResponse(line, key, n);
  }

  /**
   * The same, with the time after which it was recorded: that of its segment, because lines have none. So an answer is at
   * most as old as it seems.
   */
  answer(key: string, n: number): RecordedAnswer | undefined {
    const response = this.find(key, n);
    const at = this.#index.locations.get(indexKey(key, n))?.segment.made ?? 0;
    return response && { key, n, at, response };
  }

  /** Whether a response is recorded. Reads no file. */
  has(key: string, n: number): boolean {
    return this.#index.locations.has(indexKey(key, n));
  }

  /** Whether the response that `find` returns was recorded before this journal was opened, so that an earlier run paid for it. */
  isEarlier(key: string, n: number): boolean {
    const location = this.#index.locations.get(indexKey(key, n));
    return location !== undefined && this.#index.segments.has(location.segment);
  }

  /**
   * Records a response, which replaces an earlier one to the same request. When this returns, the response outlives the
   * process. A journal at its maximum size records nothing more. Throws what the file system throws.
   */
  append(key: string, n: number, response: ApiResponse): void {
    if (this.size >= this.#limits.lines / 2 || this.#size >= this.#limits.bytes / 2) return;
    const line = responseLine(this.#tag, key, n, response);
    const segment = this.#write(line);
    const offset = segment.size - line.length;
    this.#index.locations.set(indexKey(key, n), { segment, offset, length: line.length - 1 });
  }

  /** Stops replaying a response, until another one is recorded or the journal is opened again. */
  forget(key: string, n: number): void {
    this.#index.locations.delete(indexKey(key, n));
  }

  /** Whether the eval has created something at the API, such as a conversation, and starts over when it runs again. */
  get stateful(): boolean {
    return this.#index.stateful;
  }

  /** Records that the eval creates something at the API. When this returns, the mark outlives the process. */
  markStateful(): void {
    if (this.#index.stateful) return;
    this.#write(statefulLine(this.#tag));
    this.#index.stateful = true;
  }

  /** Records that the eval failed in this way although none of its responses was replayed. */
  markFailed(signature: string): void {
    const hash = sha256(signature);
    if (this.#index.failures.has(hash)) return;
    this.#write(failedLine(this.#tag, hash));
    this.#index.failures.add(hash);
  }

  failedWith(signature: string): boolean {
    return this.#index.failures.has(sha256(signature));
  }

  /**
   * Ends the open segment and moves it to where checkpoints include it. The next line begins a new segment. When the journal
   * has as many segments as it may have, the segment stays open until the journal is opened again.
   */
  seal(): void {
    const directory = sealedDirectory(this.#paths, this.#owner.eval);
    if (!this.#live || segmentFiles(directory).length >= this.#limits.segments / 2) return;
    sealSegment(this.#live, directory);
    this.#live = undefined;
    this.#options.onSegmentEnded?.(this);
  }

  /** Closes its file. An open segment stays live, and is sealed when the state is opened next. */
  close(): void {
    if (this.#live) closeSync(this.#live.file);
    this.#live = undefined;
    this.#options.onSegmentEnded?.(this);
    this.#closedWith ??= this.#index.replayable;
    this.#index.locations.clear();
  }

  /** Deletes every response and every mark. New ones can be recorded. */
  drop(): void {
    this.close();
    this.#closedWith = undefined;
    this.#index.failures.clear();
    this.#index.stateful = false;
    this.#size = 0;
    removeJournalDirectories([
      sealedDirectory(this.#paths, this.#owner.eval),
      liveDirectory(this.#paths, this.#owner.eval),
    ]);
  }

  #write(line: Buffer): LiveSegment {
    if (!this.#live) {
      // Never before an existing segment, even if the clock was set back: the response that was recorded last counts.
      this.#index.newest = Math.max(this.#index.newest, Date.now());
      const segment = createSegment(liveDirectory(this.#paths, this.#owner.eval), this.#index.newest);
      this.#live = segment;
      this.#append(segment, headerLine(this.#owner, this.#index.newest));
    }
    this.#append(this.#live, line);
    this.#options.onRecorded?.(this);
    return this.#live;
  }

  #append(segment: LiveSegment, line: Buffer): void {
    writeLine(segment, line);
    this.#size += line.length;
  }
}
