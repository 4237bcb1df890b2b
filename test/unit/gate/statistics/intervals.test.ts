import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootstrapInterval } from '../../../../src/gate/statistics/bootstrap-interval.ts';
import { intervalDifference } from '../../../../src/gate/statistics/interval-difference.ts';
import { meanInterval } from '../../../../src/gate/statistics/mean-interval.ts';
import { momentsOf, skewnessOf } from '../../../../src/gate/statistics/moments.ts';
import { normalCdf, normalQuantile } from '../../../../src/gate/statistics/normal.ts';
import { pairedRateInterval } from '../../../../src/gate/statistics/paired-rate-interval.ts';
import { tQuantile95 } from '../../../../src/gate/statistics/student-t.ts';
import { tInterval } from '../../../../src/gate/statistics/t-interval.ts';
import { wilson } from '../../../../src/gate/statistics/wilson.ts';
import { figures } from './figures.ts';

test.for(figures.wilson)('wilson: $successes of $n as statsmodels', ({ successes, n, interval }) => {
  const { low, high } = wilson(successes, n);
  expect(low).toBeCloseTo(interval[0], 12);
  expect(high).toBeCloseTo(interval[1], 12);
});

test('wilson: nothing is known of no samples, and bounds at the edge are exact', () => {
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1, method: 'wilson', n: 0 });
  expect(wilson(0, 9).low).toBe(0);
  expect(wilson(9, 9).high).toBe(1);
});

test('tQuantile95: as scipy, from 1 degree of freedom to 10 million', () => {
  for (const { freedom, quantile } of figures.tQuantiles)
    expect(tQuantile95(freedom), `${freedom} degrees of freedom`).toBeCloseTo(quantile, 7);
});

test('normalCdf and normalQuantile: as scipy', () => {
  for (const { x, cdf } of figures.normal) {
    expect(normalCdf(x), `P(X ≤ ${x})`).toBeCloseTo(cdf, 14);
    if (Math.abs(x) < 6) expect(normalQuantile(cdf), `quantile of ${cdf}`).toBeCloseTo(x, 8);
  }
  expect([normalCdf(-1e9), normalCdf(1e9)]).toEqual([0, 1]);
});

test.for(figures.means)('tInterval: "$name" as scipy', ({ values, t: [low, high] }) => {
  const interval = tInterval(values);
  expect(interval?.low).toBeCloseTo(low, 6);
  expect(interval?.high).toBeCloseTo(high, 6);
});

test.for(figures.means)('skewnessOf: "$name" as scipy', ({ values, skewness }) => {
  expect(skewnessOf(momentsOf(values), values.length)).toBeCloseTo(skewness, 6);
});

test.for(figures.means.filter(({ bootstrap }) => bootstrap !== null))(
  'bootstrapInterval: "$name" as scipy, but for the random resamples',
  ({ values, bootstrap }) => {
    const [low, high] = bootstrap ?? [Number.NaN, Number.NaN];
    const interval = bootstrapInterval(values, 1);
    const tolerance = 0.08 * (high - low);
    expect(Math.abs((interval?.low ?? Number.NaN) - low)).toBeLessThan(tolerance);
    expect(Math.abs((interval?.high ?? Number.NaN) - high)).toBeLessThan(tolerance);
  },
);

test('bootstrapInterval: depends on the seed and the values, not on their order', () => {
  const { values } = figures.means.find(({ name }) => name === 'lognormal') ?? { values: [] };
  expect(bootstrapInterval(values.toReversed(), 3)).toEqual(bootstrapInterval(values, 3));
  expect(bootstrapInterval(values, 4)).not.toEqual(bootstrapInterval(values, 3));
});

const repeated = (value: number, times: number) => Array.from({ length: times }, () => value);

