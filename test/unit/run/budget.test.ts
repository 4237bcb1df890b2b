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

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

function budget(options: Partial<BudgetOptions> = {}): Budget {
  return openBudget({
    time: undefined,
    tokens: undefined,
    since: NOW,
    spentTokens: () => 0,
    records,
    sampleResume: true,
    ...options,
  });
}

describe('time', () => {
  test('is used up when the step, not the evals, have taken so long, and says so', () => {
    const { exhausted } = budget({ time: 10 * MINUTE, since: NOW - 4 * MINUTE });
    vi.advanceTimersByTime(6 * MINUTE - 1);
    expect(exhausted.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(exhausted.aborted).toBe(true);
    expect(exhausted.reason).toEqual(new Error('the time-budget of 10 min 0 s is used up'));
  });

  test('that was used up before the evals begin is so at once', () => {
    const { exhausted } = budget({ time: MINUTE, since: NOW - 2 * MINUTE });
    vi.advanceTimersByTime(1);
    expect(exhausted.aborted).toBe(true);
  });

  test('of more days than a timer can count is not used up at once', () => {
    const { exhausted } = budget({ time: 30 * DAY });
    vi.advanceTimersByTime(29 * DAY);
    expect(exhausted.aborted).toBe(false);
    vi.advanceTimersByTime(DAY);
    expect(exhausted.aborted).toBe(true);
  });

  test('without a limit, or closed, it never is', () => {
    const unlimited = budget();
    const closed = budget({ time: MINUTE });
    closed.close();
    vi.advanceTimersByTime(DAY);
    expect([unlimited.exhausted.aborted, closed.exhausted.aborted]).toEqual([false, false]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('an eval that took longer than what is left is not started; a shorter or an unknown one is', () => {
    const { whyNot } = budget({ time: 90 * MINUTE });
    expect(whyNot(slow)).toBeUndefined();
    vi.advanceTimersByTime(30 * MINUTE);
    expect(whyNot(slow), 'it fits to the millisecond').toBeUndefined();
    vi.advanceTimersByTime(1000);
    expect(whyNot(slow)).toBe('it took 1 h 0 min before, and 59 min 59 s of the time-budget are left');
    expect(whyNot(quick)).toBeUndefined();
    expect(whyNot(unknown)).toBeUndefined();
    vi.advanceTimersByTime(60 * MINUTE);
    expect(whyNot(quick)).toBe('it took 1 min 0 s before, and 0.0 s of the time-budget are left');
  });

  test('an eval too long for the whole budget gets on all the same, where its answers are kept', () => {
    expect(budget({ time: 10 * MINUTE }).whyNot(slow)).toBeUndefined();
    expect(budget({ time: 10 * MINUTE, sampleResume: false }).whyNot(slow)).toMatch(/took 1 h 0 min before/);
  });
});

describe('tokens', () => {
  test('are used up with the one that reaches the limit, and not before it is looked', () => {
    let spent = 0;
    const { check, exhausted } = budget({ tokens: 12_000, spentTokens: () => spent });
    spent = 11_999;
    check();
    expect(exhausted.aborted).toBe(false);
    spent = 12_000;
    expect(exhausted.aborted).toBe(false);
    check();
    expect(exhausted.reason).toEqual(new Error('the token-budget of 12,000 is used up'));
  });

  test('without a limit they never are', () => {
    const { check, exhausted } = budget({ spentTokens: () => Number.MAX_SAFE_INTEGER });
    check();
    expect(exhausted.aborted).toBe(false);
  });

  test('what the evals that run will still take is not given away twice', () => {
    const { whyNot } = budget({ tokens: 9000 });
    expect(whyNot(slow, [{ key: slow.key, tokens: 0 }])).toBe(
      'it took 5,000 tokens before, and 4,000 of the token-budget are left, besides 5,000 for the evals that run',
    );
    expect(whyNot(quick, [{ key: slow.key, tokens: 0 }])).toBeUndefined();
    expect(whyNot(slow, [{ key: slow.key, tokens: 1000 }])).toBeUndefined();
    expect(whyNot(slow, [{ key: slow.key, tokens: 6000 }]), 'it takes more than before').toBeUndefined();
    expect(whyNot(slow, [{ key: unknown.key, tokens: 10 }]), 'nobody knows').toBeUndefined();
  });

  test('an eval that takes more than before leaves no more for others', () => {
    const { whyNot } = budget({ tokens: 9000, spentTokens: () => 4500 });
    expect(whyNot(slow, [{ key: slow.key, tokens: 6000 }])).toBe(
      'it took 5,000 tokens before, and 4,500 of the token-budget are left',
    );
  });

  test('an eval that took more than what is left is not started', () => {
    let spent = 0;
    const { whyNot } = budget({ tokens: 6000, spentTokens: () => spent });
    spent = 1000;
    expect(whyNot(slow)).toBeUndefined();
    spent = 1001;
    expect(whyNot(slow)).toBe('it took 5,000 tokens before, and 4,999 of the token-budget are left');
    expect(whyNot(quick)).toBeUndefined();
    expect(whyNot(unknown)).toBeUndefined();
    expect(budget({ tokens: 4999 }).whyNot(slow)).toBeUndefined();
    expect(budget({ tokens: 4999, sampleResume: false }).whyNot(slow)).toMatch(/took 5,000 tokens/);
  });
});
