import { expect, test } from 'vitest';
import { dollars } from '../../../src/model/format.ts';
import { amount, percent, points } from '../../../src/report/numbers.ts';

test.for<[string, string, string]>([
  ['percent', percent(0.8124), '81.2 %'],
  ['points down', points(-0.0371), '−3.7'],
  ['points up', points(0.02), '+2.0'],
  ['nearly no points down', points(-0.00001), '0.0'],
  ['nearly no points up', points(0.00001), '0.0'],
  ['a small amount', amount(9_999), '9,999'],
  ['thousands', amount(81_234), '81 k'],
  ['nearly a million', amount(999_700), '1.0 M'],
  ['millions', amount(1_234_567), '1.2 M'],
  ['billions', amount(1_234_567_890), '1.2 G'],
  ['dollars', dollars(1.836), '$1.84'],
  ['cents', dollars(0.05), '$0.05'],
  ['a fraction of a cent', dollars(0.00421), '$0.0042'],
  ['no dollars', dollars(0), '$0.00'],
])('numbers of reports: %s', ([, text, expected]) => {
  expect(text).toBe(expected);
});
