import { expect, test } from 'vitest';
import type { Outcome } from '../../../src/model/outcome.ts';
import { recordedResponses, withRecorded } from '../../../src/run/recorded-responses.ts';
import { completion, planned } from '../../helpers/builders.ts';
import { toRun } from '../../helpers/scheduled-run.ts';

const [A, B, C] = [planned('a.v0'), planned('b.v0'), planned('c.v0')];

/** Journals that hold this many responses for each eval, by its key. */
function journalsWith(counts: Readonly<Record<string, number>>) {
  return {
    replayable: (owner: { readonly eval: string; readonly repository: string }) =>
      owner.repository === 'o/r' ? (counts[owner.eval] ?? 0) : -1,
  };
}

test('recordedResponses: counts those of the evals that run, and none without sample-resume', () => {
  const journals = journalsWith({ 'a.v0': 10, 'b.v0': 6, 'c.v0': 100 });
  const decisions = [toRun(A), toRun(B), { kind: 'reuse', eval: C, record: completion(C) } as const];
  const request = { journals, repository: 'o/r' };
  expect(recordedResponses(decisions, { ...request, sampleResume: true })).toEqual({
    responses: 16,
    evals: 2,
  });
  expect(recordedResponses(decisions, { ...request, sampleResume: false })).toEqual({
    responses: 0,
    evals: 0,
  });
});

test('withRecorded: counts the responses of evals that failed or are pending', () => {
  const failed: Outcome = { status: 'failed', eval: A, reason: 'r', lastLines: [] };
  const pending: Outcome = { status: 'pending', eval: B, reason: 'r' };
  const fresh: Outcome = { status: 'fresh', eval: C, record: completion(C) };
  const journals = journalsWith({ 'a.v0': 10, 'c.v0': 100 });
  expect(withRecorded([failed, pending, fresh], journals, 'o/r')).toEqual([
    { ...failed, recorded: 10 },
    { ...pending, recorded: 0 },
    fresh,
  ]);
});
