import { reasonOf } from '../../errors.ts';
import type { ApiResponse } from '../../model/api-response.ts';
import type { Journal } from '../../progress/journal.ts';
import { failureIn } from '../response/response-check.ts';
import type { LaneRequest } from './lane-request.ts';

/** Reads and writes the journal of one eval. A journal that cannot be written never fails a request. */
export class Recorder {
  readonly #evalName: string;
  readonly #journal: Journal | undefined;
  readonly #warn: (message: string) => void;
  #writable = true;
  #stateMadeBy: string | undefined;

  /** @param journal undefined: nothing is recorded or replayed */
  constructor(evalName: string, journal: Journal | undefined, warn: (message: string) => void) {
    this.#evalName = evalName;
    this.#journal = journal;
    this.#warn = warn;
  }

  /** Whether the eval has created or used something that the API stores, so that none of its responses may be replayed. */
  get stateful(): boolean {
    return this.#journal?.stateful ?? false;
  }

  /** The first request that created or used something that the API stores: `POST /conversations`; undefined: none. */
  get stateMadeBy(): string | undefined {
    return this.#stateMadeBy;
  }

  /**
   * The recorded response to the n-th identical request; undefined when there is none. A failure that an older version
   * recorded as a response does not count.
   */
  find({ key, nature }: LaneRequest, n: number): ApiResponse | undefined {
    if (nature.kind !== 'replayable' || !this.#journal?.has(key, n)) return undefined;
    const recorded = this.#journal.find(key, n);
    if (!recorded || failureIn(nature.endpoint, recorded.type, recorded.body)) return undefined;
    return recorded;
  }

  /** Whether an earlier run recorded the response to the n-th identical request. */
  isEarlier(key: string, n: number): boolean {
    return this.#journal?.isEarlier(key, n) ?? false;
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
