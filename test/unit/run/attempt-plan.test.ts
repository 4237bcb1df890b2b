import { describe, expect, test } from 'vitest';
import { nextAttempt } from '../../../src/run/attempt-plan.ts';

const failed = (attempt: number, suspectsReplay: boolean, replays = true) => ({
  attempt,
  replays,
  suspectsReplay,
});

describe('nextAttempt', () => {
  test.each([
    ['after the first of two it replays', failed(1, false), 2, { kind: 'run', replays: true }],
    ['after the last there is none', failed(2, false), 2, { kind: 'stop' }],
    ['after the only one there is none', failed(1, false), 1, { kind: 'stop' }],
    ['after a suspect first of three it replays', failed(1, true), 3, { kind: 'run', replays: true }],
    ['after a suspect last but one it does not replay', failed(2, true), 3, { kind: 'run', replays: false }],
    [
      'after a suspect last there is one more, which does not replay',
      failed(2, true),
      2,
      { kind: 'run', replays: false },
    ],
    [
      'after a suspect only one there is one more, which does not replay',
      failed(1, true),
      1,
      { kind: 'run', replays: false },
    ],
    ['after one that did not replay there is none', failed(2, true, false), 2, { kind: 'stop' }],
  ])('nextAttempt: %s', (_, result, attempts, expected) => {
    expect(nextAttempt(result, attempts)).toEqual(expected);
  });

  test.each([1, 2, 3, 5])(
    'nextAttempt: with attempts %i, an eval runs at most once more than that',
    (attempts) => {
      for (const suspects of [true, false]) {
        let replays = true;
        let attempt = 1;
        for (;;) {
          const next = nextAttempt({ attempt, replays, suspectsReplay: suspects }, attempts);
          if (next.kind === 'stop') break;
          replays = next.replays;
          attempt += 1;
          expect(attempt).toBeLessThanOrEqual(attempts + 1);
        }
      }
    },
  );
});
