import { describe, expect, test } from 'vitest';
import { progressOf, shareOfCompleted, shareOfRunning } from '../../../src/run/eval-progress.ts';
import type { LiveCounts } from '../../../src/run/execute-eval.ts';
import { planned } from '../../helpers/builders.ts';

const EVAL = { ...planned('a.v0'), samples: 10 };

const counts = ({ responses = 0, replayed = 0, open = 0, pid = 1 } = {}): LiveCounts => ({
  responses: () => responses,
  replayed: () => replayed,
  openRequests: () => open,
  usage: () => ({}),
  pid: () => pid || undefined,
});

describe('progress of an eval: what it waits for', () => {
  test.each([
    ['nothing, when a response came since the last heartbeat', counts({ responses: 4, open: 2 }), undefined],
    ['responses', counts({ responses: 3, open: 2 }), { kind: 'responses', count: 2 }],
    ['its own next request', counts({ responses: 3 }), { kind: 'requests' }],
    ['its process', counts({ responses: 3, pid: 0 }), { kind: 'process' }],
    ['its process, before its lane is open', undefined, { kind: 'process' }],
  ])('progress of an eval: it waits for %s', (_, live, waitsFor) => {
    const progress = progressOf(EVAL, { startedAt: 1000, counts: live, responsesBefore: 3 }, 5000);
    expect(progress).toMatchObject({ name: 'a', samples: 10, runningMs: 4000 });
    expect(progress.waitsFor).toEqual(waitsFor);
  });
});

describe('progress of an eval: its share', () => {
  test.each([
    ['without responses', EVAL, counts(), { share: 0, replayed: 0 }],
    ['of some samples', EVAL, counts({ responses: 5, replayed: 2 }), { share: 0.5, replayed: 0.2 }],
    ['with several responses for a sample', EVAL, counts({ responses: 30 }), { share: 1, replayed: 0 }],
    ['with all responses replayed', EVAL, counts({ responses: 30, replayed: 30 }), { share: 1, replayed: 1 }],
    [
      'of an unknown number of samples',
      { ...EVAL, samples: null },
      counts({ responses: 5 }),
      { share: 0, replayed: 0 },
    ],
    ['before its lane is open', EVAL, undefined, { share: 0, replayed: 0 }],
  ])('progress of an eval: %s', (_, of, live, share) => {
    expect(shareOfRunning(of, live)).toEqual(share);
  });

  test('progress of an eval: what a completed one replayed took no time', () => {
    expect(shareOfCompleted({ requests: { sent: 1, replayed: 3 } })).toEqual({ share: 1, replayed: 0.75 });
    expect(shareOfCompleted({ requests: { sent: 0, replayed: 0 } })).toEqual({ share: 1, replayed: 0 });
    expect(shareOfCompleted({ requests: null })).toEqual({ share: 1, replayed: 0 });
  });
});
