import { expect, test } from 'vitest';
import { counted, duration, probabilityText, wholeNumber } from '../../../src/model/format.ts';

test.for([
  [0, '0.0 s'],
  [4_120, '4.1 s'],
  [60_000, '1 min 0 s'],
  [119_400, '1 min 59 s'],
  // Rounded before it is split: there is no `1 min 60 s`.
  [119_600, '2 min 0 s'],
  [3_599_900, '1 h 0 min'],
  [7_500_000, '2 h 5 min'],
] as const)('duration: %i ms are formatted as %s', ([milliseconds, text]) => {
  expect(duration(milliseconds)).toBe(text);
});

test.each([
  [0, '0 requests'],
  [1, '1 request'],
  [1200, '1,200 requests'],
])('counted: %i is "%s"', (count, text) => {
  expect(counted(count, 'request')).toBe(text);
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1_234_567, '1,234,567'],
  [-100_000, '-100,000'],
])('wholeNumber: %i is "%s"', (value, text) => {
  expect(wholeNumber(value)).toBe(text);
});

test.for([
  [1, '= 1'],
  [0.42, '= 0.42'],
  [0.099, '= 0.099'],
  [0.05, '= 0.05'],
  // It is significant.
  [0.0499999, '= 0.049'],
  [0.009766, '= 0.01'],
  [0.001953, '= 0.002'],
  [0.001, '= 0.001'],
  [0.000999, '< 0.001'],
  [0, '< 0.001'],
] as const)('probabilityText: %f is shown as %s', ([p, text]) => {
  expect(probabilityText(p)).toBe(text);
});
