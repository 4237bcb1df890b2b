/**
 * Whether the API cannot be reached at all: then the job ends with the cause, before every sample of every eval has failed.
 */
import { ApiUnusable } from '../../errors.ts';

/** A request that the API will never answer. Times are milliseconds since the epoch. */
export interface UnansweredRequest {
  /** The same for identical requests. */
  readonly id: string;
  readonly why: string;
  /** Whether retrying does not help: somebody has to change something. */
  readonly permanent: boolean;
  /** What to change. */
  readonly advice?: string | undefined;
  readonly firstSentAt: number;
  /** How many times it was sent. */
  readonly attempts: number;
}

/** How long a job may run without a first success. */
const MAX_MS_WITHOUT_SUCCESS = 10 * 60_000;

/** This many different unanswered requests indicate an outage; a single one may fail because of its content. */
const MIN_UNANSWERED = 2;

export class Outage {
  #firstSentAt = 0;
  #lastSuccessAt = 0;
  /** Whether a response was replayed: the API worked in an earlier run. */
  #replayed = false;
  #isFailing = false;
  #unanswered = new Set<string>();

  /** Whether the newest response was a failure that is retried. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  sent(now: number): void {
    this.#firstSentAt ||= now;
  }

  succeeded(now: number): void {
    this.#lastSuccessAt = now;
    this.#isFailing = false;
    this.#unanswered = new Set();
  }

  replayed(): void {
    this.#replayed = true;
  }

  /** A request failed and will be retried. @returns what ends the job; undefined when the API may still respond */
  retrying(why: string, now: number): ApiUnusable | undefined {
    this.#isFailing = true;
    const elapsed = now - this.#firstSentAt;
    if (this.#lastSuccessAt > 0 || elapsed < MAX_MS_WITHOUT_SUCCESS) return undefined;
    return unreachable(`has not responded for ${shortDuration(elapsed)}: ${why}`);
  }

  /** A request will not be retried. @returns what ends the job; undefined when only this request is affected */
  gaveUp(
    { id, why, permanent, advice, firstSentAt, attempts }: UnansweredRequest,
    now: number,
  ): ApiUnusable | undefined {
    if (this.#lastSuccessAt >= firstSentAt) return undefined;
    if (permanent && this.#lastSuccessAt === 0) return unreachable(`cannot be used: ${why}`, advice);
    this.#unanswered.add(id);
    // If nothing has ever succeeded, one request that failed in all its attempts is enough.
    const oneIsEnough = this.#lastSuccessAt === 0 && !this.#replayed && attempts > 1;
    if (!oneIsEnough && this.#unanswered.size < MIN_UNANSWERED) return undefined;
    return unreachable(`has not responded for ${shortDuration(now - firstSentAt)}: ${why}`, advice);
  }
}

function unreachable(what: string, advice?: string): ApiUnusable {
  return new ApiUnusable(
    'API_UNREACHABLE',
    `the API ${what}`,
    advice ?? 'Check the status of the API, its rate limit, and whether this runner can reach it.',
  );
}

function shortDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
