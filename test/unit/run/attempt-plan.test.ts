import { describe, expect, test } from 'vitest';
import { nextAttempt } from '../../../src/run/attempt-plan.ts';

const failed = (attempt: number, suspectsAnswers: boolean, replayed = true) => ({
  attempt,
  replayed,
  suspectsAnswers,
});

describe('the next attempt of an eval that failed', () => {
  test.each([
    ['the first of two', failed(1, false), 2, { kind: 'run', replays: true }],
    ['the last', failed(2, false), 2, { kind: 'stop' }],
    ['the only one', failed(1, false), 1, { kind: 'stop' }],
    ['the first of three, on earlier answers', failed(1, true), 3, { kind: 'run', replays: true }],
    ['the last but one, on earlier answers', failed(2, true), 3, { kind: 'run', replays: false }],
    ['the last, on earlier answers: one more', failed(2, true), 2, { kind: 'run', replays: false }],
    ['the only one, on earlier answers: one more', failed(1, true), 1, { kind: 'run', replays: false }],
    ['one without recorded answers', failed(2, true, false), 2, { kind: 'stop' }],
  ])('%s', (_, result, attempts, expected) => {
    expect(nextAttempt(result, attempts)).toEqual(expected);
  });

  test.each([1, 2, 3, 5])('ends, with %i attempts, whatever happens', (attempts) => {
    for (const suspects of [true, false]) {
      let replayed = true;
      let attempt = 1;
      for (;;) {
        const next = nextAttempt({ attempt, replayed, suspectsAnswers: suspects }, attempts);
        if (next.kind === 'stop') break;
        replayed = next.replays;
        attempt += 1;
        expect(attempt).toBeLessThanOrEqual(attempts + 1);
      }
    }
  });
});
