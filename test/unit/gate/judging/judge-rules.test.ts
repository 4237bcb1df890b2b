/** What rules say of results. */
import { expect, test } from 'vitest';
import { judge } from '../../../../src/gate/judge.ts';
import { parseRules } from '../../../../src/gate/rules/parse-rules.ts';
import type { EvalResult } from '../../../../src/model/results.ts';
import { evalResult, results, unfinished } from '../../../helpers/report-builders.ts';
import { COMPARISONS, FIGURES } from './rows/comparisons.ts';
import { EVALS } from './rows/evals.ts';
import { COUNTED, VALUES } from './rows/values.ts';

const RULE_ROWS = [...COMPARISONS, ...FIGURES, ...EVALS, ...VALUES, ...COUNTED];

function verdictOf(rules: string, evals: readonly EvalResult[]) {
  return judge({
    results: results(evals),
    samples: new Map(),
    rules: parseRules(rules),
    baseline: undefined,
  });
}

test.each(RULE_ROWS)('judge: %s: %s', (_, rule, evals, status, sentence) => {
  const { rules } = verdictOf(rule, evals);
  expect(rules).toEqual([expect.objectContaining({ rule, line: 1, advisory: false, status, sentence })]);
});

test.each(RULE_ROWS)(
  'judge: only a rule that is met passes, unless it is advisory: %s: %s',
  (_, rule, evals, status) => {
    const isFailed = evals.some((each) => each.status === 'failed');
    expect(verdictOf(rule, evals).status).toBe(status === 'met' && !isFailed ? 'passed' : 'failed');
    expect(verdictOf(`advisory: ${rule}`, evals).status).toBe(isFailed ? 'failed' : 'passed');
  },
);

test.each(RULE_ROWS)('judge: nothing is said about a rule of an incomplete run: %s: %s', (_, rule, evals) => {
  const complete = evals.filter((each) => each.status !== 'failed');
  const verdict = verdictOf(`${rule}\nadvisory: ${rule}`, [
    ...complete,
    unfinished('slow', 'pending', 'no time'),
  ]);
  expect(verdict.status).toBe('incomplete');
  const sentence = 'The rule is not judged, because the run is incomplete.';
  const notJudged = expect.objectContaining({ status: 'not-judged', sentence, evals: [] });
  expect(verdict.rules).toEqual([notJudged, notJudged]);
});

test('judge: a rule has the verdict, the sentence and the value of each eval', () => {
  const evals = [
    evalResult('a'),
    evalResult('b', { mainMetric: { name: 'accuracy', value: 0.5, interval: null, higherIsBetter: true } }),
    evalResult('c', { mainMetric: { name: 'accuracy', value: 'NaN', interval: null, higherIsBetter: true } }),
  ];
  const { rules } = verdictOf('# first\n advisory: ?: accuracy >= 60%', evals);
  expect(rules).toEqual([
    {
      rule: 'advisory: ?: accuracy >= 60%',
      line: 2,
      advisory: true,
      status: 'missed',
      sentence:
        'accuracy is below 60 % in 1 of 3 evals: b (50 %). 1 is not judged: c, because its value is NaN.',
      evals: [
        {
          key: 'a.dev.v0',
          name: 'a',
          status: 'met',
          sentence: 'a: accuracy is 80 % (10 samples), at least 60 %.',
          value: 0.8,
        },
        {
          key: 'b.dev.v0',
          name: 'b',
          status: 'missed',
          sentence: 'b: accuracy is 50 % (10 samples), below 60 %.',
          value: 0.5,
        },
        {
          key: 'c.dev.v0',
          name: 'c',
          status: 'not-judged',
          sentence: 'c: accuracy is not judged, because its value is NaN.',
          value: null,
        },
      ],
    },
  ]);
});
