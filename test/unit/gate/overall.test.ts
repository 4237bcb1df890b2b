/** The rate over all samples of a run. */
import { expect, test } from 'vitest';
import { overallRate } from '../../../src/gate/overall.ts';
import type { EvalResult } from '../../../src/model/results.ts';
import { evalResult, evalSamples, results, sample, unfinished } from '../../helpers/report-builders.ts';

/** Samples of which the first `correct` are correct. */
function samplesOf(correct: number, n: number) {
  return evalSamples(Array.from({ length: n }, (_, index) => sample(`s.${index}`, index < correct)));
}

const scored = (score: number) => evalSamples([sample('s.0', true, { scores: { accuracy: score } })]);
const unscored = evalSamples([sample('s.0', true, { scores: {} })]);
const f1 = evalResult('f1', {
  mainMetric: { name: 'f1_score', value: 1, interval: null, higherIsBetter: true },
});

test('overallRate: the samples of all completed evals are pooled', () => {
  const evals = [
    evalResult('a'),
    evalResult('b', { status: 'reused' }),
    unfinished('broken', 'failed', ''),
    unfinished('slow', 'pending', ''),
    evalResult('out', { status: 'excluded' }),
  ];
  const samples = new Map([
    ['a.dev.v0', samplesOf(9, 10)],
    ['b.dev.v0', samplesOf(0, 30)],
    ['broken.dev.v0', samplesOf(5, 5)],
    ['out.dev.v0', samplesOf(5, 5)],
  ]);
  // The bounds of scipy: binomtest(9, 40).proportion_ci(method="wilson").
  expect(overallRate(results(evals), samples)).toEqual({
    metric: 'accuracy',
    rate: 0.225,
    low: expect.closeTo(0.12316, 4),
    high: expect.closeTo(0.37503, 4),
    n: 40,
  });
});

test('overallRate: a sample without a score is not counted', () => {
  const some = evalSamples([...samplesOf(1, 2).samples, ...unscored.samples]);
  expect(overallRate(results([evalResult('a')]), new Map([['a.dev.v0', some]]))).toMatchObject({
    rate: 0.5,
    n: 2,
  });
});

test.each<
  [what: string, evals: readonly EvalResult[], samples: ReadonlyMap<string, ReturnType<typeof samplesOf>>]
>([
  ['no eval is completed', [unfinished('a', 'failed', '')], new Map([['a.dev.v0', samplesOf(1, 2)]])],
  ['there are no evals', [], new Map()],
  ['an eval has another main metric', [evalResult('a'), f1], new Map([['a.dev.v0', samplesOf(1, 2)]])],
  [
    'an eval has no results',
    [evalResult('a'), evalResult('b', { mainMetric: null })],
    new Map([['a.dev.v0', samplesOf(1, 2)]]),
  ],
  ['an eval has no samples', [evalResult('a'), evalResult('b')], new Map([['a.dev.v0', samplesOf(1, 2)]])],
  ['a score is neither 0 nor 1', [evalResult('a')], new Map([['a.dev.v0', scored(0.5)]])],
  ['a score is NaN', [evalResult('a')], new Map([['a.dev.v0', scored(Number.NaN)]])],
  ['no sample has a score', [evalResult('a')], new Map([['a.dev.v0', unscored]])],
])('overallRate: null when %s', (_, evals, samples) => {
  expect(overallRate(results(evals), samples)).toBeNull();
});