test.for([
  { of: 'no values', values: [], method: null },
  { of: 'nine values', values: [1, 0, 1, 1, 0, 1, 1, 0, 1], method: null },
  { of: 'ten zeros and ones', values: [1, 0, 1, 1, 0, 1, 1, 0, 1, 1], method: 'wilson' },
  { of: 'ten ones', values: repeated(1, 10), method: 'wilson' },
  { of: 'ten zeros', values: repeated(0, 10), method: 'wilson' },
  { of: 'equal values between 0 and 1', values: repeated(0.3, 10), method: 'wilson' },
  { of: 'equal values above 1', values: repeated(7, 10), method: null },
  { of: 'equal values whose mean is rounded', values: repeated(1.1, 1000), method: null },
  { of: 'symmetric values', values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], method: 't' },
  { of: 'skewed values', values: [1, 1, 1, 1, 1, 1, 1, 1, 2, 90], method: 'bootstrap' },
  { of: 'skewed values, but very many', values: [...repeated(1, 10_000), 90], method: 't' },
  { of: 'values with a NaN', values: [...repeated(1, 10), Number.NaN], method: null },
  {
    of: 'values too large to be added',
    values: [...repeated(-1e308, 8), ...repeated(1e308, 8)],
    method: null,
  },
])('meanInterval: $of: $method', ({ values, method }) => {
  const interval = meanInterval(values);
  expect(interval?.method ?? null).toBe(method);
  if (interval) expect(interval.n).toBe(values.length);
});

test('meanInterval: equal scores between 0 and 1 have the interval of a rate, so it has a width', () => {
  expect(meanInterval(repeated(0.5, 20))).toEqual(wilson(10, 20));
});

test('meanInterval: contains the mean, whatever the order of the values', () => {
  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 10, maxLength: 60 });
  fc.assert(
    fc.property(values, (some) => {
      const interval = meanInterval(some);
      if (!interval) return;
      const mean = some.reduce((sum, value) => sum + value, 0) / some.length;
      expect(interval.low).toBeLessThanOrEqual(mean + 1e-9);
      expect(interval.high).toBeGreaterThanOrEqual(mean - 1e-9);
      const reversed = meanInterval(some.toReversed());
      expect(reversed?.low).toBeCloseTo(interval.low, 9);
      expect(reversed?.method).toBe(interval.method);
    }),
    { numRuns: 50, seed: 1 },
  );
});

test.for(figures.pairedRates)(
  'pairedRateInterval: $worse worse and $better better of $pairs as the likelihood that scipy maximises',
  ({ worse, better, pairs, interval }) => {
    const { low, high } = pairedRateInterval(worse, better, pairs);
    expect(low).toBeCloseTo(interval[0], 6);
    expect(high).toBeCloseTo(interval[1], 6);
  },
);

test('pairedRateInterval: the published example of airway hyper-responsiveness (Fagerland et al. 2014)', () => {
  const { low, high } = pairedRateInterval(7, 1, 21);
  expect([low.toFixed(3), high.toFixed(3)]).toEqual(['-0.517', '-0.026']);
});

test('pairedRateInterval: is mirrored when worse and better are exchanged', () => {
  const counts = fc
    .tuple(fc.nat(50), fc.nat(50), fc.nat(50))
    .filter((some) => some.some((count) => count > 0));
  fc.assert(
    fc.property(counts, ([worse, better, same]) => {
      const pairs = worse + better + same;
      const one = pairedRateInterval(worse, better, pairs);
      const other = pairedRateInterval(better, worse, pairs);
      expect(other.low).toBeCloseTo(-one.high, 9);
      expect(other.high).toBeCloseTo(-one.low, 9);
    }),
    { seed: 1 },
  );
});

const estimates = fc
  .tuple(fc.nat(100), fc.nat(100))
  .map((counts) => counts.map((count) => ({ value: count / 100, interval: wilson(count, 100) })));

test('intervalDifference: p is below 0.05 exactly when the intervals do not overlap, in either direction', () => {
  fc.assert(
    fc.property(estimates, ([one, other]) => {
      if (!one || !other) return;
      const areApart = one.interval.high < other.interval.low || other.interval.high < one.interval.low;
      expect(intervalDifference(one, other) < 0.05).toBe(areApart);
      expect(intervalDifference(other, one)).toBe(intervalDifference(one, other));
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('intervalDifference: of equal means p is 1, and intervals without a width make nothing certain', () => {
  const point = (value: number) => ({ value, interval: { low: value, high: value } });
  const rate = { value: 0.5, interval: wilson(50, 100) };
  expect(intervalDifference(rate, rate)).toBe(1);
  expect(intervalDifference(point(0.2), point(0.9))).toBe(1);
});
