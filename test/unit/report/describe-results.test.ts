import { expect, test } from 'vitest';
import type { Outcome } from '../../../src/model/outcome.ts';
import type { VerdictStatus } from '../../../src/model/verdict.ts';
import { describeKept, describeNextRun } from '../../../src/report/describe-results.ts';
import { completion, planned } from '../../helpers/builders.ts';
import { resultsOf } from '../../helpers/finished-run.ts';
import { verdict } from '../../helpers/report-builders.ts';

const of = planned('a.dev.v0');
const fresh: Outcome = { status: 'fresh', eval: of, record: completion(of) };
const reused: Outcome = { status: 'reused', eval: of, record: completion(of) };
const failed: Outcome = { status: 'failed', eval: of, reason: '', lastLines: [] };
const pending = (recorded: number): Outcome => ({ status: 'pending', eval: of, reason: '', recorded });

test.each<[readonly Outcome[], string]>([
  [
    [pending(10), pending(6), pending(0)],
    '0 of 3 evals are done; 16 responses of 2 unfinished evals are recorded and will be replayed.',
  ],
  [
    [fresh, pending(1)],
    '1 of 2 evals is done; 1 response of 1 unfinished eval is recorded and will be replayed.',
  ],
  [[fresh, reused, pending(0)], '2 of 3 evals are done.'],
  [[pending(0)], '0 of 1 eval is done, and no response is recorded.'],
])('describeKept: %#, what the next run uses', (outcomes, sentence) => {
  expect(describeKept(resultsOf(outcomes))).toBe(sentence);
});

test.each<[string, readonly Outcome[], VerdictStatus, string, string]>([
  [
    'passed',
    [fresh, reused],
    'passed',
    'key-1',
    'The next run reuses the results from the checkpoint key-1.',
  ],
  [
    'complete, but a rule is missed',
    [fresh],
    'failed',
    '',
    'The next run reuses the results from the state on this machine.',
  ],
  [
    'failed',
    [fresh, failed],
    'failed',
    'key-1',
    'A re-run of the failed jobs continues from the checkpoint key-1.',
  ],
  [
    'incomplete',
    [pending(0)],
    'incomplete',
    '',
    'A re-run of the failed jobs continues from the state on this machine.',
  ],
  ['without evals', [], 'passed', 'key-1', ''],
])('describeNextRun: %s', (_, outcomes, status, checkpoint, sentence) => {
  expect(describeNextRun(resultsOf(outcomes), verdict({ status }), { checkpoint })).toBe(sentence);
});

test('describeNextRun: a re-run of the shards of a merge does not continue from the merged checkpoint', () => {
  const kept = { checkpoint: 'k-1', resumesFrom: 'the checkpoints of the shards' };
  const of = (status: 'incomplete' | 'passed', outcome: Outcome) =>
    describeNextRun(resultsOf([outcome]), verdict({ status }), kept);
  expect(of('incomplete', pending(0))).toBe(
    'A re-run of the failed jobs continues from the checkpoints of the shards.',
  );
  expect(of('passed', fresh)).toBe('The next run reuses the results from the checkpoint k-1.');
});
