/** What ends a step whose set is not complete: what happened, why, what is kept, and what to do. */
import { describe, expect, test } from 'vitest';
import { ApiUnusable, describeError } from '../../../src/errors.ts';
import { judge } from '../../../src/gate/judge.ts';
import type { ApiTrouble } from '../../../src/model/api-trouble.ts';
import type { Outcome } from '../../../src/model/outcome.ts';
import type { RuleVerdict } from '../../../src/model/verdict.ts';
import { closingError, closingMessage, type Stops } from '../../../src/report/closing-message.ts';
import { interruptionRemarks, remarksOf } from '../../../src/report/remarks.ts';
import { completion, planned } from '../../helpers/builders.ts';
import { resultsOf } from '../../helpers/finished-run.ts';
import { verdict as someVerdict } from '../../helpers/report-builders.ts';

const evalOf = (name: string) => planned(`${name}.dev.v0`);
const fresh = (name: string): Outcome => ({
  status: 'fresh',
  eval: evalOf(name),
  record: completion(evalOf(name)),
});
const failed = (name: string, recorded = 0): Outcome => ({
  status: 'failed',
  eval: evalOf(name),
  reason: 'oaieval exited with code 1',
  lastLines: [],
  recorded,
});
const pending = (name: string, reason = 'the job was cancelled', recorded = 0): Outcome => ({
  status: 'pending',
  eval: evalOf(name),
  reason,
  recorded,
});

const never = new AbortController().signal;
const unusable = new ApiUnusable(
  'API_REFUSED',
  'the API refused: 401: Incorrect API key',
  'Fix the API key.',
);
const unreachable = new ApiUnusable(
  'API_UNREACHABLE',
  'the API has not responded for 5 min: ECONNREFUSED',
  'Check its address.',
);
const cancelled = AbortSignal.abort(new Error('the job was cancelled'));
const outOfTime = AbortSignal.abort(new Error('the time-budget of 5 min 0 s is used up'));

function messageOf(outcomes: readonly Outcome[], ends: Partial<Stops> = {}) {
  const results = resultsOf(outcomes);
  const verdict = judge({ results, samples: new Map(), rules: [], baseline: undefined });
  const stops = { unusable: undefined, stopped: never, trouble: undefined, ...ends };
  return closingMessage(results, verdict, stops);
}

function textOf(outcomes: readonly Outcome[], ends: Partial<Stops> = {}): string {
  const message = messageOf(outcomes, ends);
  return message ? describeError(closingError(message)) : '';
}

const TWELVE = Array.from({ length: 12 }, (_, n) => String(n));
const RESUME = 'What to do: Re-run the failed jobs; they continue from here. [INCOMPLETE]';
const FIX =
  'What to do: Fix the cause of each failure, then re-run the failed jobs; they continue from here. [EVALS_FAILED]';

describe('closing message: the error that ends the step', () => {
  test.each<[string, Outcome[], Partial<Stops>, string, string]>([
    [
      'an eval failed',
      [fresh('a'), failed('b', 6)],
      {},
      '1 of 2 evals failed: b (oaieval exited with code 1). 1 of 2 evals is done; 6 responses of 1 unfinished eval are recorded and will be replayed.',
      FIX,
    ],
    [
      'an eval failed, and then the job was cancelled',
      [failed('a'), pending('b')],
      { stopped: cancelled },
      '1 of 2 evals failed: a (oaieval exited with code 1). 0 of 2 evals are done, and no response is recorded. Pending, because the job was cancelled: b.',
      FIX,
    ],
    [
      'an eval failed, and exit-on-error stopped the others',
      [
        failed('a'),
        ...['b', 'c'].map((name) => pending(name, 'exit-on-error stopped the run when a failed')),
      ],
      {},
      '1 of 3 evals failed: a (oaieval exited with code 1). 0 of 3 evals are done, and no response is recorded. Pending, because exit-on-error stopped the run when a failed: b, c.',
      FIX,
    ],
    [
      'many evals failed',
      [fresh('a'), ...TWELVE.map((name) => failed(name))],
      {},
      '12 of 13 evals failed: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more. 1 of 13 evals is done.',
      FIX,
    ],
    [
      'the job was cancelled before an eval was done',
      [pending('a', undefined, 16), pending('b')],
      { stopped: cancelled },
      'The set is incomplete, because the job was cancelled. 0 of 2 evals are done; 16 responses of 1 unfinished eval are recorded and will be replayed. Pending: a, b.',
      RESUME,
    ],
    [
      'the time is used up and many evals are pending',
      [fresh('a'), ...TWELVE.map((name) => pending(name))],
      { stopped: outOfTime },
      'The set is incomplete, because the time-budget of 5 min 0 s is used up. 1 of 13 evals is done. Pending: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more.',
      RESUME,
    ],
    [
      'evals were not started, each for its own reason',
      [fresh('a'), fresh('b'), pending('c', 'it took 1 h last time')],
      {},
      'The set is incomplete. 2 of 3 evals are done. Pending: c (it took 1 h last time).',
      RESUME,
    ],
    [
      'the API refused the job, whatever else happened',
      [fresh('a'), failed('b'), pending('c', 'the API refused', 1)],
      { unusable, stopped: AbortSignal.abort(unusable) },
      'The API refused: 401: Incorrect API key. Retrying will not help. 1 of 3 evals is done; 1 response of 1 unfinished eval is recorded and will be replayed.',
      'What to do: Fix the API key. Then re-run the failed jobs; they continue from here. [API_REFUSED]',
    ],
    [
      'the API could not be reached',
      [pending('c')],
      { unusable: unreachable, stopped: AbortSignal.abort(unreachable) },
      'The API has not responded for 5 min: ECONNREFUSED. 0 of 1 eval is done, and no response is recorded.',
      'What to do: Check its address. Then re-run the failed jobs; they continue from here. [API_UNREACHABLE]',
    ],
  ])('closing message: %s', (_, outcomes, ends, message, next) => {
    expect(textOf(outcomes, ends)).toBe(`${message}\n${next}`);
  });

  test('closing message: a complete set has none, also when the job was cancelled at the last moment', () => {
    expect(messageOf([fresh('a')])).toBeUndefined();
    expect(messageOf([fresh('a')], { stopped: cancelled })).toBeUndefined();
  });
});

