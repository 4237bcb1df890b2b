import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entriesOf } from '../../../../src/report/html/entries.ts';
import { BOUNDS, ByteShares, selectSamples, shared } from '../../../../src/report/html/selection.ts';
import { evalResult, evalSamples, report, sample } from '../../../helpers/report-builders.ts';

function selected(evals: Readonly<Record<string, readonly boolean[]>>, most: number) {
  const samples = Object.entries(evals).map(
    ([name, outcomes]) =>
      [
        `${name}.dev.v0`,
        evalSamples(outcomes.map((isCorrect, index) => sample(`${name}.dev.${index}`, isCorrect))),
      ] as const,
  );
  const made = report(
    Object.keys(evals).map((name) => evalResult(name)),
    { samples: new Map(samples) },
  );
  return selectSamples(entriesOf(made), { ...BOUNDS, samples: most });
}

const many = (count: number, isCorrect: boolean) => Array.from({ length: count }, () => isCorrect);

test('selection of samples: those with problems come first', () => {
  const [only] = selected({ a: [true, false, true, false] }, 3);
  expect(only?.ordered.map(({ id }) => id)).toEqual(['a.dev.1', 'a.dev.3', 'a.dev.0', 'a.dev.2']);
  expect(only?.count).toBe(3);
});

test('selection of samples: problems of all evals come before what is correct in any', () => {
  expect(selected({ a: many(100, true), b: many(10, false) }, 12).map(({ count }) => count)).toEqual([2, 10]);
});

test('selection of samples: an eval with many problems leaves room for those of the others', () => {
  expect(
    selected({ a: many(100, false), b: many(3, false), c: many(50, false) }, 23).map(({ count }) => count),
  ).toEqual([10, 3, 10]);
});

test('shares: nobody gets more than it asks for, and nothing is left while somebody asks', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.nat(200), (wanted, most) => {
      const granted = shared(wanted, most);
      const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
      expect(granted.every((count, index) => count <= (wanted[index] ?? 0))).toBe(true);
      expect(sum(granted)).toBe(Math.min(most, sum(wanted)));
    }),
  );
});

test('shares of bytes: what one eval leaves goes to the next one', () => {
  const shares = new ByteShares(100, 10);
  shares.add(5);
  expect(shares.take(10)).toBe(true);
  expect(shares.take(41)).toBe(false);
  shares.add(5);
  expect(shares.take(90)).toBe(true);
  expect(shares.take(1)).toBe(false);
});
