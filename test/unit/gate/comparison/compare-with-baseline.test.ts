import { expect, test } from 'vitest';
import { compareWithBaseline } from '../../../../src/gate/comparison/compare-with-baseline.ts';
import { results } from '../../../helpers/report-builders.ts';
import { baselineOf, evalOf, flipped, type Scores, samplesOf } from './two-runs.ts';

type Rows = Readonly<
  Record<string, { readonly now: Scores; readonly before: Scores; readonly metric?: string }>
>;

function compareSets(rows: Rows, evalSet = 'set') {
  const side = (which: 'now' | 'before') =>
    Object.entries(rows).map(([name, row]) => evalOf(name, row[which], row.metric));
  const samples = (which: 'now' | 'before') =>
    new Map(Object.entries(rows).map(([name, row]) => [`${name}.dev.v0`, samplesOf(row[which], row.metric)]));
  const baseline = baselineOf(side('before'), samples('before'), { evalSet });
  return compareWithBaseline(results(side('now')), samples('now'), baseline);
}

test('compareWithBaseline: without a baseline there is no comparison', () => {
  expect(compareWithBaseline(results([]), new Map(), undefined)).toBeNull();
});

test('compareWithBaseline: a baseline that cannot be used is a problem', () => {
  const baseline = {
    kind: 'unusable',
    path: 'a.json',
    problem: 'it is not there',
    next: 'Commit it.',
  } as const;
  expect(compareWithBaseline(results([]), new Map(), baseline)).toEqual({
    source: null,
    problem: 'it is not there',
    hasSamples: false,
    evals: [],
    overall: null,
  });
});

test('compareWithBaseline: a baseline of another set is a problem', () => {
  const comparison = compareSets({ match: flipped(20, 1, 1) }, 'o\u202ether');
  expect(comparison?.problem).toBe('it is of the set `o\\u202ether`, but this run is of `set`');
  expect(comparison).toMatchObject({ source: null, evals: [] });
});

test('compareWithBaseline: names its source, and compares each eval by its main metric', () => {
  const comparison = compareSets({
    one: flipped(50, 20, 0),
    two: { now: Array(12).fill(0.5), before: Array(12).fill(0.5), metric: 'f1_score' },
  });
  expect(comparison).toMatchObject({
    problem: null,
    hasSamples: true,
    source: { path: 'baseline/results.json' },
  });
  expect(comparison?.evals.map(({ metric, status }) => [metric, status])).toEqual([
    ['accuracy', 'degraded'],
    ['f1_score', 'within-noise'],
  ]);
});

test('compareWithBaseline: the overall difference counts the pairs of all evals, those with few pairs too', () => {
  const overall = compareSets({ one: flipped(90, 4, 1, 60), two: flipped(5, 1, 0, 2) })?.overall;
  expect(overall).toMatchObject({ pairs: 95, worse: 5, better: 1 });
  expect(overall?.before).toBeCloseTo((64 + 3) / 95, 12);
  expect(overall?.now).toBeCloseTo((61 + 2) / 95, 12);
  expect(overall?.difference).toBeCloseTo(-4 / 95, 12);
  expect(overall?.low).toBeLessThan(-4 / 95);
  expect(overall?.high).toBeGreaterThan(-4 / 95);
});

test.for([
  {
    of: 'evals with different metrics',
    rows: { one: flipped(20, 1, 0), two: { ...flipped(20, 1, 0), metric: 'score' } },
  },
  {
    of: 'scores that are no rates',
    rows: { one: { now: Array(12).fill(0.5), before: Array(12).fill(0.5) } },
  },
  { of: 'evals without pairs', rows: { one: { now: [], before: [1] } } },
])('compareWithBaseline: $of have no overall difference', ({ rows }) => {
  expect(compareSets(rows)?.overall).toBeNull();
});

test('compareWithBaseline: a rate that is better when it is lower counts what fell as better', () => {
  const rate = { ...flipped(60, 12, 2, 20), metric: 'error_rate' };
  const evals = (which: 'now' | 'before') =>
    [evalOf('one', rate[which], rate.metric)].map((result) => ({
      ...result,
      mainMetric: result.mainMetric && { ...result.mainMetric, higherIsBetter: false },
    }));
  const samples = (which: 'now' | 'before') => new Map([['one.dev.v0', samplesOf(rate[which], rate.metric)]]);
  const comparison = compareWithBaseline(
    results(evals('now')),
    samples('now'),
    baselineOf(evals('before'), samples('before')),
  );
  expect(comparison?.overall).toMatchObject({ worse: 2, better: 12, difference: -10 / 60 });
  expect(comparison?.evals[0]?.status).toBe('improved');
});
