import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  advisedDelay,
  backoff,
  decideRetry,
  defaultRetryPolicy,
  type FailedAttempt,
  noRetries,
  rateLimitReset,
  retryAfter,
} from '../../../../src/gateway/call/retry-policy.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('retryAfter: milliseconds of', () => {
  test.each<[string, IncomingHttpHeaders, number | undefined]>([
    ['seconds', { 'retry-after': '20' }, 20_000],
    ['a fraction of a second', { 'retry-after': '0.5' }, 500],
    ['seconds with spaces', { 'retry-after': ' 2 ' }, 2000],
    ['a day', { 'retry-after': '86400' }, 86_400_000],
    ['a date', { 'retry-after': 'Sun, 01 Mar 2026 12:00:07 GMT' }, 7000],
    [
      'retry-after-ms, which is more exact than Retry-After',
      { 'retry-after-ms': '1250', 'retry-after': '2' },
      1250,
    ],
    ['retry-after-ms alone, as Azure sends it', { 'retry-after-ms': '3000' }, 3000],
    [
      'Retry-After when retry-after-ms is not a number',
      { 'retry-after-ms': 'soon', 'retry-after': '2' },
      2000,
    ],
    ['Retry-After when retry-after-ms is empty', { 'retry-after-ms': '', 'retry-after': '2' }, 2000],
    ['Retry-After when retry-after-ms is 0', { 'retry-after-ms': '0', 'retry-after': '2' }, 2000],
    ['no header: none', {}, undefined],
    ['an empty text: none', { 'retry-after': '' }, undefined],
    ['spaces: none', { 'retry-after': '  ' }, undefined],
    ['words: none', { 'retry-after': 'a while' }, undefined],
    ['0: none', { 'retry-after': '0' }, undefined],
    ['a negative number: none', { 'retry-after': '-1' }, undefined],
    ['Infinity: none', { 'retry-after': 'Infinity' }, undefined],
    [
      'a date in the past, by a wrong clock: none',
      { 'retry-after': 'Sun, 01 Mar 2026 11:59:00 GMT' },
      undefined,
    ],
    ['the present second: none', { 'retry-after': 'Sun, 01 Mar 2026 12:00:00 GMT' }, undefined],
  ])('%s', (_, headers, expected) => {
    expect(retryAfter(headers, NOW)).toBe(expected);
  });
});

describe('rateLimitReset: milliseconds of', () => {
  const limit = (unit: string, remaining: string, reset?: string): IncomingHttpHeaders => ({
    [`x-ratelimit-remaining-${unit}`]: remaining,
    ...(reset === undefined ? {} : { [`x-ratelimit-reset-${unit}`]: reset }),
  });

  test.each<[string, IncomingHttpHeaders, number | undefined]>([
    ['seconds', limit('requests', '0', '1s'), 1000],
    ['minutes and seconds', limit('requests', '0', '6m0s'), 360_000],
    ['milliseconds', limit('requests', '0', '12ms'), 12],
    ['fractions of seconds', limit('tokens', '0', '8.64s'), 8640],
    ['minutes and fractions of seconds', limit('tokens', '0', '1m26.4s'), 86_400],
    ['hours', limit('requests', '0', '23h59m59s'), 86_399_000],
    [
      'the longer of two used-up limits',
      { ...limit('requests', '0', '20ms'), ...limit('tokens', '0', '3s') },
      3000,
    ],
    [
      'the used-up limit, not of the other one',
      { ...limit('requests', '0', '20ms'), ...limit('tokens', '149984', '6m0s') },
      20,
    ],
    [
      'one limit when the reset of the other is invalid',
      { ...limit('requests', '0', '20ms'), ...limit('tokens', '0', 'later') },
      20,
    ],
    ['a limit that is not used up: none', limit('requests', '59', '1s'), undefined],
    ['a used-up limit without a reset: none', limit('requests', '0'), undefined],
    ['an invalid reset: none', limit('requests', '0', '1d'), undefined],
    ['a reset without a unit: none', limit('requests', '0', '60'), undefined],
    ['a reset in 0 s: none', limit('requests', '0', '0s'), undefined],
    ['no headers: none', {}, undefined],
  ])('%s', (_, headers, expected) => {
    expect(rateLimitReset(headers)).toBe(expected);
  });
});

