import { expect, test } from 'vitest';
import type { Outcome } from '../../../src/model/outcome.ts';
import { closingTable } from '../../../src/report/closing-table.ts';
import { summarize } from '../../../src/report/results.ts';
import { completion, planned } from '../../helpers/builders.ts';

function fresh(name: string): Outcome {
  const of = { ...planned(`${name}.dev.v0`), name };
  return { status: 'fresh', eval: of, record: completion(of) };
}

const tableOf = (outcomes: readonly Outcome[]) => closingTable(summarize('gpt-4', 'set', outcomes));

test('closing table: failed evals come first, then pending ones, and the columns are aligned', () => {
  const [b, c, d, e] = ['b', 'a-longer-name', 'd', 'é😀'].map((name) => ({ ...planned(`${name}.x`), name }));
  if (!b || !c || !d || !e) throw new Error('unreachable');
  const table = tableOf([
    { status: 'fresh', eval: c, record: completion(c, { samples: 1000, ended: '2026-01-01T00:00:04.000Z' }) },
    { status: 'pending', eval: b, reason: 'the job was cancelled', recorded: 16 },
    { status: 'reused', eval: d, record: undefined },
    { status: 'failed', eval: e, reason: "it ended with KeyError: 'wrod'\nin own.py:6", lastLines: [] },
    fresh('f'),
  ]);
  expect(table).toEqual([
    'Status   Eval           Samples       Time  Result',
    "failed   é😀                                 it ended with KeyError: 'wrod' in own.py:6",
    'pending  b                                  the job was cancelled; 16 responses recorded',
    'fresh    a-longer-name    1,000      4.0 s  accuracy 0.5',
    'reused   d                                  done by oaievalset, no results recorded',
    'fresh    f                    3  1 min 0 s  accuracy 0.5',
  ]);
});

test('closing table: of many evals it has the first 50, and counts the others', () => {
  const evals = Array.from({ length: 1200 }, (_, n) => fresh(`e${n}`));
  const failed: Outcome = { status: 'failed', eval: planned('z.x'), reason: 'it timed out', lastLines: [] };
  const table = tableOf([...evals, failed]);
  expect(table).toHaveLength(52);
  expect(table[1]).toMatch(/^failed {2}z /);
  expect(table.at(-1)).toBe('and 1,151 more; the job summary has all of them');
});

test('closing table: without evals there is none', () => {
  expect(tableOf([])).toEqual([]);
});

test('closing table: long names and messages are shortened, and one row is one line', () => {
  const of = { ...planned('a.b'), name: `${'n'.repeat(500)}\n::error::` };
  const [, row = ''] = tableOf([
    { status: 'failed', eval: of, reason: 'ü\u202e'.repeat(5000), lastLines: [] },
  ]);
  expect(Buffer.byteLength(row)).toBeLessThan(450);
  expect(row).not.toMatch(/[\n\u202e]/);
});
