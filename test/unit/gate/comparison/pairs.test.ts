import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareEvals } from '../../../../src/gate/comparison/compare-evals.ts';
import { pairSamples } from '../../../../src/gate/comparison/pairs.ts';
import type { Sample } from '../../../../src/model/sample.ts';
import { evalSamples, sample } from '../../../helpers/report-builders.ts';
import { baselineOf, evalOf } from './two-runs.ts';

/** Samples with few different contents, some without a score. */
const someSamples = fc
  .array(fc.tuple(fc.nat(8), fc.constantFrom(0, 1, undefined)), { maxLength: 40 })
  .map((rows) =>
    rows.map(([content, score], index): Sample => {
      const scores: Record<string, number> = score === undefined ? {} : { accuracy: score };
      return sample(`match.dev.${index}`, score === 1, { hash: `content ${content}`, scores });
    }),
  );

const scored = (samples: readonly Sample[]) => samples.filter(({ scores }) => scores.accuracy !== undefined);

test('pairSamples: rows with the same content are paired one to one, in the order of their ids', () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, index) => sample(`match.dev.${index}`, true, { hash: 'same' }));
  const { pairs, onlyNow, onlyBefore } = pairSamples(rows(12).toReversed(), rows(11), 'accuracy');
  expect(pairs.map(({ now }) => now.id)).toEqual(rows(11).map(({ id }) => id));
  expect(pairs.map(({ before }) => before.id)).toEqual(rows(11).map(({ id }) => id));
  expect([onlyNow, onlyBefore]).toEqual([1, 0]);
});

test('pairSamples: a row that is inserted shifts all ids, and all other rows are still paired', () => {
  const row = (index: number, content: string) => sample(`match.dev.${index}`, true, { hash: content });
  const before = ['a', 'b', 'c'].map((content, index) => row(index, content));
  const now = ['new', 'a', 'b', 'c'].map((content, index) => row(index, content));
  const { pairs, onlyNow, onlyBefore } = pairSamples(now, before, 'accuracy');
  expect(pairs.every((pair) => pair.now.hash === pair.before.hash)).toBe(true);
  expect([pairs.length, onlyNow, onlyBefore]).toEqual([3, 1, 0]);
});

test.for([
  { of: 'not a number', scores: { accuracy: Number.NaN } },
  { of: 'infinite', scores: { accuracy: Number.POSITIVE_INFINITY } },
  { of: 'too large to be added up', scores: { accuracy: 1e300 } },
  { of: 'inherited', scores: Object.create({ accuracy: 1 }) as Record<string, number> },
])('pairSamples: a score that is $of is none', ({ scores }) => {
  const whole = sample('match.dev.0', true);
  const { pairs, onlyBefore } = pairSamples([{ ...whole, scores }], [whole], 'accuracy');
  expect([pairs.length, onlyBefore]).toEqual([0, 1]);
});

test('pairSamples: each sample is in one pair or in none, and the sides can be exchanged', () => {
  fc.assert(
    fc.property(someSamples, someSamples, (now, before) => {
      const found = pairSamples(now, before, 'accuracy');
      expect(found.pairs.length + found.onlyNow).toBe(scored(now).length);
      expect(found.pairs.length + found.onlyBefore).toBe(scored(before).length);
      expect(new Set(found.pairs.map((pair) => pair.now)).size).toBe(found.pairs.length);
      expect(new Set(found.pairs.map((pair) => pair.before)).size).toBe(found.pairs.length);
      const exchanged = pairSamples(before, now, 'accuracy');
      const ids = (pairs: typeof found.pairs, isExchanged: boolean) =>
        pairs
          .map((pair) => (isExchanged ? [pair.before.id, pair.now.id] : [pair.now.id, pair.before.id]))
          .sort();
      expect(ids(exchanged.pairs, true)).toEqual(ids(found.pairs, false));
      expect([exchanged.onlyNow, exchanged.onlyBefore]).toEqual([found.onlyBefore, found.onlyNow]);
    }),
    { seed: 1 },
  );
});

function compare(now: readonly Sample[], before: readonly Sample[]) {
  const result = evalOf('match', [1]);
  const [comparison] = compareEvals({
    evals: [result],
    samples: new Map([[result.key, evalSamples(now)]]),
    baseline: baselineOf([result], new Map([[result.key, evalSamples(before)]])),
    tolerance: 0,
  });
  return comparison;
}

test('compareEvals: the order of samples does not matter', () => {
  fc.assert(
    fc.property(someSamples, someSamples, (now, before) => {
      expect(compare(now.toReversed(), before.toReversed())).toEqual(compare(now, before));
    }),
    { seed: 1 },
  );
});

test('compareEvals: exchanged runs give the opposite difference with the same p', () => {
  fc.assert(
    fc.property(someSamples, someSamples, (now, before) => {
      const [one, other] = [compare(now, before), compare(before, now)];
      expect(other?.p).toBe(one?.p);
      expect(other?.difference ?? 0).toBeCloseTo(-(one?.difference ?? 0), 12);
      expect([other?.worse, other?.better]).toEqual([one?.better, one?.worse]);
    }),
    { seed: 1 },
  );
});
