import { expect, test } from 'vitest';
import {
  costText,
  differenceRangeText,
  isRate,
  rangeText,
  timeText,
  valueText,
} from '../../../../src/report/html/numbers.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test.for<[string, string, string]>([
  ['a rate', valueText(1, true), '100.0 %'],
  ['a score', valueText(-0.412345, false), '−0.4123'],
  ['a score that is no number', valueText('NaN', true), 'NaN'],
  ['a range of rates', rangeText({ low: 0.75, high: 0.864 }, true), '75.0 … 86.4 %'],
  ['a range of scores', rangeText({ low: -1.5, high: 2 }, false), '−1.5 … 2'],
  ['a range of points', differenceRangeText({ low: -0.052, high: 0.01 }, true), '−5.2 … +1.0 pp'],
  ['an unknown price', costText(null), 'not known'],
  ['a time', timeText('2026-01-01T00:10:59.123Z'), '2026-01-01 00:10 UTC'],
  ['a time that is none', timeText('yesterday\u202e'), 'yesterday\\u202e'],
])('numbers: %s', ([, text, expected]) => {
  expect(plain(text)).toBe(expected);
});

test('numbers: a rate is known by its interval or by its name, and is between 0 and 1', () => {
  const interval = { low: 0.1, high: 0.3, method: 'wilson', n: 20 } as const;
  expect(isRate({ name: 'solved', value: 0.2, interval })).toBe(true);
  expect(isRate({ name: 'accuracy', value: 0.2, interval: null })).toBe(true);
  expect(isRate({ name: 'score', value: 0.2, interval: null })).toBe(false);
  expect(isRate({ name: 'accuracy', value: 20, interval: null })).toBe(false);
});
