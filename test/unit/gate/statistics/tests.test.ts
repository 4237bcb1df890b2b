import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flipsNeeded } from '../../../../src/gate/statistics/flips-needed.ts';
import { holm } from '../../../../src/gate/statistics/holm.ts';
import { mcnemar } from '../../../../src/gate/statistics/mcnemar.ts';
import { signFlip } from '../../../../src/gate/statistics/sign-flip.ts';
import { smallestDrop } from '../../../../src/gate/statistics/smallest-drop.ts';
import { figures } from './figures.ts';

test.for(figures.mcnemar)(
  'mcnemar: $worse worse and $better better as statsmodels',
  ({ worse, better, p }) => {
    expect(mcnemar(worse, better) / p).toBeCloseTo(1, 9);
  },
);

test('mcnemar: the direction does not matter, and more flips one way never raise p', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), (a, b) => {
      expect(mcnemar(a, b)).toBe(mcnemar(b, a));
      const [fewer, more] = a < b ? [a, b] : [b, a];
      expect(mcnemar(fewer, more + 1)).toBeLessThanOrEqual(mcnemar(fewer, more) + 1e-12);
    }),
    { seed: 1 },
  );
});

test.for(figures.signFlip.filter(({ isExact }) => isExact))(
  'signFlip: "$name" is exact, as scipy',
  ({ differences, p }) => {
    expect(signFlip(differences)).toBeCloseTo(p, 12);
  },
);

test.for(figures.signFlip.filter(({ isExact }) => !isExact))(
  'signFlip: "$name" as scipy, but for the random signs',
  ({ differences, p }) => {
    const found = signFlip(differences);
    expect(found).toBeGreaterThan(0.85 * p - 0.001);
    expect(found).toBeLessThan(1.15 * p + 0.001);
  },
);

test.for([
  { of: 'no differences', differences: [], p: 1 },
  { of: 'differences of 0', differences: [0, 0, -0, 0], p: 1 },
  { of: 'one difference', differences: [0, -3], p: 1 },
  { of: 'ten equal differences, as the sign test', differences: Array(10).fill(-0.25), p: mcnemar(10, 0) },
  { of: 'differences near the largest number', differences: Array(12).fill(1e308), p: mcnemar(12, 0) },
  { of: 'differences near the smallest number', differences: Array(12).fill(5e-324), p: mcnemar(12, 0) },
  { of: 'sums that tie but for rounding', differences: [0.1, 0.2, -0.3], p: 1 },
])('signFlip: $of: p = $p', ({ differences, p }) => {
  expect(signFlip(differences)).toBeCloseTo(p, 12);
});

test('signFlip: p is never 0, and depends neither on the order nor on the direction', () => {
  const differences = Array.from({ length: 3000 }, (_, index) => -1 - (index % 7));
  expect(signFlip(differences)).toBe(1 / 20_000);
  const some = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 30 });
  fc.assert(
    fc.property(some, (mixed) => {
      const p = signFlip(mixed);
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThanOrEqual(1);
      expect(signFlip(mixed.toSorted((a, b) => a - b))).toBe(p);
      expect(signFlip(mixed.map((difference) => -difference))).toBe(p);
    }),
    { numRuns: 50, seed: 1 },
  );
});

test.for(figures.holm)('holm: $p as statsmodels', ({ p, adjusted }) => {
  holm(p).forEach((found, index) => {
    expect(found).toBeCloseTo(adjusted[index] ?? Number.NaN, 12);
  });
});

test('holm: of no tests there is nothing to adjust', () => {
  expect(holm([])).toEqual([]);
});

test('holm: never lowers p, and is the same in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (p) => {
      const adjusted = holm(p);
      adjusted.forEach((found, index) => {
        expect(found).toBeGreaterThanOrEqual(p[index] ?? 0);
      });
      expect(holm(p.toReversed())).toEqual(adjusted.toReversed());
    }),
    { seed: 1 },
  );
});

test.for(figures.flips)('flipsNeeded: $flips for an alpha of $alpha, as scipy', ({ alpha, flips }) => {
  expect(flipsNeeded(alpha)).toBe(flips);
});

test.for(figures.smallestDrops)('smallestDrop: of $n pairs as scipy solves it', ({ n, drop }) => {
  expect(smallestDrop(n)).toBeCloseTo(drop, 9);
});

test('smallestDrop: never more than everything', () => {
  expect([0, 1, 3].map(smallestDrop)).toEqual([1, 1, 1]);
});
