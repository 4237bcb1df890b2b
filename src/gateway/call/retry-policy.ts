/** When a request that failed is sent again, and when it is given up. Pure. */
import type { IncomingHttpHeaders } from 'node:http';

export interface RetryPolicy {
  /**
   * No attempt starts later than this, in milliseconds since the request was first sent or, for a request that only a rate
   * limit holds back, since the API last answered any request.
   */
  readonly maxElapsedMs: number;
  /** The longest wait that the API may ask for; a longer Retry-After fails the request instead of blocking the queue. */
  readonly maxRetryAfterMs: number;
  /** Maximum failed attempts. A 429 does not count while other requests succeed or when it came with Retry-After. */
  readonly maxAttempts: number;
  /** The first delay when the server names none; each further one may be twice as long. */
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  /** Longest pause after a successful response whose headers say that the rate limit is used up. */
  readonly maxPauseMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  // A response of a reasoning model may take most of the time that a connection may be silent, and be lost then.
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
  /** When the API last answered any request of the job; 0: never. */
  readonly lastAnswerAt: number;
  /** By a rate limit. */
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
  const { throttled, retryAfterMs, lastAnswerAt, firstSentAt, sentAt, now } = failed;
  // A rate limit is not the fault of a request that waits for its turn while the API answers others.
  const waitsForTurn = throttled && (retryAfterMs !== undefined || lastAnswerAt >= history.previousSentAt);
  const failedAttempts = history.failedAttempts + (waitsForTurn ? 0 : 1);
  const retries = history.retries + 1;
  const delayMs = retryAfterMs ?? backoff(retries, policy, random);
  const since = throttled ? Math.max(firstSentAt, lastAnswerAt) : firstSentAt;
  if (
    failedAttempts >= policy.maxAttempts ||
    delayMs > policy.maxRetryAfterMs ||
    now - since + delayMs > policy.maxElapsedMs
  )
    return { kind: 'give-up' };
  return { kind: 'retry', delayMs, history: { failedAttempts, retries, previousSentAt: sentAt } };
}

/** Exponential, with jitter: requests that failed together do not return together. `retries` counts from 1. */
export function backoff(
  retries: number,
  { initialDelayMs, maxDelayMs }: RetryPolicy,
  random = Math.random,
): number {
  const longest = Math.min(maxDelayMs, initialDelayMs * 2 ** (retries - 1));
  return longest / 2 + (random() * longest) / 2;
}

/**
 * Somewhat later than the API asks for: jobs that were delayed together do not return together, and one that is delayed
 * again and again does not return each millisecond.
 */
export function advisedDelay(askedMs: number, { initialDelayMs }: RetryPolicy, random = Math.random): number {
  return Math.max(askedMs, initialDelayMs / 2) + random() * Math.min(1000, askedMs / 10);
}

/**
 * Milliseconds the server asks to wait (`retry-after-ms`, `Retry-After` in seconds or as a date); undefined: it does not
 * say. Zero or a date in the past is ignored, so that a server that keeps sending it is not retried twelve times at once.
 */
export function retryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const text = firstOf(headers['retry-after']);
  const seconds = Number(text) * 1000;
  const waits = [
    Number(firstOf(headers['retry-after-ms'])),
    seconds,
    Number.isNaN(seconds) ? Date.parse(text) - now : 0,
  ];
  return waits.find((wait) => wait > 0 && Number.isFinite(wait));
}

/**
 * Milliseconds until the rate limit is reset, when the response says that nothing is left of it (OpenAI:
 * `x-ratelimit-remaining-requests: 0`, `x-ratelimit-reset-requests: 6m0s`; likewise `-tokens`).
 */
export function rateLimitReset(headers: IncomingHttpHeaders): number | undefined {
  const waits = ['requests', 'tokens']
    .filter((unit) => firstOf(headers[`x-ratelimit-remaining-${unit}`]) === '0')
    .map((unit) => goDuration(firstOf(headers[`x-ratelimit-reset-${unit}`])) ?? 0);
  return Math.max(0, ...waits) || undefined;
}

/** A header that was sent twice is a list. */
function firstOf(value: string | readonly string[] | undefined): string {
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `1s`, `6m0s`, `20ms`, `1.5s`, in milliseconds. */
function goDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
  return [...parts].reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
}
