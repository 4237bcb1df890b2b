import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Budget, type BudgetOptions, openBudget } from '../../../src/run/budget.ts';
import { completion, planned } from '../../helpers/builders.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const quick = planned('quick.dev.v0');
const slow = planned('slow.dev.v0');
const unknown = planned('unknown.dev.v0');

/** Completions that took one minute and 100 tokens, and one hour and 5,000 tokens. */
const records = [
  completion(quick, {
    started: '2026-01-01T00:00:00Z',
    ended: '2026-01-01T00:01:00Z',
    tokens: { prompt: 60, completion: 40, total: 100, cached: 0, reasoning: 0 },
  }),
  completion(slow, {
    started: '2026-01-01T00:00:00Z',
    ended: '2026-01-01T01:00:00Z',
    tokens: { prompt: 3000, completion: 2000, total: 5000, cached: 0, reasoning: 0 },
  }),
];

const QUICK = { evalName: 'quick', model: 'm' };

function used(prompt: number, completion = 0) {
  return { prompt, completion, cached: 0, reasoning: 0 };
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

function budget(options: Partial<BudgetOptions> = {}): Budget {
  return openBudget({
    timeMs: undefined,
    tokens: undefined,
    cost: undefined,
    beganAt: NOW,
    records,
    evals: [],
    sampleResume: true,
    ...options,
  });
}

describe('time-budget', () => {
  test('time-budget: ends the run this long after the step began, and says so', () => {
    const { exhausted } = budget({ timeMs: 10 * MINUTE, beganAt: NOW - 4 * MINUTE });
    vi.advanceTimersByTime(6 * MINUTE - 1);
    expect(exhausted.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(exhausted.aborted).toBe(true);
    expect(exhausted.reason).toEqual(new Error('the time-budget of 10 min 0 s is used up'));
  });

  test('time-budget: one that is used up before the evals start ends the run at once', () => {
    const { exhausted } = budget({ timeMs: MINUTE, beganAt: NOW - 2 * MINUTE });
    vi.advanceTimersByTime(1);
    expect(exhausted.aborted).toBe(true);
  });

  test('time-budget: without a limit, or after close, it never ends the run', () => {
    const unlimited = budget();
    const closed = budget({ timeMs: MINUTE });
    closed.close();
    vi.advanceTimersByTime(DAY);
    expect([unlimited.exhausted.aborted, closed.exhausted.aborted]).toEqual([false, false]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('time-budget: skips an eval that took longer than what is left, not a shorter or unknown one', () => {
    const { reasonToSkip } = budget({ timeMs: 90 * MINUTE });
    expect(reasonToSkip(slow)).toBeUndefined();
    vi.advanceTimersByTime(30 * MINUTE);
    expect(reasonToSkip(slow), 'it fits to the millisecond').toBeUndefined();
    vi.advanceTimersByTime(1000);
    expect(reasonToSkip(slow)).toBe('it took 1 h 0 min last time; 59 min 59 s of the time-budget remain');
    expect(reasonToSkip(quick)).toBeUndefined();
    expect(reasonToSkip(unknown)).toBeUndefined();
    vi.advanceTimersByTime(60 * MINUTE);
    expect(reasonToSkip(quick)).toBe('it took 1 min 0 s last time; 0.0 s of the time-budget remain');
  });

  test('time-budget: starts an eval too long for any budget when its responses are recorded', () => {
    expect(budget({ timeMs: 10 * MINUTE }).reasonToSkip(slow)).toBeUndefined();
    expect(budget({ timeMs: 10 * MINUTE, sampleResume: false }).reasonToSkip(slow)).toMatch(
      /took 1 h 0 min last time/,
    );
  });
});

describe('token-budget', () => {
  test('token-budget: ends the run with the response that reaches the limit, not before', () => {
    const { spend, exhausted } = budget({ tokens: 12_000 });
    spend(used(11_000, 999), QUICK);
    expect(exhausted.aborted).toBe(false);
    spend(used(0, 1), QUICK);
    expect(exhausted.reason).toEqual(new Error('the token-budget of 12,000 is used up'));
  });

  test('token-budget: without a limit it never ends the run', () => {
    const { spend, exhausted, requests } = budget();
    expect(requests).toBeUndefined();
    spend(used(Number.MAX_SAFE_INTEGER, 0), QUICK);
    expect(exhausted.aborted).toBe(false);
  });

  test('token-budget: reserves what the running evals still need', () => {
    const { reasonToSkip } = budget({ tokens: 9000 });
    expect(reasonToSkip(slow, [{ key: slow.key, usage: { m: used(0) } }])).toBe(
      'it used 5,000 tokens last time; 4,000 of the token-budget remain after reserving 5,000 for running evals',
    );
    expect(reasonToSkip(quick, [{ key: slow.key, usage: { m: used(0) } }])).toBeUndefined();
    expect(reasonToSkip(slow, [{ key: slow.key, usage: { m: used(1000) } }])).toBeUndefined();
    expect(
      reasonToSkip(slow, [{ key: slow.key, usage: { m: used(6000) } }]),
      'it uses more than last time',
    ).toBeUndefined();
    expect(
      reasonToSkip(slow, [{ key: unknown.key, usage: { m: used(10) } }]),
      'its use is unknown',
    ).toBeUndefined();
  });

  test('token-budget: an eval that uses more than last time reserves nothing further', () => {
    const { reasonToSkip, spend } = budget({ tokens: 9000 });
    spend(used(4000, 500), QUICK);
    expect(reasonToSkip(slow, [{ key: slow.key, usage: { m: used(6000) } }])).toBe(
      'it used 5,000 tokens last time; 4,500 of the token-budget remain',
    );
  });

  test('token-budget: skips an eval that used more than what is left', () => {
    const { reasonToSkip, spend } = budget({ tokens: 6000 });
    spend(used(1000, 0), QUICK);
    expect(reasonToSkip(slow)).toBeUndefined();
    spend(used(0, 1), QUICK);
    expect(reasonToSkip(slow)).toBe('it used 5,000 tokens last time; 4,999 of the token-budget remain');
    expect(reasonToSkip(quick)).toBeUndefined();
    expect(reasonToSkip(unknown)).toBeUndefined();
    expect(budget({ tokens: 4999 }).reasonToSkip(slow)).toBeUndefined();
    expect(budget({ tokens: 4999, sampleResume: false }).reasonToSkip(slow)).toMatch(/used 5,000 tokens/);
  });
});

test('token-budget: an eval with kept answers starts whatever it used last time, because it may send nothing', () => {
  expect(budget({ tokens: 1000, sampleResume: false }).reasonToSkip(slow)).toMatch(/^it used 5,000 tokens/);
  const reusing = budget({ tokens: 1000, sampleResume: false, hasAnswers: (key) => key === slow.key });
  expect(reusing.reasonToSkip(slow)).toBeUndefined();
});
