import { expect, test } from 'vitest';
import { compareModels } from '../../../../src/gate/ranking/compare-models.ts';
import { type ModelReport, sharedScores } from '../../../../src/gate/ranking/shared-scores.ts';
import type { EvalResult } from '../../../../src/model/results.ts';
import { results, unfinished } from '../../../helpers/report-builders.ts';
import { evalOf, type Scores, samplesOf } from '../comparison/two-runs.ts';

function modelReport(
  name: string,
  scores: Scores,
  changes: Partial<EvalResult> = {},
  contents?: readonly string[],
): ModelReport {
  const samples = new Map([['match.dev.v0', samplesOf(scores, 'accuracy', contents)]]);
  return { name, results: results([evalOf('match', scores, 'accuracy', changes)], { model: name }), samples };
}

test('sharedScores: pairs by content, and leaves out samples that a model has no score for', () => {
  const a = modelReport('a', [1, 0, 1, 1], {}, ['x', 'y', 'z', 'x']);
  const b = modelReport('b', [0, 1, undefined, 0], {}, ['y', 'x', 'z', 'x']);
  expect(sharedScores([a, b])).toEqual({
    rows: [
      [1, 1],
      [0, 0],
      [1, 0],
    ],
    evals: ['match.dev.v0'],
    notCompared: [],
    unshared: 1,
  });
});

test('sharedScores: where lower is better, 1 counts as 0', () => {
  const mainMetric = { name: 'accuracy', value: 0.5, interval: null, higherIsBetter: false };
  const [a, b] = [modelReport('a', [1, 0.25], { mainMetric }), modelReport('b', [0, 1], { mainMetric })];
  expect(sharedScores([a, b]).rows).toEqual([
    [0, 1],
    [0.75, 0],
  ]);
});

test('sharedScores: an eval with another judge, or with scores above 1, is not compared', () => {
  const a = modelReport('a', [1, 0], { judge: 'a' });
  for (const other of [modelReport('b', [1, 0], { judge: 'b' }), modelReport('b', [1, 7], { judge: 'a' })])
    expect(sharedScores([a, other])).toMatchObject({ rows: [], notCompared: ['match.dev.v0'] });
});

test('compareModels: a model with a pending eval, or without samples, is not ranked', () => {
  const [a, b] = [modelReport('a', Array(20).fill(1)), modelReport('b', Array(20).fill(0))];
  const pending = { ...b, name: 'c', results: results([unfinished('match', 'pending', 'it did not start')]) };
  const silent = { ...a, name: 'd', samples: new Map() };
  const comparison = compareModels([pending, silent, b, a]);
  expect(comparison.unranked).toEqual(['c', 'd']);
  expect(comparison.reports.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  expect(comparison.ranking.best).toBe('a');
});
