/**
 * The journal of an eval that has not finished: every answer it got, so that it need not be paid for again.
 *
 * A journal is a directory of segments (journal-segment.ts), each of them a file of lines (journal-line.ts).
 */
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, rmSync } from 'node:fs';
import type { ApiResponse } from '../model/api-response.ts';
import { type EntryLocation, indexSegment, type Ownership, ownership } from './journal-index.ts';
import {
  answerLine,
  failedLine,
  headerLine,
  indexKey,
  type JournalOwner,
  ownerTag,
  readAnswer,
  statefulLine,
} from './journal-line.ts';
import {
  createSegment,
  type LiveSegment,
  liveFolder,
  MOST_SEGMENTS,
  readAt,
  removeJournalFolders,
  type Segment,
  sealedFolder,
  sealLiveFolder,
  sealSegment,
  segmentFiles,
  writeLine,
} from './journal-segment.ts';
import { evalFileStem, type StatePaths, stateFolder } from './paths.ts';
import { quarantine, quarantineTogether } from './quarantine.ts';

export type { JournalOwner } from './journal-line.ts';

export interface OpenedJournal {
  readonly journal: Journal;
  /** The parts of the content that earlier answers, now dropped, belonged to; undefined when there were none. */
  readonly staleParts: Readonly<Record<string, string>> | undefined;
  /** Lines that were torn or damaged. */
  readonly damaged: number;
  /** What was moved aside, at most two paths: what is no journal of this eval, and what no journal can be. */
  readonly rejected: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Bounds of one journal, so that no state makes opening it take more than some seconds. A journal stops growing at half of
 * each, so that none that was written here reaches them.
 */
const MOST_LINES = 2_000_000;
/** In bytes. */
const LARGEST = 8 * 1024 ** 3;

/** What the object that opened a journal follows. */
export interface JournalEvents {
  /** A line was recorded in the open segment. */
  readonly onRecorded?: (journal: Journal) => void;
  /** The journal has no open segment any more. */
  readonly onSegmentEnded?: (journal: Journal) => void;
}

export class Journal {
  readonly #events: JournalEvents;
  readonly #paths: StatePaths;
  readonly #owner: JournalOwner;
  readonly #tag: string;
  readonly #places = new Map<string, EntryLocation>();
  readonly #failures = new Set<string>();
  #stateful = false;
  /** Segments that were here when the journal was opened. */
  #earlier: ReadonlySet<Segment> = new Set();
  #live: LiveSegment | undefined;
  /** Of its segments, in bytes. */
  #size = 0;
  /** Not before that of any segment that is here, whatever the clock says: what is recorded last counts. */
  #made = 0;

  private constructor(paths: StatePaths, owner: JournalOwner, events: JournalEvents) {
    this.#events = events;
    this.#paths = paths;
    this.#owner = owner;
    this.#tag = ownerTag(owner);
  }

