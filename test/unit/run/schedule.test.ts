import { describe, expect, test } from 'vitest';
import { expectedDurations, longestFirst, timeLeftMs } from '../../../src/run/schedule.ts';
import { completion, planned } from '../../helpers/builders.ts';

const [a, b, c] = [planned('a.v0'), planned('b.v0'), planned('c.v0')];

/** A record that says that the eval took this many seconds for this many samples. */
function took(of: typeof a, seconds: number, samples: number | null = 3) {
  const ended = new Date(Date.parse('2026-01-01T00:00:00.000Z') + seconds * 1000).toISOString();
  return completion(of, { samples, ended });
}

describe('expectedDurations', () => {
  test('expectedDurations: an eval takes as long as before, also when its content has changed since', () => {
    const changed = planned('a.v0', 'v2');
    expect(expectedDurations([changed], [took(a, 12)]).get(changed)).toBe(12_000);
  });

  test('expectedDurations: of two records of an eval the later one counts', () => {
    expect(expectedDurations([a], [took(a, 12), took(a, 5)]).get(a)).toBe(5_000);
  });

  test('expectedDurations: an eval without a record takes its samples at the pace of the others', () => {
    const unknown = { ...b, samples: 50 };
    // 30 seconds for 15 samples.
    const records = [took(a, 10, 5), took(c, 20, 10)];
    expect(expectedDurations([a, unknown], records).get(unknown)).toBe(100_000);
  });

  test('expectedDurations: a record without a number of samples does not count for the pace', () => {
    const unknown = { ...b, samples: 2 };
    const records = [took(a, 1000, null), took(c, 20, 10)];
    const expected = expectedDurations([a, unknown], records);
    expect([expected.get(a), expected.get(unknown)]).toEqual([1_000_000, 4_000]);
  });

  test('expectedDurations: an eval without a number of samples counts as one of median size', () => {
    const evals = [
      { ...a, samples: 1 },
      { ...b, samples: null },
      { ...c, samples: 7 },
      { ...planned('d.v0'), samples: 900 },
    ];
    const expected = expectedDurations(evals, [took(planned('e.v0'), 20, 10)]);
    expect(evals.map((each) => expected.get(each))).toEqual([2_000, 14_000, 14_000, 1_800_000]);
  });

  test('expectedDurations: without any record, evals differ by their samples', () => {
    const evals = [
      { ...a, samples: 2 },
      { ...b, samples: 6 },
      { ...c, samples: null },
    ];
    const [two, six, unknown] = [...expectedDurations(evals, []).values()];
    expect(six).toBe((two ?? 0) * 3);
    expect(unknown).toBe(six);
    const nothingKnown = { ...a, samples: null };
    expect(expectedDurations([nothingKnown], []).get(nothingKnown)).toBeGreaterThan(0);
  });

  test.for([
    ['with replayed responses', { requests: { sent: 1, replayed: 1 } }],
    ['that ended before it started', { ended: '2025-01-01T00:00:00.000Z' }],
    ['that took no time', { ended: '2026-01-01T00:00:00.000Z' }],
  ] as const)('expectedDurations: a record %s is ignored', ([, changes]) => {
    const known = took(c, 20, 10);
    const expected = expectedDurations([a], [known, { ...took(a, 600), ...changes }]);
    expect(expected.get(a)).toBe(6_000);
  });

  test('expectedDurations: a record whose requests were all sent counts', () => {
    const record = { ...took(a, 9), requests: { sent: 3, replayed: 0 } };
    expect(expectedDurations([a], [record]).get(a)).toBe(9_000);
  });
});

test('longestFirst: equal evals stay in the order of the set, and the set is not changed', () => {
  const d = planned('d.v0');
  const evals = [a, b, c, d];
  const expected = new Map([
    [a, 5],
    [b, 9],
    [c, 5],
  ]);
  expect(longestFirst(evals, expected)).toEqual([b, a, c, d]);
  expect(evals).toEqual([a, b, c, d]);
});

describe('timeLeftMs', () => {
  test('timeLeftMs: the rest takes as much longer than expected as what is done', () => {
    // Of 240 s that were expected, 60 s are done; they took 30 s.
    const evals = [
      { expectedMs: 40_000, share: 1 },
      { expectedMs: 100_000, share: 0.2 },
      { expectedMs: 100_000, share: 0 },
    ];
    expect(timeLeftMs(evals, 30_000)).toBe(90_000);
  });

  test('timeLeftMs: what was replayed took no time, so it shows nothing', () => {
    const replayed = { expectedMs: 100_000, share: 0.5, replayed: 0.5 };
    expect(timeLeftMs([replayed], 30_000)).toBeUndefined();
    // 50 s are left, and 25 s were received in 30 s.
    expect(timeLeftMs([{ ...replayed, share: 0.75 }], 30_000)).toBe(30_000);
  });

  test('timeLeftMs: unknown while nothing is done, and zero when everything is', () => {
    expect(timeLeftMs([{ expectedMs: 50_000, share: 0 }], 30_000)).toBeUndefined();
    expect(timeLeftMs([], 30_000)).toBeUndefined();
    expect(timeLeftMs([{ expectedMs: 50_000, share: 1 }], 30_000)).toBe(0);
  });
});
