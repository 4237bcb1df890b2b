import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  advisedDelay,
  backoff,
  defaultRetryPolicy,
  rateLimitReset,
  retryAfter,
} from '../../../../src/gateway/call/retry-policy.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('what Retry-After asks for, in milliseconds', () => {
  test.each<[string, IncomingHttpHeaders, number | undefined]>([
    ['seconds', { 'retry-after': '20' }, 20_000],
    ['parts of a second', { 'retry-after': '0.5' }, 500],
    ['seconds with spaces', { 'retry-after': ' 2 ' }, 2000],
    ['a day', { 'retry-after': '86400' }, 86_400_000],
    ['a date', { 'retry-after': 'Sun, 01 Mar 2026 12:00:07 GMT' }, 7000],
    ['milliseconds, which are more exact', { 'retry-after-ms': '1250', 'retry-after': '2' }, 1250],
    ['milliseconds alone, as Azure sends them', { 'retry-after-ms': '3000' }, 3000],
    ['milliseconds that are no number', { 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
    ['milliseconds that are empty', { 'retry-after-ms': '', 'retry-after': '2' }, 2000],
    ['milliseconds that are over', { 'retry-after-ms': '0', 'retry-after': '2' }, 2000],
    ['nothing', {}, undefined],
    ['an empty text', { 'retry-after': '' }, undefined],
    ['spaces', { 'retry-after': '  ' }, undefined],
    ['words', { 'retry-after': 'a while' }, undefined],
    ['no time at all', { 'retry-after': '0' }, undefined],
    ['less than that', { 'retry-after': '-1' }, undefined],
    ['for ever', { 'retry-after': 'Infinity' }, undefined],
    [
      'a date that is past, by a clock that goes wrong',
      { 'retry-after': 'Sun, 01 Mar 2026 11:59:00 GMT' },
      undefined,
    ],
    ['this very second', { 'retry-after': 'Sun, 01 Mar 2026 12:00:00 GMT' }, undefined],
  ])('%s', (_, headers, expected) => {
    expect(retryAfter(headers, NOW)).toBe(expected);
  });
});

describe('when a limit that is used up is reset, in milliseconds', () => {
  const limit = (unit: string, remaining: string, reset?: string): IncomingHttpHeaders => ({
    [`x-ratelimit-remaining-${unit}`]: remaining,
    ...(reset === undefined ? {} : { [`x-ratelimit-reset-${unit}`]: reset }),
  });

  test.each<[string, IncomingHttpHeaders, number | undefined]>([
    ['seconds', limit('requests', '0', '1s'), 1000],
    ['minutes and seconds', limit('requests', '0', '6m0s'), 360_000],
    ['milliseconds', limit('requests', '0', '12ms'), 12],
    ['parts of seconds', limit('tokens', '0', '8.64s'), 8640],
    ['minutes and parts of seconds', limit('tokens', '0', '1m26.4s'), 86_400],
    ['hours', limit('requests', '0', '23h59m59s'), 86_399_000],
    ['the longer of both', { ...limit('requests', '0', '20ms'), ...limit('tokens', '0', '3s') }, 3000],
    [
      'only of what is used up',
      { ...limit('requests', '0', '20ms'), ...limit('tokens', '149984', '6m0s') },
      20,
    ],
    [
      'one of them, when the other cannot be read',
      { ...limit('requests', '0', '20ms'), ...limit('tokens', '0', 'later') },
      20,
    ],
    ['nothing while something is left', limit('requests', '59', '1s'), undefined],
    ['nothing without a time', limit('requests', '0'), undefined],
    ['nothing for a time that cannot be read', limit('requests', '0', '1d'), undefined],
    ['nothing for a number without a unit', limit('requests', '0', '60'), undefined],
    ['nothing for a time that has come', limit('requests', '0', '0s'), undefined],
    ['nothing without a limit', {}, undefined],
  ])('%s', (_, headers, expected) => {
    expect(rateLimitReset(headers)).toBe(expected);
  });
});

describe('the wait without advice', () => {
  const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 500, maxDelayMs: 8000 };

  test.each([
    [1, 250, 500],
    [2, 500, 1000],
    [3, 1000, 2000],
    [5, 4000, 8000],
    [6, 4000, 8000],
    [2000, 4000, 8000],
  ])('after try %i: from %i to %i ms', (tries, least, most) => {
    expect(backoff(tries, retryPolicy, () => 0)).toBe(least);
    expect(backoff(tries, retryPolicy, () => 1)).toBe(most);
    expect(backoff(tries, retryPolicy, () => 0.5)).toBe((least + most) / 2);
  });

  test('all of them together fit into the retryPolicy that a request has', () => {
    const waits = Array.from({ length: defaultRetryPolicy.maxAttempts - 1 }, (_, i) =>
      backoff(i + 1, defaultRetryPolicy, () => 1),
    );
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(defaultRetryPolicy.maxElapsedMs);
  });
});

describe('the wait that is asked for', () => {
  const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 500 };

  test.each([
    ['half of the first wait, and not each millisecond', 1, 250, 250.1],
    ['what is asked for', 400, 400, 440],
    ['a tenth more', 5000, 5000, 5500],
    ['not more than a second more', 60_000, 60_000, 61_000],
  ])('at least and at most: %s', (_, asked, least, most) => {
    expect(advisedDelay(asked, retryPolicy, () => 0)).toBe(least);
    expect(advisedDelay(asked, retryPolicy, () => 1)).toBe(most);
  });
});
