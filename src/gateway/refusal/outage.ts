/**
 * Whether the API cannot be reached at all: then the job ends with the cause, instead of each sample of each eval waiting
 * in vain.
 */
import { ApiUnusable } from '../../errors.ts';

/** A request that the API will not answer. Times are milliseconds since the epoch. */
export interface UnansweredRequest {
  /** Tells requests apart. */
  readonly id: string;
  readonly why: string;
  /** Whether no wait helps: somebody has to change something. */
  readonly permanent: boolean;
  /** What to change. */
  readonly advice?: string | undefined;
  readonly firstSentAt: number;
  /** How many times it was sent. */
  readonly attempts: number;
}

/** Milliseconds without any answer after which a job that was never answered ends. */
const UNANSWERED_LIMIT_MS = 10 * 60_000;

/** Different requests without an answer that speak for the API where one may fail for what it holds. */
const ENOUGH = 2;

export class Outage {
  #firstSentAt = 0;
  #lastAnswerAt = 0;
  /** Whether a journal has answered: the API did so in an earlier run. */
  #replayed = false;
  #unanswered = new Set<string>();

  sent(now: number): void {
    this.#firstSentAt ||= now;
  }

  answered(now: number): void {
    this.#lastAnswerAt = now;
    this.#unanswered = new Set();
  }

  replayed(): void {
    this.#replayed = true;
  }

  /** A request failed, and will be sent again. @returns what ends the job; undefined when it is worth waiting */
  retrying(why: string, now: number): ApiUnusable | undefined {
    const elapsed = now - this.#firstSentAt;
    if (this.#lastAnswerAt > 0 || elapsed < UNANSWERED_LIMIT_MS) return undefined;
    return unreachable(`has not answered for ${minutes(elapsed)}: ${why}`);
  }

  /** A request was given up. @returns what ends the job; undefined when it is about this request */
  gaveUp(
    { id, why, permanent, advice, firstSentAt, attempts }: UnansweredRequest,
    now: number,
  ): ApiUnusable | undefined {
    if (this.#lastAnswerAt >= firstSentAt) return undefined;
    if (permanent && this.#lastAnswerAt === 0) return unreachable(`cannot be used: ${why}`, advice);
    this.#unanswered.add(id);
    // All attempts of one request tell enough where nothing was ever answered.
    const one = this.#lastAnswerAt === 0 && !this.#replayed && attempts > 1;
    if (!one && this.#unanswered.size < ENOUGH) return undefined;
    return unreachable(`has not answered for ${minutes(now - firstSentAt)}: ${why}`, advice);
  }
}

function unreachable(what: string, advice?: string): ApiUnusable {
  return new ApiUnusable(
    'API_UNREACHABLE',
    `the API ${what}`,
    advice ?? 'Check the status of the API, its rate limit, and that this runner can reach it.',
  );
}

function minutes(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
