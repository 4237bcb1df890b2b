import { expect, test } from 'vitest';
import type { EvalResult } from '../../../src/model/results.ts';
import type { RuleVerdict, Verdict } from '../../../src/model/verdict.ts';
import { closingTable } from '../../../src/report/closing-table.ts';
import { compared, comparison, rated, reused } from '../../golden/variants/samples.ts';
import { evalResult, results, unfinished, verdict } from '../../helpers/report-builders.ts';

const tableOf = (evals: readonly EvalResult[], changes: Partial<Verdict> = {}) =>
  closingTable(results(evals), verdict(changes));

const rule = (changes: Partial<RuleVerdict> = {}): RuleVerdict => ({
  ...{ rule: 'accuracy >= 0.8', line: 1, advisory: false, status: 'missed' as const },
  ...{ sentence: 'accuracy is 0.4 in a, below 0.8.', evals: [] },
  ...changes,
});

test('closing table: what must not be overlooked comes first, and the columns are aligned', () => {
  const [worse, missing] = [rated('worse', 10, 20), rated('missing a rule', 18, 20)];
  const said = { worse: 8, better: 1, sentence: 'gone: only the baseline has it.' };
  const found = { key: missing.key, name: missing.name, status: 'missed' as const, sentence: '', value: 0.9 };
  const table = tableOf(
    [
      reused('reused', 8, 1000),
      rated('fresh', 5, 8, { tookMs: 4000 }),
      unfinished('é😀', 'failed', "it ended with KeyError: 'wrod'\nin own.py:6"),
      unfinished('late', 'pending', 'the job was cancelled', { recorded: 16 }),
      worse,
      missing,
      evalResult('plain', {
        ...{
          status: 'reused',
          mainMetric: null,
          note: 'done by oaievalset, no results recorded',
          tookMs: null,
        },
        samples: { total: null, outcomes: null, coverage: null },
      }),
    ],
    {
      rules: [rule({ evals: [found] })],
      comparison: comparison([
        compared(worse, 'degraded', said),
        compared(missing, 'within-noise', { ...said, worse: 1, better: 2 }),
        compared(rated('gone', 8, 10), 'missing', said),
      ]),
    },
  );
  expect(table).toEqual([
    'Status       Eval            Samples        Time  Result',
    "failed       é😀                                   KeyError: 'wrod' in own.py:6",
    'degraded     worse                20       2.4 s  accuracy 0.5 (95 % 0.3 … 0.7), baseline 0.85',
    'rule missed  missing a rule       20       2.4 s  accuracy 0.9 (95 % 0.7 … 0.97), baseline 0.85, within noise',
    'missing      gone                                 only the baseline has it.',
    'pending      late                                 the job was cancelled; 16 responses recorded',
    'fresh        fresh                 8       4.0 s  accuracy 0.625',
    'reused       reused            1,000  1 min 15 s  accuracy 0.008 (95 % 0 … 0.02)',
    'reused       plain                                done by oaievalset, no results recorded',
    'Rule missed: accuracy >= 0.8: accuracy is 0.4 in a, below 0.8.',
  ]);
});

test('closing table: an eval that only counts choices shows all of them', () => {
  const counts = evalResult('a', {
    metrics: { 'counts/A': 12, 'counts/B': 3, 'counts/__invalid__': 1 },
    mainMetric: null,
  });
  expect(tableOf([counts])[1]).toMatch(/ {2}A 12 · B 3 · invalid 1$/);
});

test('closing table: of many evals it has the first 50, and counts the others', () => {
  const evals = Array.from({ length: 1200 }, (_, n) => rated(`e${n}`, 8, 10));
  const table = tableOf([...evals, unfinished('z', 'failed', 'it timed out')]);
  expect(table).toHaveLength(52);
  expect(table[1]).toMatch(/^failed {2}z /);
  expect(table.at(-1)).toBe('and 1,151 more; the job summary has all of them');
});

test('closing table: rules are below it, one line each, those that are not met first', () => {
  const rules = [
    rule({ status: 'met', rule: 'a >= 1', sentence: 'Met.' }),
    rule({ status: 'not-judged', rule: 'b >= 1', sentence: 'Not\njudged.' }),
    rule({ status: 'missed', advisory: true, rule: 'advisory: c >= 1', sentence: 'Missed.' }),
  ];
  expect(tableOf([], { rules })).toEqual([
    'Advisory rule missed: c >= 1: Missed.',
    'Rule not judged: b >= 1: Not judged.',
    'Rule met: a >= 1: Met.',
  ]);
  const many = tableOf([], { rules: Array.from({ length: 30 }, () => rule()) });
  expect(many).toHaveLength(21);
  expect(many.at(-1)).toBe('and 10 more rules');
});

test('closing table: without evals and rules there is none', () => {
  expect(tableOf([])).toEqual([]);
});

test('closing table: long names and messages are shortened, and one row is one line', () => {
  const name = `${'n'.repeat(500)}\n::error::`;
  const [, row = ''] = tableOf([unfinished(name, 'failed', 'ü\u202e'.repeat(5000))]);
  expect(Buffer.byteLength(row)).toBeLessThan(450);
  expect(row).not.toMatch(/[\n\u202e]/);
});
