/** The journals of all evals of one state. */
import { chmodSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { LineTooLong, linesOfFileSync } from '../lines.ts';
import { checksumOfFile, linkOrCopy } from './durable.ts';
import { entriesOf, makeFolder, PRIVATE_FILE } from './folders.ts';
import { Journal, type OpenedJournal } from './journal.ts';
import type { JournalOwner } from './journal-line.ts';
import { LONGEST_HEADER, readHeader, readLine } from './journal-line.ts';
import {
  lastNumber,
  liveJournals,
  MOST_SEGMENTS,
  removeJournalFolders,
  sealLiveFolder,
  segmentFiles,
} from './journal-segment.ts';
import { evalFileStem, type StatePaths } from './paths.ts';

/** Evals that are in progress at a time, in any state: no eval set has half as many. */
const MOST_JOURNALS = 50_000;

/**
 * The journals of one state: opens them, and knows which of them have a segment that is being appended to. One process at a
 * time works with the journals of a state.
 */
export class Journals {
  readonly #paths: StatePaths;
  readonly #recording = new Set<Journal>();
  #revision = 0;

  constructor(paths: StatePaths) {
    this.#paths = paths;
  }

  /** Grows with every line that is recorded in a journal of this object. */
  get revision(): number {
    return this.#revision;
  }

  /** Journals that have an open segment: neither sealed since their last line, nor closed, nor dropped. */
  get openSegments(): number {
    return this.#recording.size;
  }

  /** Opens the journal of an eval, with all responses that were recorded for the same content. */
  open(owner: JournalOwner): OpenedJournal {
    return Journal.open(this.#paths, owner, {
      onRecorded: (journal) => {
        this.#revision += 1;
        this.#recording.add(journal);
      },
      onSegmentEnded: (journal) => this.#recording.delete(journal),
    });
  }

  /**
   * Seals the open segments, so that a checkpoint holds what they recorded. One that cannot be sealed stays open.
   * @returns why segments could not be sealed; empty when all are
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

  /** Seals segments that a process which is gone left open. */
  sealOpenSegments(): void {
    for (const name of folders(liveJournals(this.#paths))) sealLiveFolder(this.#paths, name);
  }

  /** Deletes the journals of all other evals: they are done, or no longer in the set. */
  retain(evalKeys: readonly string[]): void {
    const retained = new Set(evalKeys.map(evalFileStem));
    for (const root of [this.#paths.journal, liveJournals(this.#paths)]) {
      removeJournalFolders(
        folders(root)
          .filter((name) => !retained.has(name))
          .map((name) => join(root, name)),
      );
    }
  }

  /**
   * Adds the sealed segments of another state, without those that are here already. Which of two responses to one request
   * counts does not depend on the order: each segment says when it was begun.
   * @returns why some are left out, as a clause; undefined when none is
   */
  adopt(from: StatePaths, adoption: Adoption): string | undefined {
    return adoptSegments(from, this.#paths, adoption);
  }
}

export interface Adoption {
  /** Whose journals are adopted; all others are left out. */
  readonly repository: string;
  /** Keys of the evals whose journals are of use; undefined when any may be. */
  readonly evals?: readonly string[] | undefined;
}

function adoptSegments(
  from: StatePaths,
  to: StatePaths,
  { repository, evals }: Adoption,
): string | undefined {
  const wanted = evals && new Set(evals.map(evalFileStem));
  const names = folders(from.journal, MOST_JOURNALS);
  if (names.length > MOST_JOURNALS) return `there are more than ${MOST_JOURNALS} journals`;
  let excessive = 0;
  let foreign = 0;
  for (const name of names.filter((it) => wanted?.has(it) ?? true)) {
    const theirs = segmentFiles(join(from.journal, name), MOST_SEGMENTS);
    if (theirs.length > MOST_SEGMENTS) {
      excessive += 1;
      continue;
    }
    const own = theirs.filter(({ path }) => isSegmentOf(path, name, repository));
    foreign += theirs.length - own.length;
    if (own.length > 0) addSegments(own, join(to.journal, name));
  }
  const reasons = [
    ...(excessive > 0 ? [`${excessive} journals have more than ${MOST_SEGMENTS} segments`] : []),
    ...(foreign > 0 ? [`${foreign} files are not journals of their evals`] : []),
  ];
  return reasons.length === 0 ? undefined : reasons.join(', ');
}

/** Whether the first line of a segment names this eval, whatever content of it the answers belong to. */
function isSegmentOf(path: string, evalStem: string, repository: string): boolean {
  const first = firstLineOf(path);
  if (!first || readLine(first).kind !== 'unknown') return false;
  const owner = readHeader(first)?.owner;
  return owner?.repository === repository && evalFileStem(owner.eval) === evalStem;
}

function firstLineOf(path: string): Buffer | undefined {
  try {
    for (const { bytes } of linesOfFileSync(path, LONGEST_HEADER)) return bytes;
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
  }
  return undefined;
}

function addSegments(theirs: readonly { readonly path: string }[], target: string): void {
  const present = new Contents(segmentFiles(target).map(({ path }) => path));
  let number = lastNumber(target);
  for (const { path } of theirs) {
    if (present.has(path)) continue;
    number += 1;
    makeFolder(target);
    const added = join(target, `${number}.jsonl`);
    linkOrCopy(path, added);
    chmodSync(added, PRIVATE_FILE);
  }
}

/** Which of some files have the same content as another. Reads only files of the same size, and each once. */
class Contents {
  readonly #bySize: ReadonlyMap<number, readonly string[]>;
  readonly #checksums = new Map<number, ReadonlySet<number>>();

  constructor(paths: readonly string[]) {
    this.#bySize = Map.groupBy(paths, (path) => lstatSync(path).size);
  }

  has(path: string): boolean {
    const { size } = lstatSync(path);
    const alike = this.#bySize.get(size);
    if (!alike) return false;
    const checksums = this.#checksums.get(size) ?? new Set(alike.map(checksumOfFile));
    this.#checksums.set(size, checksums);
    return checksums.has(checksumOfFile(path));
  }
}

/** @param most more are not listed: what is returned is one too many then */
function folders(root: string, most = Number.POSITIVE_INFINITY): string[] {
  return entriesOf(root, most, (entry) => entry.isDirectory()).sort();
}
