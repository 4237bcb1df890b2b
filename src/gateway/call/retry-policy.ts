/** When a failed request is retried, and when the gateway gives up. Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import { firstValue } from '../upstream/headers.ts';

export interface RetryPolicy {
  /**
   * No attempt starts later than this, in milliseconds since the request was first sent or, when a rate limit refused the
   * last attempt, since any request last succeeded.
   */
  readonly maxElapsedMs: number;
  /** The longest delay that the API may ask for; a longer Retry-After fails the request instead of blocking the queue. */
  readonly maxRetryAfterMs: number;
  /** Maximum failed attempts. A 429 does not count while other requests succeed or when it came with Retry-After. */
  readonly maxAttempts: number;
  /** The longest first delay when the API does not ask for one; it doubles with each retry, up to `maxDelayMs`. */
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  /** The longest pause after a successful response whose headers say that the rate limit is used up. */
  readonly maxPauseMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  // A reasoning model may be silent for almost as long as a connection may be, and its response may then be lost.
  maxElapsedMs: 30 * 60_000,
  maxRetryAfterMs: 10 * 60_000,
  maxAttempts: 12,
  initialDelayMs: 500,
  maxDelayMs: 60_000,
  maxPauseMs: 60_000,
};

/** What has happened to a request so far. Times are milliseconds since the epoch. */
export interface RetryHistory {
  readonly failedAttempts: number;
  readonly retries: number;
  /** When the attempt before the last one was sent; infinite when there was none. */
  readonly previousSentAt: number;
}

export const noRetries: RetryHistory = {
  failedAttempts: 0,
  retries: 0,
  previousSentAt: Number.POSITIVE_INFINITY,
};

/** A failed attempt. Times are milliseconds since the epoch. */
export interface FailedAttempt {
  readonly firstSentAt: number;
  readonly sentAt: number;
  readonly now: number;
  /** When any request of the job last succeeded; 0: never. */
  readonly lastSuccessAt: number;
  /** Whether a rate limit refused it. */
  readonly throttled: boolean;
  /** Milliseconds that the API asks to wait; undefined: it does not say. */
  readonly retryAfterMs: number | undefined;
}

export type RetryDecision =
  | { readonly kind: 'retry'; readonly delayMs: number; readonly history: RetryHistory }
  | { readonly kind: 'give-up' };

export function decideRetry(
  policy: RetryPolicy,
  history: RetryHistory,
  failed: FailedAttempt,
  random = Math.random,
): RetryDecision {
  const { throttled, retryAfterMs, lastSuccessAt, firstSentAt, sentAt, now } = failed;
  // Such a request waits for its turn at the rate limit; it has not failed.
  const throttledWhileOthersSucceed = throttled && lastSuccessAt >= history.previousSentAt;
  const throttledWithDelay = throttled && retryAfterMs !== undefined;
  const counts = !throttledWhileOthersSucceed && !throttledWithDelay;
  const failedAttempts = history.failedAttempts + (counts ? 1 : 0);
  const retries = history.retries + 1;
  const delayMs = retryAfterMs ?? backoff(retries, policy, random);
  const elapsedMs = now - (throttled ? Math.max(firstSentAt, lastSuccessAt) : firstSentAt);
  if (
    failedAttempts >= policy.maxAttempts ||
    delayMs > policy.maxRetryAfterMs ||
    elapsedMs + delayMs > policy.maxElapsedMs
  )
    return { kind: 'give-up' };
  return { kind: 'retry', delayMs, history: { failedAttempts, retries, previousSentAt: sentAt } };
}

/**
 * An exponential delay with jitter, so that requests that failed together do not return together. `retries` counts from 1.
 */
export function backoff(
  retries: number,
  { initialDelayMs, maxDelayMs }: RetryPolicy,
  random = Math.random,
): number {
  const longestMs = Math.min(maxDelayMs, initialDelayMs * 2 ** (retries - 1));
  return longestMs / 2 + (random() * longestMs) / 2;
}

/**
 * A delay somewhat longer than the API asks for: jobs that were delayed together do not return together, and a job that
 * is repeatedly asked to wait for one millisecond does not return every millisecond.
 */
export function advisedDelay(
  retryAfterMs: number,
  { initialDelayMs }: RetryPolicy,
  random = Math.random,
): number {
  return Math.max(retryAfterMs, initialDelayMs / 2) + random() * Math.min(1000, retryAfterMs / 10);
}

/**
 * Milliseconds that the API asks to wait (`retry-after-ms`, `Retry-After` in seconds or as a date); undefined: it does not
 * say. Zero or a date in the past is ignored, so that an API that keeps sending it does not get all retries at once.
 */
export function retryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const text = firstValue(headers, 'retry-after');
  const seconds = Number(text) * 1000;
  const delays = [
    Number(firstValue(headers, 'retry-after-ms')),
    seconds,
    Number.isNaN(seconds) ? Date.parse(text) - now : 0,
  ];
  return delays.find((delay) => delay > 0 && Number.isFinite(delay));
}

/**
 * Milliseconds until the rate limit is reset, when the response says that nothing is left of it (OpenAI:
 * `x-ratelimit-remaining-requests: 0`, `x-ratelimit-reset-requests: 6m0s`; likewise `-tokens`).
 */
export function rateLimitReset(headers: IncomingHttpHeaders): number | undefined {
  const delays = ['requests', 'tokens']
    .filter((unit) => firstValue(headers, `x-ratelimit-remaining-${unit}`) === '0')
    .map((unit) => goDuration(firstValue(headers, `x-ratelimit-reset-${unit}`)) ?? 0);
  return Math.max(0, ...delays) || undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The milliseconds of a duration as Go prints it: `1s`, `6m0s`, `20ms`, `1.5s`. */
function goDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
  return [...parts].reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNIT_MS[unit] ?? 0), 0);
}