const trouble: ApiTrouble = {
  cause: { kind: 'rate-limit', detail: '429: Slow down' },
  since: 0,
  until: 75_000,
  isLasting: true,
  failed: 96,
  succeeded: 0,
};

describe('closing message: trouble of the API', () => {
  test.each<[string, Outcome[], Partial<Stops>]>([
    ['incomplete', [pending('a')], { stopped: outOfTime }],
    ['failed', [failed('a'), pending('b')], {}],
  ])('closing message: names the trouble of the API when the set is %s', (_, outcomes, ends) => {
    expect(textOf(outcomes, { ...ends, trouble })).toMatch(
      /\. When the run ended, the API had limited the rate of requests for 1 min 15 s: .* Last error: 429: Slow down\. 0 of /,
    );
  });

  test('closing message: says once that the API could not be reached', () => {
    const ends = { unusable: unreachable, stopped: AbortSignal.abort(unreachable), trouble };
    expect(textOf([pending('a')], ends)).not.toContain('When the run ended');
  });
});

test('remarks: say in the summary what its verdict and its table do not say', () => {
  const remarksFor = (outcomes: readonly Outcome[], ends: Partial<Stops> = {}) =>
    remarksOf({ closing: messageOf(outcomes, ends), trouble: undefined, notes: [] });
  expect(remarksFor([failed('a', 2), fresh('b')])).toEqual({
    notes: ['1 of 2 evals is done; 2 responses of 1 unfinished eval are recorded and will be replayed.'],
    next: 'Fix the cause of each failure, then re-run the failed jobs; they continue from here.',
  });
  expect(remarksFor([pending('a'), fresh('b')], { stopped: cancelled })).toEqual({
    notes: ['The set is incomplete, because the job was cancelled. 1 of 2 evals is done.'],
    next: 'Re-run the failed jobs; they continue from here.',
  });
  expect(remarksFor([fresh('a')])).toEqual({ notes: [], next: '' });
});

test('remarks: a step that was killed says what is kept', () => {
  const results = resultsOf([fresh('a'), pending('b', undefined, 16)]);
  expect(interruptionRemarks(results, undefined)).toEqual({
    notes: [
      'The step was interrupted. 1 of 2 evals is done; 16 responses of 1 unfinished eval are recorded and will be replayed. Requests of evals that were running then are not counted.',
    ],
    next: 'Re-run the failed jobs; they continue from here.',
  });
});

const rule = (changes: Partial<RuleVerdict>): RuleVerdict => ({
  rule: 'accuracy >= 0.8',
  line: 1,
  advisory: false,
  status: 'met',
  sentence: 'a: accuracy is 0.9.',
  evals: [],
  ...changes,
});

test('closing message: rules that are missed or cannot be judged, with what was found', () => {
  const rules = [
    rule({}),
    rule({ status: 'missed', sentence: 'b: accuracy is 0.5, below 0.8.' }),
    rule({ rule: 'score drop <= 2pp', status: 'not-judged', sentence: 'No eval has the metric score.' }),
    rule({ rule: 'advisory: x > 1', status: 'missed', advisory: true }),
  ];
  const message = closingMessage(
    resultsOf([fresh('a'), fresh('b')]),
    someVerdict({ status: 'failed', rules }),
    {
      unusable: undefined,
      stopped: never,
      trouble: undefined,
    },
  );
  expect(message && describeError(closingError(message))).toBe(
    [
      '1 of 3 required rules is missed, and 1 cannot be judged:',
      '- accuracy >= 0.8: b: accuracy is 0.5, below 0.8.',
      '- score drop <= 2pp: No eval has the metric score.',
      '2 of 2 evals are done.',
      'What to do: Look at the samples in report.html, then fix the cause or change the input thresholds. Completed evals are reused, so only changed ones run again. [THRESHOLDS_MISSED]',
    ].join('\n'),
  );
});
