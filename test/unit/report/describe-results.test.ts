import { expect, test } from 'vitest';
import type { Outcome } from '../../../src/model/outcome.ts';
import { closingSentence, describeKept } from '../../../src/report/describe-results.ts';
import { summarize } from '../../../src/report/results.ts';
import { completion, planned } from '../../helpers/builders.ts';

const of = planned('a.dev.v0');
const fresh: Outcome = { status: 'fresh', eval: of, record: completion(of) };
const reused: Outcome = { status: 'reused', eval: of, record: completion(of) };
const failed: Outcome = { status: 'failed', eval: of, reason: '', lastLines: [] };
const pending = (recorded: number): Outcome => ({ status: 'pending', eval: of, reason: '', recorded });

const resultsOf = (outcomes: readonly Outcome[], leftOut = 0) =>
  summarize('gpt-4', 'set', outcomes, undefined, leftOut);

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

test.each<[string, readonly Outcome[], number, string, string]>([
  [
    'all evals are done',
    [fresh, fresh, reused],
    0,
    'key-1',
    'Passed: all 3 evals are done (2 fresh, 1 reused); the next run reuses their results from the checkpoint key-1.',
  ],
  [
    'some evals of the set are left out',
    [reused],
    2,
    'key-1',
    'Passed: 1 eval is done (1 reused), and 2 evals of the set are left out; the next run reuses their results from the checkpoint key-1.',
  ],
  [
    'there is no checkpoint',
    [fresh, fresh],
    0,
    '',
    'Passed: 2 evals are done (2 fresh); the next run reuses their results from the state on this machine.',
  ],
  [
    'evals failed',
    [fresh, reused, failed, pending(0)],
    0,
    'key-1',
    'Failed: 1 of 4 evals failed, 2 are done (1 fresh, 1 reused), 1 is pending; a re-run of the failed jobs continues from the checkpoint key-1.',
  ],
  [
    'nothing is done',
    [pending(0), pending(0)],
    0,
    'key-1',
    'Incomplete: 0 of 2 evals are done, 2 are pending; a re-run of the failed jobs continues from the checkpoint key-1.',
  ],
])('closingSentence: %s', (_, outcomes, leftOut, checkpoint, sentence) => {
  expect(closingSentence(resultsOf(outcomes, leftOut), checkpoint)).toBe(sentence);
});
