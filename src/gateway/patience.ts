/** How long to wait before the next try, and when to stop trying. Pure. */
import type { IncomingHttpHeaders } from 'node:http';

export interface Patience {
  /**
   * No new try is begun when it would begin later than this, in milliseconds since the first was sent or, for a request that
   * only a rate limit holds back, since the API last answered anyone.
   */
  readonly longest: number;
  /** The longest wait that the API may ask for, in milliseconds: who is sent away for a day does not stand in line. */
  readonly longestAdvised: number;
  /** Tries that may fail; those that a rate limit holds back while others are answered, or told when to come, are not counted. */
  readonly mostTries: number;
  /** The first wait without advice of the server, in milliseconds; each further one may be twice as long. */
  readonly firstWait: number;
  readonly longestWait: number;
  /** A successful answer that says the limit is used up slows the next one so long at most; it does not stop the job for an hour. */
  readonly longestPause: number;
}

export const defaultPatience: Patience = {
  // An answer of a reasoning model may take most of the time that a connection may be silent, and be lost then.
  longest: 30 * 60_000,
  longestAdvised: 10 * 60_000,
  mostTries: 12,
  firstWait: 500,
  longestWait: 60_000,
  longestPause: 60_000,
};

/** Exponential, with jitter: requests that failed together do not come back together. `tries` counts from 1. */
export function backoff(tries: number, { firstWait, longestWait }: Patience, random = Math.random): number {
  const most = Math.min(longestWait, firstWait * 2 ** (tries - 1));
  return most / 2 + (random() * most) / 2;
}

/**
 * Somewhat later than the API asks for: jobs that were sent away together do not come back together, and one that is sent
 * away again and again does not come back each millisecond.
 */
export function advisedWait(asked: number, { firstWait }: Patience, random = Math.random): number {
  return Math.max(asked, firstWait / 2) + random() * Math.min(1000, asked / 10);
}

/**
 * Milliseconds the server asks to wait (`retry-after-ms`, `Retry-After` in seconds or as a date); undefined: it does not
 * say, or says that the time has come. Who has just refused is not to be asked again at once, twelve times in a row.
 */
export function retryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const text = headers['retry-after'] ?? '';
  const seconds = Number(text) * 1000;
  const waits = [
    Number(headers['retry-after-ms']),
    seconds,
    Number.isNaN(seconds) ? Date.parse(text) - now : 0,
  ];
  return waits.find((wait) => wait > 0 && Number.isFinite(wait));
}

/**
 * Milliseconds until the rate limit is reset, when the answer says that nothing is left of it (OpenAI:
 * `x-ratelimit-remaining-requests: 0`, `x-ratelimit-reset-requests: 6m0s`; likewise `-tokens`).
 */
export function rateLimitReset(headers: IncomingHttpHeaders): number | undefined {
  const waits = ['requests', 'tokens']
    .filter((unit) => headers[`x-ratelimit-remaining-${unit}`] === '0')
    .map((unit) => goDuration(String(headers[`x-ratelimit-reset-${unit}`] ?? '')) ?? 0);
  return Math.max(0, ...waits) || undefined;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `1s`, `6m0s`, `20ms`, `1.5s`, in milliseconds. */
function goDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
  return [...parts].reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
}