describe('backoff', () => {
  const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 500, maxDelayMs: 8000 };

  test.each([
    [1, 250, 500],
    [2, 500, 1000],
    [3, 1000, 2000],
    [5, 4000, 8000],
    [6, 4000, 8000],
    [2000, 4000, 8000],
  ])('retry %i waits between %i and %i ms', (retries, least, most) => {
    expect(backoff(retries, retryPolicy, () => 0)).toBe(least);
    expect(backoff(retries, retryPolicy, () => 1)).toBe(most);
    expect(backoff(retries, retryPolicy, () => 0.5)).toBe((least + most) / 2);
  });

  test('all delays of a request together are shorter than maxElapsedMs', () => {
    const delays = Array.from({ length: defaultRetryPolicy.maxAttempts - 1 }, (_, i) =>
      backoff(i + 1, defaultRetryPolicy, () => 1),
    );
    expect(delays.reduce((sum, delay) => sum + delay, 0)).toBeLessThan(defaultRetryPolicy.maxElapsedMs);
  });
});

describe('advisedDelay', () => {
  const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 500 };

  test.each([
    ['half of the initial delay when the API asks for less', 1, 250, 250.1],
    ['what the API asks for', 400, 400, 440],
    ['at most a tenth more', 5000, 5000, 5500],
    ['at most a second more', 60_000, 60_000, 61_000],
  ])('waits %s (asked for %i ms: %f to %f ms)', (_, asked, least, most) => {
    expect(advisedDelay(asked, retryPolicy, () => 0)).toBe(least);
    expect(advisedDelay(asked, retryPolicy, () => 1)).toBe(most);
  });
});

describe('decideRetry', () => {
  const policy = { ...defaultRetryPolicy, maxAttempts: 3, maxElapsedMs: 10_000, maxRetryAfterMs: 5000 };
  const failed: FailedAttempt = {
    firstSentAt: 1000,
    sentAt: 2000,
    now: 3000,
    lastSuccessAt: 0,
    throttled: false,
    retryAfterMs: undefined,
  };
  const onlyOneLeft = { failedAttempts: 2, retries: 2, previousSentAt: 1000 };

  test('waits as long as the API asks, and remembers when the attempt was sent', () => {
    expect(decideRetry(policy, noRetries, { ...failed, retryAfterMs: 700 })).toEqual({
      kind: 'retry',
      delayMs: 700,
      history: { failedAttempts: 1, retries: 1, previousSentAt: 2000 },
    });
  });

  test('backs off when the API does not ask for a delay', () => {
    expect(decideRetry(policy, noRetries, failed, () => 1)).toMatchObject({ delayMs: policy.initialDelayMs });
  });

  test.each<[string, Partial<FailedAttempt>]>([
    ['a rate limit while other requests succeed', { throttled: true, lastSuccessAt: 1000 }],
    ['a rate limit with a delay', { throttled: true, retryAfterMs: 1 }],
  ])('does not count %s as a failed attempt', (_, more) => {
    expect(decideRetry(policy, onlyOneLeft, { ...failed, ...more })).toMatchObject({
      kind: 'retry',
      history: { failedAttempts: 2, retries: 3 },
    });
  });

  test.each<[string, Partial<FailedAttempt>]>([
    ['after maxAttempts failed attempts', {}],
    ['after maxAttempts failed attempts with a delay', { retryAfterMs: 1 }],
    ['after maxAttempts rate limits that no request gets through', { throttled: true, lastSuccessAt: 999 }],
  ])('gives up %s', (_, more) => {
    expect(decideRetry(policy, onlyOneLeft, { ...failed, ...more })).toEqual({ kind: 'give-up' });
  });

  test.each<[string, Partial<FailedAttempt>, 'retry' | 'give-up']>([
    ['retries within maxElapsedMs since the first attempt', { now: 10_999, retryAfterMs: 1 }, 'retry'],
    ['gives up beyond maxElapsedMs since the first attempt', { now: 11_000, retryAfterMs: 1 }, 'give-up'],
    [
      'counts maxElapsedMs of a rate limit from the last success of any request',
      { now: 11_000, retryAfterMs: 1, throttled: true, lastSuccessAt: 5000 },
      'retry',
    ],
    ['retries after a delay of maxRetryAfterMs', { retryAfterMs: 5000 }, 'retry'],
    ['gives up at a delay beyond maxRetryAfterMs', { retryAfterMs: 5001 }, 'give-up'],
  ])('%s', (_, more, kind) => {
    expect(decideRetry(policy, noRetries, { ...failed, ...more }).kind).toBe(kind);
  });
});
