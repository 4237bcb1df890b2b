/**
 * The kept answers of all completed evals of one state: one file for each eval, in `….resume/answers/`. They serve the next run
 * of the eval, whatever changed in it since, because each answer belongs to a whole request. docs/adr/0016-kept-answers.md
 */
import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { adoptAnswers } from './adopt-answers.ts';
import type { Adoption } from './adopt-segments.ts';
import { writeAnswers } from './answers-writer.ts';
import { isAhead, plausibleTime } from './doubt.ts';
import { headerOfFile } from './journal-header.ts';
import { JOURNAL_LIMITS } from './journal-limits.ts';
import type { JournalOwner, RecordedAnswer } from './journal-line.ts';
import { KeptAnswers } from './kept-answers.ts';
import { answerFiles, answersFile, answersFileName, type StatePaths, stateFolder } from './paths.ts';
import { quarantine } from './quarantine.ts';
import { sizeOfFile } from './untrusted-files.ts';

/** All files together. A repository has 10 GB for its caches. */
export const MAX_ANSWERS_BYTES = 1_000_000_000;

export interface AnswerStoreOptions {
  readonly maxBytes?: number;
  /** Answers that are older are not used; undefined: all are. */
  readonly maxAgeMs?: number | undefined;
}

export interface OpenedAnswers {
  /** Undefined when there are none. */
  readonly answers: KeptAnswers | undefined;
  /** The quarantined file, and why. */
  readonly rejected: { readonly path: string; readonly why: string } | undefined;
}

interface Entry {
  readonly eval: string;
  readonly made: number;
  readonly bytes: number;
}

export class AnswerStore {
  readonly #paths: StatePaths;
  readonly #maxBytes: number;
  readonly #maxAgeMs: number | undefined;
  /** By the name of the file. Undefined until it is needed, because the headers of all files are read for it. */
  #entries: Map<string, Entry> | undefined;
  readonly #dropped: string[] = [];

  constructor(paths: StatePaths, { maxBytes = MAX_ANSWERS_BYTES, maxAgeMs }: AnswerStoreOptions = {}) {
    this.#paths = paths;
    this.#maxBytes = maxBytes;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Keys of the evals whose answers were dropped for want of room, in this order. */
  get dropped(): readonly string[] {
    return this.#dropped;
  }

  has(evalKey: string): boolean {
    return sizeOfFile(answersFile(this.#paths, evalKey)) >= 0;
  }

  /** Opens the kept answers of an eval. A file that cannot be one of this eval is quarantined. */
  open(owner: JournalOwner, now = new Date()): OpenedAnswers {
    const path = answersFile(this.#paths, owner.eval);
    if (!this.has(owner.eval)) return { answers: undefined, rejected: undefined };
    const bounds = { ...JOURNAL_LIMITS, isValid: (at: number) => this.#isValid(at, now) };
    const read =
      lstatSync(path).size > this.#maxBytes
        ? { why: 'it is larger than all kept answers may be' }
        : KeptAnswers.read(path, owner, bounds);
    if (read instanceof KeptAnswers) return { answers: read, rejected: undefined };
    this.#entries?.delete(answersFileName(owner.eval));
    const target = quarantine(path, now, stateFolder(this.#paths));
    return { answers: undefined, rejected: { path: target, why: read.why } };
  }

  /** Replaces the kept answers of an eval; without any, there is no file. Then drops those of the oldest evals if there is no room. */
  async keep(owner: JournalOwner, answers: Iterable<RecordedAnswer>, now = new Date()): Promise<void> {
    const path = answersFile(this.#paths, owner.eval);
    const temporary = join(this.#paths.live, 'answers', answersFileName(owner.eval));
    const written = await writeAnswers(path, temporary, owner, now.getTime(), answers);
    if (written.answers === 0) return this.remove(owner.eval);
    this.#known().set(answersFileName(owner.eval), {
      eval: owner.eval,
      made: now.getTime(),
      bytes: written.bytes,
    });
    this.trim(now);
  }

  remove(evalKey: string): void {
    rmSync(answersFile(this.#paths, evalKey), { force: true });
    this.#entries?.delete(answersFileName(evalKey));
  }

  /** Removes all. */
  clear(): void {
    rmSync(this.#paths.answers, { recursive: true, force: true });
    this.#entries = undefined;
  }

  /** Drops the kept answers of the evals that completed first, until the rest has room. A file that is none counts as the oldest. */
  trim(now = new Date()): void {
    const oldest = [...this.#known()].sort(
      ([, a], [, b]) => plausibleTime(a.made, now) - plausibleTime(b.made, now),
    );
    let size = oldest.reduce((sum, [, { bytes }]) => sum + bytes, 0);
    for (const [name, entry] of oldest) {
      if (size <= this.#maxBytes) break;
      rmSync(join(this.#paths.answers, name), { force: true });
      this.#known().delete(name);
      this.#dropped.push(entry.eval);
      size -= entry.bytes;
    }
  }

  /**
   * Takes over the files of another state that are newer than those here.
   * @returns what was left out; undefined when nothing was
   */
  adopt(from: StatePaths, adoption: Adoption, now = new Date()): string | undefined {
    this.#entries = undefined;
    return adoptAnswers(from, this.#paths, adoption, { maxBytes: this.#maxBytes, now });
  }

  #isValid(at: number, now: Date): boolean {
    if (this.#maxAgeMs === undefined) return true;
    return !isAhead(at, now) && now.getTime() - at <= this.#maxAgeMs;
  }

  #known(): Map<string, Entry> {
    this.#entries ??= new Map(
      answerFiles(this.#paths, JOURNAL_LIMITS.journals).map((name) => {
        const path = join(this.#paths.answers, name);
        const header = headerOfFile(path);
        const stem = name.replace(/\.jsonl$/, '');
        return [
          name,
          { eval: header?.owner.eval ?? stem, made: header?.made ?? 0, bytes: lstatSync(path).size },
        ];
      }),
    );
    return this.#entries;
  }
}
