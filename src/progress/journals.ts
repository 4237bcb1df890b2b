/** The journals of all evals of one state. */
import { join } from 'node:path';
import { type Adoption, adoptSegments } from './adopt-segments.ts';
import { countReplayable } from './count-replayable.ts';
import { Journal, type OpenedJournal } from './journal.ts';
import { JOURNAL_LIMITS, type JournalLimits } from './journal-limits.ts';
import type { JournalOwner } from './journal-line.ts';
import {
  journalNames,
  liveJournals,
  removeJournalDirectories,
  sealLiveDirectory,
} from './journal-segment.ts';
import { evalFileStem, type StatePaths } from './paths.ts';

/**
 * Opens the journals of one state, and knows which of them have an open segment. Only one process at a time uses the journals
 * of a state.
 */
export class Journals {
  readonly #paths: StatePaths;
  readonly #limits: JournalLimits;
  readonly #recording = new Set<Journal>();
  /** By eval. */
  readonly #opened = new Map<string, Journal>();
  /** By eval: what `replayable` found on disk. */
  readonly #counted = new Map<string, number>();
  #revision = 0;

  constructor(paths: StatePaths, limits = JOURNAL_LIMITS) {
    this.#paths = paths;
    this.#limits = limits;
  }

  /** Grows with every line that is recorded in a journal of this object. */
  get revision(): number {
    return this.#revision;
  }

  /** Number of journals that have an open segment: they were not sealed, closed or dropped since their last line. */
  get openSegments(): number {
    return this.#recording.size;
  }

  /** Opens the journal of an eval, with all responses that were recorded for the same content. */
  open(owner: JournalOwner): OpenedJournal {
    const opened = Journal.open(this.#paths, owner, {
      limits: this.#limits,
      onRecorded: (journal) => {
        this.#revision += 1;
        this.#recording.add(journal);
      },
      onSegmentEnded: (journal) => this.#recording.delete(journal),
    });
    this.#opened.set(owner.eval, opened.journal);
    return opened;
  }

  /** Number of recorded responses that the eval will replay when it runs next. Changes nothing on disk. */
  replayable(owner: JournalOwner): number {
    const opened = this.#opened.get(owner.eval);
    if (opened) return opened.replayable;
    const count = this.#counted.get(owner.eval) ?? countReplayable(this.#paths, owner, this.#limits);
    this.#counted.set(owner.eval, count);
    return count;
  }

  /**
   * Seals the open segments, so that a checkpoint includes their responses. A segment that cannot be sealed stays open.
   * @returns why segments could not be sealed; empty when all are sealed
   */
  sealAll(): readonly unknown[] {
    const errors: unknown[] = [];
    for (const journal of [...this.#recording]) {
      try {
        journal.seal();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }

  /** Seals the segments that an earlier process left open. */
  sealOpenSegments(): void {
    for (const name of journalNames(liveJournals(this.#paths))) sealLiveDirectory(this.#paths, name);
  }

  /** Deletes the journals of all other evals: they are completed, or no longer in the set. */
  retain(evalKeys: readonly string[]): void {
    const retained = new Set(evalKeys.map(evalFileStem));
    for (const key of this.#counted.keys()) if (!retained.has(evalFileStem(key))) this.#counted.delete(key);
    for (const root of [this.#paths.journal, liveJournals(this.#paths)]) {
      removeJournalDirectories(
        journalNames(root)
          .filter((name) => !retained.has(name))
          .map((name) => join(root, name)),
      );
    }
  }

  /**
   * Adds the sealed segments of another state that are not here yet. The order of adoptions does not decide which of two
   * responses to one request counts, because each segment says when it was created.
   * @returns what was left out; undefined when nothing was
   */
  adopt(from: StatePaths, adoption: Adoption): string | undefined {
    return adoptSegments(from, this.#paths, adoption, this.#limits);
  }
}
