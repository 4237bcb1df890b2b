/** How many requests an eval that runs keeps open: first what its samples and threads suggest, then what it has shown. */

/** What is known of one eval at a moment. */
export interface EvalActivity {
  /** Whether its process exists. It has to wait while Python is being installed, or the warm host starts. */
  readonly hasProcess: boolean;
  /** Requests without a complete response. */
  readonly openRequests: number;
  /** Responses received so far, replayed ones included. */
  readonly responses: number;
}

/** After its first request, an eval shows within this time how many requests it keeps open. */
const RAMP_MS = 1000;

/** A process that has sent no request for this long keeps none open. Importing evals takes a few seconds. */
const SILENT_MS = 5000;

/** All responses of a round may arrive together. The next round is open again well within this time. */
const DIP_MS = 1000;

export class EvalDemand {
  readonly #expected: number;
  readonly #samples: number;
  #processSince: number | undefined;
  #firstRequestAt: number | undefined;
  #peak = 0;
  #peakAt = 0;

  /**
   * @param threads samples that evals evaluate at the same time
   * @param samples null when the plan does not know them
   */
  constructor(threads: number, samples: number | null) {
    this.#samples = samples ?? Number.POSITIVE_INFINITY;
    this.#expected = Math.min(threads, this.#samples);
  }

  /**
   * Must be called a few times a second, so that it sees how many requests are open.
   * @param now milliseconds of any clock
   */
  requests({ hasProcess, openRequests, responses }: EvalActivity, now: number): number {
    if (hasProcess) this.#processSince ??= now;
    if (openRequests + responses > 0) this.#firstRequestAt ??= now;
    if (openRequests >= this.#peak || now - this.#peakAt > DIP_MS) {
      this.#peak = openRequests;
      this.#peakAt = now;
    }
    // Most evals send one request for each sample. Those that send more show it by what they have open.
    const left = Math.max(0, this.#samples - responses);
    const likely = this.#isRamping(now) ? Math.max(this.#expected, this.#peak) : this.#peak;
    return Math.max(openRequests, Math.min(likely, left));
  }

  #isRamping(now: number): boolean {
    if (this.#firstRequestAt !== undefined) return now - this.#firstRequestAt < RAMP_MS;
    return this.#processSince === undefined || now - this.#processSince < SILENT_MS;
  }
}