  /** Opens the journal of an eval, with all answers that were recorded for the same content. Reads each segment once. */
  static open(paths: StatePaths, owner: JournalOwner, events: JournalEvents = {}): OpenedJournal {
    sealLiveFolder(paths, evalFileStem(owner.eval));
    const journal = new Journal(paths, owner, events);
    const folder = sealedFolder(paths, owner.eval);
    const files = segmentFiles(folder, MOST_SEGMENTS);
    const size = files.reduce((sum, { path }) => sum + lstatSync(path).size, 0);
    if (files.length > MOST_SEGMENTS || size > LARGEST) {
      const path = quarantine(folder, new Date(), stateFolder(paths));
      return { journal, staleParts: undefined, damaged: 0, rejected: [{ path, why: TOO_MUCH }] };
    }
    journal.#size = size;
    return { journal, ...journal.#index(files, ownership(owner)) };
  }

  /** Answers that can be replayed. */
  get size(): number {
    return this.#places.size;
  }

  /** The answer to the `n`-th (from 0) request with this key, if it is recorded and undamaged. */
  find(key: string, n: number): ApiResponse | undefined {
    const place = this.#places.get(indexKey(key, n));
    const line = place && readAt(place.segment, place.offset, place.length);
    return line && readAnswer(line, key, n);
  }

  /** Whether an answer is recorded; reads no file. */
  has(key: string, n: number): boolean {
    return this.#places.has(indexKey(key, n));
  }

  /** Whether the answer that `find` returns was recorded before this journal was opened: an earlier run paid for it. */
  isEarlier(key: string, n: number): boolean {
    const place = this.#places.get(indexKey(key, n));
    return place !== undefined && this.#earlier.has(place.segment);
  }

  /**
   * Records an answer, in the place of an earlier one to the same request. When this returns it outlives the process.
   * Throws what the file system throws. A journal that is as large as one can be records no more.
   */
  append(key: string, n: number, answer: ApiResponse): void {
    if (this.#places.size >= MOST_LINES / 2 || this.#size >= LARGEST / 2) return;
    const line = answerLine(this.#tag, key, n, answer);
    const segment = this.#write(line);
    const offset = segment.size - line.length;
    this.#places.set(indexKey(key, n), { segment, offset, length: line.length - 1 });
  }

  /** No longer replays an answer, until another is recorded or the journal is opened again. */
  forget(key: string, n: number): void {
    this.#places.delete(indexKey(key, n));
  }

  /** Whether the eval has made something at the API, such as a conversation, and is to start over when it runs again. */
  get stateful(): boolean {
    return this.#stateful;
  }

  /** Notes that the eval makes something at the API. When this returns the note outlives the process. */
  markStateful(): void {
    if (this.#stateful) return;
    this.#write(statefulLine(this.#tag));
    this.#stateful = true;
  }

  /** Notes that the eval failed in this way also when none of its answers was replayed. */
  markFailed(signature: string): void {
    const hash = sha256(signature);
    if (this.#failures.has(hash)) return;
    this.#write(failedLine(this.#tag, hash));
    this.#failures.add(hash);
  }

  failedWith(signature: string): boolean {
    return this.#failures.has(sha256(signature));
  }

  /**
   * Ends the live segment and moves it where checkpoints take it from; what is recorded next begins a new one. When there
   * are as many segments as a journal may have, the live one stays, until the journal is opened again.
   */
  seal(): void {
    const folder = sealedFolder(this.#paths, this.#owner.eval);
    if (!this.#live || segmentFiles(folder).length >= MOST_SEGMENTS / 2) return;
    sealSegment(this.#live, folder);
    this.#live = undefined;
    this.#events.onSegmentEnded?.(this);
  }

  /** Releases its file; what was not sealed stays live and is sealed when the state is opened next. */
  close(): void {
    if (this.#live) closeSync(this.#live.file);
    this.#live = undefined;
    this.#events.onSegmentEnded?.(this);
    this.#places.clear();
  }

  /** Removes every answer and every mark. New ones can be recorded. */
  drop(): void {
    this.close();
    this.#failures.clear();
    this.#stateful = false;
    this.#size = 0;
    removeJournalFolders([
      sealedFolder(this.#paths, this.#owner.eval),
      liveFolder(this.#paths, this.#owner.eval),
    ]);
  }

  #write(line: Buffer): LiveSegment {
    if (!this.#live) {
      const segment = createSegment(liveFolder(this.#paths, this.#owner.eval));
      this.#live = segment;
      this.#made = Math.max(this.#made, Date.now());
      writeLine(segment, headerLine(this.#owner, this.#made));
    }
    writeLine(this.#live, line);
    this.#size += line.length;
    this.#events.onRecorded?.(this);
    return this.#live;
  }

  /** Notes where each intact line of this owner lies. */
  #index(files: readonly { readonly path: string }[], owner: Ownership): Omit<OpenedJournal, 'journal'> {
    let staleParts: OpenedJournal['staleParts'];
    let damaged = 0;
    let lines = 0;
    const foreign: string[] = [];
    const excessive: string[] = [];
    const begun = new Map<Segment, number>();
    for (const { path } of files) {
      const segment: Segment = { path };
      const found = indexSegment(segment, owner, MOST_LINES - lines);
      damaged += found.damaged;
      if (found.kind !== 'own') {
        if (found.kind === 'stale') staleParts ??= found.parts;
        if (found.kind === 'foreign') foreign.push(path);
        else if (found.kind === 'excessive') excessive.push(path);
        else rmSync(path, { force: true });
        continue;
      }
      lines += found.lines;
      begun.set(segment, found.made);
      this.#made = Math.max(this.#made, found.made);
      this.#stateful ||= found.stateful;
      for (const signature of found.failures) this.#failures.add(signature);
      for (const [id, place] of found.answers) {
        const other = this.#places.get(id);
        // Not by their numbers alone: those of another machine are numbered as they come in.
        if (!other || (begun.get(other.segment) ?? 0) <= found.made) this.#places.set(id, place);
      }
    }
    this.#earlier = new Set(begun.keys());
    const moved = (paths: readonly string[], why: string) =>
      paths.length === 0
        ? []
        : [{ path: quarantineTogether(paths, new Date(), stateFolder(this.#paths)), why }];
    return {
      staleParts,
      damaged,
      rejected: [...moved(foreign, 'it is not a journal of this eval'), ...moved(excessive, TOO_MUCH)],
    };
  }
}

const TOO_MUCH = 'it is larger than a journal can be';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
