import { describe, expect, test } from 'vitest';
import type { Reservation } from '../../../src/gateway/call/request-budget.ts';
import { tokenMeasure } from '../../../src/run/spending-measure.ts';
import { SpendingReserve, type SpendingReserveOptions } from '../../../src/run/spending-reserve.ts';
import { completion, planned } from '../../helpers/builders.ts';

const a = { ...planned('a.dev.v0'), name: 'a' };

/** Two responses of 100 tokens each, in an earlier run. */
const record = completion(a, {
  tokens: { prompt: 120, completion: 80, total: 200, cached: 0, reasoning: 0 },
  requests: { sent: 1, replayed: 1 },
});

const of = (evalName: string, model = 'm') => ({ evalName, model });

function reserveOf(options: Partial<SpendingReserveOptions> = {}) {
  const reasons: string[] = [];
  const reserve = new SpendingReserve({
    limit: 1000,
    measure: tokenMeasure,
    records: [],
    evals: [a],
    onExhausted: (why) => reasons.push(why),
    ...options,
  });
  const sent: Reservation[] = [];
  return {
    reserve,
    reasons,
    /** Sends requests of the eval until one has to wait. @returns how many were sent */
    sendAll(name: string): number {
      let count = 0;
      for (;;) {
        const reservation = reserve.reserve(of(name));
        if (!reservation || count === 100) return count;
        sent.push(reservation);
        count += 1;
      }
    },
    /** The request that was sent first gets a response. */
    receive(name: string, tokens: number): void {
      reserve.spend({ prompt: tokens, completion: 0, cached: 0, reasoning: 0 }, of(name));
      sent.shift()?.end(true);
    },
    failFirst: () => sent.shift()?.end(false),
  };
}

describe('token reserve', () => {
  test('token reserve: as long as nothing is known, one request is sent at a time', () => {
    const { sendAll, receive, reasons } = reserveOf();
    expect(sendAll('a')).toBe(1);
    expect(sendAll('b')).toBe(0);
    receive('a', 100);
    expect(sendAll('b'), 'as many as fit, if they take as much as those of a').toBe(9);
    expect(reasons).toEqual([]);
  });

  test('token reserve: a request that failed frees what it had reserved, and shows nothing', () => {
    const { sendAll, failFirst, reasons } = reserveOf();
    sendAll('a');
    failFirst();
    expect(sendAll('a')).toBe(1);
    expect(reasons).toEqual([]);
  });

  test('token reserve: an earlier run shows what a response takes', () => {
    expect(reserveOf({ records: [record] }).sendAll('a')).toBe(10);
    expect(reserveOf({ records: [record] }).sendAll('b'), 'the best guess for another eval').toBe(10);
    expect(reserveOf({ records: [{ ...record, requests: null }] }).sendAll('a'), 'nothing is known').toBe(1);
  });

  test('token reserve: the responses of this run count more than those of an earlier one', () => {
    const { sendAll, receive } = reserveOf({ records: [record] });
    for (let n = 0; n < 10; n += 1) sendAll('a');
    receive('a', 10);
    expect(sendAll('a'), 'ten tokens each: 9 are in flight, 99 fit').toBe(90);
  });

  test('token reserve: an API that counts no tokens is not limited', () => {
    const { reserve, sendAll, reasons } = reserveOf();
    reserve.reserve(of('a'))?.end(true);
    expect(sendAll('a')).toBe(100);
    expect(reasons).toEqual([]);
  });

  test('token reserve: the run ends when the tokens are spent, and says so once for each response', () => {
    const { sendAll, receive, reasons } = reserveOf({ limit: 200, records: [record] });
    sendAll('a');
    receive('a', 100);
    expect(reasons).toEqual([]);
    receive('a', 100);
    expect(reasons).toEqual(['the token-budget of 200 is used up']);
  });

  test('token reserve: the run ends when nothing is in flight and the next response does not fit', () => {
    const { sendAll, receive, reasons } = reserveOf({ limit: 250, records: [record] });
    expect(sendAll('a')).toBe(2);
    receive('a', 90);
    expect(sendAll('a'), 'one is in flight and may take less').toBe(0);
    expect(reasons).toEqual([]);
    receive('a', 110);
    expect(sendAll('a')).toBe(0);
    expect(reasons).toEqual([
      'the token-budget of 250 is used up (200 tokens are spent, and the next response may take 100)',
    ]);
  });

  test('token reserve: a run with a budget below one response still sends one', () => {
    const { sendAll, receive, reasons } = reserveOf({ limit: 50, records: [record] });
    expect(sendAll('a')).toBe(1);
    expect(reasons).toEqual([]);
    receive('a', 100);
    expect(reasons).toEqual(['the token-budget of 50 is used up']);
  });
});
