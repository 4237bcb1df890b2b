import { describe, expect, test } from 'vitest';
import { finish, type Stops } from '../../../src/action/finish.ts';
import { ActionError, ApiUnusable } from '../../../src/errors.ts';
import type { ApiTrouble } from '../../../src/model/api-trouble.ts';
import type { Outcome } from '../../../src/model/outcome.ts';
import { summarize } from '../../../src/report/results.ts';
import { completion, planned } from '../../helpers/builders.ts';

const evalOf = (name: string) => planned(`${name}.dev.v0`);
const fresh = (name: string): Outcome => ({
  status: 'fresh',
  eval: evalOf(name),
  record: completion(evalOf(name)),
});
const failed = (name: string): Outcome => ({
  status: 'failed',
  eval: evalOf(name),
  reason: 'oaieval exited with code 1',
  lastLines: [],
});
const pending = (name: string, reason = 'the job was cancelled'): Outcome => ({
  status: 'pending',
  eval: evalOf(name),
  reason,
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

function endOf(outcomes: readonly Outcome[], ends: Partial<Stops>): ActionError | undefined {
  try {
    finish(summarize('gpt-4', 'set', outcomes), {
      unusable: undefined,
      stopped: never,
      trouble: undefined,
      ...ends,
    });
    return undefined;
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
}

describe('finish', () => {
  test.each<[string, Outcome[], Partial<Stops>, string, string]>([
    ['if an eval failed', [fresh('a'), failed('b')], {}, 'EVALS_FAILED', '1 of 2 evals failed: b.'],
    [
      'if an eval failed and others are pending',
      [failed('a'), pending('b')],
      { stopped: cancelled },
      'EVALS_FAILED',
      '1 of 2 evals failed: a.',
    ],
    [
      'if the run was stopped, with the reason once',
      [fresh('a'), pending('b')],
      { stopped: cancelled },
      'INCOMPLETE',
      '1 of 2 evals done, 1 pending, then the job was cancelled. Still pending: b.',
    ],
    [
      'if evals were not started, with the reason of each',
      [fresh('a'), pending('b', 'it took 1 h before')],
      {},
      'INCOMPLETE',
      '1 of 2 evals done, 1 pending. Still pending: b (it took 1 h before).',
    ],
    [
      'if the API refused the job, whatever else happened',
      [fresh('a'), failed('b'), pending('c')],
      { unusable, stopped: AbortSignal.abort(unusable) },
      'API_REFUSED',
      'The API refused: 401: Incorrect API key. Retrying will not help.',
    ],
    [
      'if the API could not be reached',
      [fresh('a'), failed('b'), pending('c')],
      { unusable: unreachable, stopped: AbortSignal.abort(unreachable) },
      'API_UNREACHABLE',
      'The API has not responded for 5 min: ECONNREFUSED. ',
    ],
    [
      'if many evals are pending, with the names of ten',
      Array.from({ length: 12 }, (_, n) => pending(String(n))),
      { stopped: cancelled },
      'INCOMPLETE',
      'Still pending: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more.',
    ],
  ])('finish: fails the step %s', (_, outcomes, ends, code, words) => {
    const error = endOf(outcomes, ends);
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(words);
    expect(error?.next).toMatch(/re-run the failed jobs/i);
  });

  const trouble: ApiTrouble = {
    cause: { kind: 'rate-limit', detail: '429: Slow down' },
    since: 0,
    until: 75_000,
    isLasting: true,
    failed: 96,
    succeeded: 0,
  };

  test.each([
    ['incomplete', [pending('a')], { stopped: cancelled }],
    ['failed', [failed('a'), pending('b')], {}],
  ])('finish: names the trouble of the API when the set is %s', (_, outcomes, ends) => {
    expect(endOf(outcomes, { ...ends, trouble })?.message).toMatch(
      /\. When the run ended, the API had limited the rate of requests for 1 min 15 s: .* Last error: 429: Slow down\.$/,
    );
  });

  test('finish: says once that the API could not be reached', () => {
    const ends = { unusable: unreachable, stopped: AbortSignal.abort(unreachable), trouble };
    expect(endOf([pending('a')], ends)?.message).not.toContain('When the run ended');
  });

  test('finish: a complete set passes, also when the job was cancelled at the last moment', () => {
    expect(endOf([fresh('a')], {})).toBeUndefined();
    expect(endOf([fresh('a')], { stopped: cancelled })).toBeUndefined();
  });
});
