import { expect, test } from 'vitest';
import type { EvalComparison, RuleVerdict } from '../../../src/model/verdict.ts';
import { rowsOf } from '../../../src/report/rows.ts';
import { compared, comparison, rated, reused } from '../../golden/variants/samples.ts';
import { results, unfinished, verdict } from '../../helpers/report-builders.ts';

const none = { worse: 0, better: 0, sentence: '' };

function rule(status: RuleVerdict['status'], name: string, changes: Partial<RuleVerdict> = {}): RuleVerdict {
  const found = { key: `${name}.dev.v0`, name, status, sentence: `${name}: found.`, value: 0.5 };
  return {
    rule: 'accuracy >= 0.8',
    line: 1,
    advisory: false,
    status,
    sentence: '',
    evals: [found],
    ...changes,
  };
}

const statuses = (...args: Parameters<typeof rowsOf>) =>
  rowsOf(...args).map(({ name, status }) => [name, status]);

test('rows: what must not be overlooked comes first, and fresh evals come before reused ones', () => {
  const evals = [
    reused('reused', 8, 10),
    rated('fresh', 8, 10),
    unfinished('pending', 'pending', 'cancelled'),
    rated('unjudged', 8, 10),
    rated('missing a rule', 8, 10),
    rated('worse', 8, 10),
    unfinished('broken', 'failed', 'KeyError'),
    rated('fresh too', 8, 10),
    rated('left out', 8, 10, { status: 'excluded' }),
  ];
  const gone = compared(rated('gone', 8, 10), 'missing', none);
  const judged = verdict({
    rules: [rule('missed', 'missing a rule'), rule('not-judged', 'unjudged')],
    comparison: comparison([compared(rated('worse', 8, 10), 'degraded', none), gone]),
  });
  expect(statuses(results(evals), judged)).toEqual([
    ['broken', 'failed'],
    ['worse', 'degraded'],
    ['missing a rule', 'missed'],
    ['unjudged', 'not-judged'],
    ['gone', 'missing'],
    ['pending', 'pending'],
    ['fresh', 'fresh'],
    ['fresh too', 'fresh'],
    ['reused', 'reused'],
  ]);
});

test.each<[string, EvalComparison['status'] | undefined, RuleVerdict[], string]>([
  ['an advisory rule that is missed', undefined, [rule('missed', 'a', { advisory: true })], 'fresh'],
  ['a required rule that is missed', undefined, [rule('missed', 'a')], 'missed'],
  [
    'a rule that is missed and another one that is not judged',
    undefined,
    [rule('not-judged', 'a'), rule('missed', 'a')],
    'missed',
  ],
  ['a rule that is met', undefined, [rule('met', 'a')], 'fresh'],
  ['a drop and a missed rule', 'degraded', [rule('missed', 'a')], 'degraded'],
  ['a change within noise', 'within-noise', [], 'fresh'],
  ['a comparison that cannot be made', 'not-comparable', [], 'fresh'],
  ['no baseline of its own', 'missing', [], 'fresh'],
])('rows: an eval with %s', (_, status, rules, expected) => {
  const result = rated('a', 8, 10);
  const judged = verdict({
    rules,
    comparison: status === undefined ? null : comparison([compared(result, status, none)]),
  });
  expect(statuses(results([result]), judged)).toEqual([['a', expected]]);
});

test('rows: an eval of the baseline that include and exclude leave out is not missing', () => {
  const left = rated('a', 8, 10, { status: 'excluded' });
  const judged = verdict({ comparison: comparison([compared(left, 'missing', none)]) });
  expect(rowsOf(results([left]), judged)).toEqual([]);
});

test('rows: each has the rules that it misses or that are not judged, advisory ones too', () => {
  const result = rated('a', 8, 10);
  const rules = [
    rule('met', 'a', { rule: 'samples >= 1' }),
    rule('missed', 'a', { rule: 'score >= 1', advisory: true }),
    rule('missed', 'b'),
  ];
  const [row] = rowsOf(results([result]), verdict({ rules }));
  expect(row?.rules).toMatchObject([{ rule: 'score >= 1', advisory: true, isAlone: true }]);
});
