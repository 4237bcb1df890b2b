import { reasonOf } from '../../errors.ts';
import type { ApiResponse } from '../../model/api-response.ts';
import type { Journal } from '../../progress/journal.ts';
import type { RecordedAnswer } from '../../progress/journal-line.ts';
import type { KeptAnswers } from '../../progress/kept-answers.ts';
import type { AskedRequest } from '../request/occurrences.ts';
import { failureIn } from '../response/response-check.ts';
import type { LaneRequest } from './lane-request.ts';

/** A response that is replayed. */
export interface Found {
  readonly response: ApiResponse;
  /** Whether an earlier run recorded it. */
  readonly isEarlier: boolean;
  /** When a kept answer was recorded, in milliseconds since 1970; undefined when it is one of this completion. */
  readonly keptAt: number | undefined;
}

export interface RecorderOptions {
  readonly evalName: string;
  /** Undefined: nothing is recorded or replayed. */
  readonly journal: Journal | undefined;
  /** What an earlier completion was answered; undefined: nothing of that is used. */
  readonly answers: KeptAnswers | undefined;
  readonly warn: (message: string) => void;
}

/** Reads and writes the journal of one eval, and reads its kept answers. A journal that cannot be written never fails a request. */
export class Recorder {
  readonly #evalName: string;
  readonly #journal: Journal | undefined;
  readonly #answers: KeptAnswers | undefined;
  readonly #warn: (message: string) => void;
  #writable = true;
  #stateMadeBy: string | undefined;

  constructor({ evalName, journal, answers, warn }: RecorderOptions) {
    this.#evalName = evalName;
    this.#journal = journal;
    this.#answers = answers;
    this.#warn = warn;
  }

  /** Whether the eval has created or used something that the API stores, so that none of its responses may be replayed. */
  get stateful(): boolean {
    return this.#journal?.stateful ?? false;
  }

  /** Whether there is any response that may be replayed. */
  get canReplay(): boolean {
    return this.#answers !== undefined || (this.#journal?.replayable ?? 0) > 0;
  }

  /** The first request that created or used something that the API stores: `POST /conversations`; undefined: none. */
  get stateMadeBy(): string | undefined {
    return this.#stateMadeBy;
  }

  /**
   * The recorded response to the n-th identical request; undefined when there is none. A failure that an older version
   * recorded as a response does not count.
   */
  find({ key, nature }: LaneRequest, n: number): Found | undefined {
    if (nature.kind !== 'replayable') return undefined;
    const { endpoint } = nature;
    const isGood = ({ type, body }: ApiResponse) => !failureIn(endpoint, type, body);
    const recorded = this.#journal?.has(key, n) ? this.#journal.find(key, n) : undefined;
    if (recorded && isGood(recorded)) {
      const isEarlier = this.#journal?.isEarlier(key, n) ?? false;
      return { response: recorded, isEarlier, keptAt: undefined };
    }
    const kept = this.#answers?.find(key, n);
    if (!kept || !isGood(kept.response)) return undefined;
    return { response: kept.response, isEarlier: true, keptAt: kept.at };
  }

  /**
   * What these requests were answered, for the next run of the eval. Those without an answer are left out.
   * @param replays whether they were replayed where that was possible
   */
  *answersTo(requests: Iterable<AskedRequest>, replays: boolean): Generator<RecordedAnswer> {
    for (const { key, n } of requests) {
      const recorded = this.#journal?.answer(key, n);
      const kept = !recorded && replays ? this.#answers?.find(key, n) : undefined;
      const answer = kept ? { key, n, ...kept } : recorded;
      // Of a segment that does not say when it was created, which only the first versions made.
      if (answer && answer.at > 0) yield answer;
    }
  }

  record(key: string, n: number, response: ApiResponse): void {
    this.#write((journal) => journal.append(key, n, response));
  }

  /** @param request method and path of a request that creates or uses something that the API stores */
  becomeStateful(request: string): void {
    this.#write((journal) => {
      this.#stateMadeBy = request;
      journal.markStateful();
    });
  }

  /** Writes nothing more. */
  close(): void {
    this.#writable = false;
  }

  #write(work: (journal: Journal) => void): void {
    const journal = this.#journal;
    if (!journal || !this.#writable || journal.stateful) return;
    try {
      work(journal);
    } catch (error) {
      this.#writable = false;
      this.#warn(
        `Responses of ${this.#evalName} cannot be recorded: ${reasonOf(error)}. The eval continues; if it is interrupted, it sends these requests again.`,
      );
    }
  }
}
