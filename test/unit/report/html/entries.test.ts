import { expect, test } from 'vitest';
import { entriesOf, tagsOf } from '../../../../src/report/html/entries.ts';
import { evalResult, report, unfinished, verdict } from '../../../helpers/report-builders.ts';

test('entries: evals with problems come first, as in all reports, and the others in the order of the set', () => {
  const reused = evalResult('reused', { status: 'reused' });
  const evals = [
    reused,
    evalResult('fresh'),
    unfinished('pending', 'pending', 'not reached'),
    evalResult('missed'),
    evalResult('left-out', { status: 'excluded' }),
    unfinished('failed', 'failed', 'exited with code 1'),
  ];
  const rule = { rule: 'accuracy >= 0.9', line: 1, advisory: false, status: 'missed', sentence: '' } as const;
  const missed = {
    key: 'missed.dev.v0',
    name: 'missed',
    status: 'missed',
    sentence: '',
    value: 0.8,
  } as const;
  const made = report(evals, { verdict: verdict({ rules: [{ ...rule, evals: [missed] }] }) });
  const entries = entriesOf(made);
  expect(entries.map(({ result, number }) => [result.name, number])).toEqual([
    ['failed', 5],
    ['missed', 3],
    ['pending', 2],
    ['reused', 0],
    ['fresh', 1],
  ]);
  expect(entries.filter((entry) => tagsOf(entry).includes('attention'))).toHaveLength(3);
});
