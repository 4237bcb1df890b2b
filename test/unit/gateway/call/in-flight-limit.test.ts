import { describe, expect, test, vi } from 'vitest';
import { InFlightLimit, type Slot } from '../../../../src/gateway/call/in-flight-limit.ts';
import type { RequestBudget } from '../../../../src/gateway/call/request-budget.ts';

const never = new AbortController().signal;

const of = (evalName: string) => ({ evalName, model: 'm' });

/** Acquires a slot, and notes the name when it has one. */
function queue(limit: InFlightLimit, served: string[], evalId: string, name = evalId, signal = never) {
  return limit.acquire(of(evalId), signal).then((slot): Slot => {
    served.push(name);
    return slot;
  });
}

/** Lets all pending promises settle. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Fakes only the clock and timers until the test ends; promises settle as usual. */
function clock(onTestFinished: (end: () => void) => void): void {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

test('in-flight limit: gives out each slot once', async () => {
  const limit = new InFlightLimit(2);
  const served: string[] = [];
  const slots = ['1', '2', '3', '4', '5'].map((name) => queue(limit, served, 'a', name));
  await settled();
  expect(served).toEqual(['1', '2']);
  const first = await slots[0];
  first?.release();
  await settled();
  expect(served).toEqual(['1', '2', '3']);
  first?.release();
  first?.release();
  await settled();
  expect(served).toEqual(['1', '2', '3']);
  (await slots[1])?.release();
  (await slots[2])?.release();
  await settled();
  expect(served).toEqual(['1', '2', '3', '4', '5']);
});

test('in-flight limit: evals take turns, and each keeps its own order', async () => {
  const limit = new InFlightLimit(1);
  const served: string[] = [];
  const names = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'];
  const all = names.map((name) => queue(limit, served, name.charAt(0), name).then((slot) => slot.release()));
  await Promise.all(all);
  expect(served).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
});

test('in-flight limit: a request that leaves the queue takes no slot, and the others keep their places', async () => {
  const limit = new InFlightLimit(1);
  const served: string[] = [];
  const leaving = new AbortController();
  const held = await queue(limit, served, 'a', 'a1');
  const gone = queue(limit, served, 'a', 'a2', leaving.signal);
  const alsoGone = queue(limit, served, 'b', 'b1', leaving.signal);
  const stays = queue(limit, served, 'a', 'a3');
  const reason = new Error('the client disconnected');
  leaving.abort(reason);
  await expect(gone).rejects.toBe(reason);
  await expect(alsoGone).rejects.toBe(reason);
  held.release();
  (await stays).release();
  expect(served).toEqual(['a1', 'a3']);
  expect(() => limit.acquire(of('a'), leaving.signal)).toThrow(reason);
  await queue(limit, served, 'b', 'b2');
  expect(served).toEqual(['a1', 'a3', 'b2']);
});

test('in-flight limit: an abort after a slot was acquired does not release it', async () => {
  const limit = new InFlightLimit(1);
  const served: string[] = [];
  const leaving = new AbortController();
  const slot = await queue(limit, served, 'a', 'a1', leaving.signal);
  const next = queue(limit, served, 'b', 'b1');
  leaving.abort();
  await settled();
  expect(served).toEqual(['a1']);
  slot.release();
  await next;
  expect(served).toEqual(['a1', 'b1']);
});

test('in-flight limit: a pause holds back all requests, and the longest of several counts', async ({
  onTestFinished,
}) => {
  clock(onTestFinished);
  const limit = new InFlightLimit(4);
  const served: string[] = [];
  limit.pause(1000);
  limit.pause(300);
  void queue(limit, served, 'a');
  void queue(limit, served, 'b');
  await settled();
  vi.advanceTimersByTime(999);
  await settled();
  expect(served).toEqual([]);
  vi.advanceTimersByTime(1);
  await settled();
  expect(served).toEqual(['a', 'b']);
});

test('in-flight limit: a slot that is released during a pause stays free until its end', async ({
  onTestFinished,
}) => {
  clock(onTestFinished);
  const limit = new InFlightLimit(1);
  const served: string[] = [];
  const held = await queue(limit, served, 'a', 'a1');
  void queue(limit, served, 'b', 'b1');
  limit.pause(500);
  held.release();
  vi.advanceTimersByTime(200);
  limit.pause(500);
  vi.advanceTimersByTime(499);
  await settled();
  expect(served).toEqual(['a1']);
  vi.advanceTimersByTime(1);
  await settled();
  expect(served).toEqual(['a1', 'b1']);
});

test('in-flight limit: close leaves no timer behind', ({ onTestFinished }) => {
  clock(onTestFinished);
  const limit = new InFlightLimit(1);
  limit.pause(60_000);
  limit.pause(90_000);
  void limit.acquire(of('a'), never);
  expect(vi.getTimerCount()).toBe(1);
  limit.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('in-flight limit: after stop it gives no more slots, and waiting requests may leave', async ({
  onTestFinished,
}) => {
  clock(onTestFinished);
  const limit = new InFlightLimit(1);
  const served: string[] = [];
  const leaving = new AbortController();
  const held = await queue(limit, served, 'a', 'a1');
  limit.pause(100);
  const waits = queue(limit, served, 'a', 'a2', leaving.signal);
  expect(limit.stopped).toBe(false);
  limit.stop();
  expect(limit.stopped).toBe(true);
  held.release();
  vi.advanceTimersByTime(1000);
  void queue(limit, served, 'b', 'b1');
  await settled();
  expect(served).toEqual(['a1']);
  leaving.abort(new Error('the run ends'));
  await expect(waits).rejects.toThrow('the run ends');
});

test('in-flight limit: a retry goes before the other requests of its eval', async () => {
  const limit = new InFlightLimit(1);
  const served: string[] = [];
  const held = await queue(limit, served, 'a', 'a1');
  const all = [queue(limit, served, 'a', 'a2'), queue(limit, served, 'b', 'b1')].map((place) =>
    place.then((slot) => slot.release()),
  );
  const back = limit.acquire(of('a'), never, true).then((slot) => {
    served.push('a1 again');
    slot.release();
  });
  held.release();
  await Promise.all([...all, back]);
  expect(served).toEqual(['a1', 'a1 again', 'b1', 'a2']);
});

test('in-flight limit: decrease halves it, and each round of successes raises it by one', async ({
  onTestFinished,
}) => {
  clock(onTestFinished);
  const limit = new InFlightLimit(8);
  const served: string[] = [];
  const slots = Array.from({ length: 8 }, () => queue(limit, served, 'a'));
  await settled();
  const sentAt = Date.now();
  vi.advanceTimersByTime(10);
  // All eight are refused, which counts once.
  for (const slot of slots) {
    limit.decrease(sentAt);
    (await slot).release();
  }
  const more = Array.from({ length: 8 }, () => queue(limit, served, 'a'));
  await settled();
  expect(served).toHaveLength(8 + 4);
  for (let answers = 0; answers < 4; answers += 1) {
    (await more[answers])?.release();
    limit.increase();
  }
  await settled();
  expect(served, 'four again, and not yet a fifth').toHaveLength(8 + 8);
  for (let answers = 0; answers < 2; answers += 1) limit.increase();
  const last = Array.from({ length: 4 }, () => queue(limit, served, 'a'));
  await settled();
  expect(served).toHaveLength(8 + 8 + 1);
  for (const slot of [...more.slice(4), ...last]) void slot.then((place) => place.release());
});

test('in-flight limit: decrease halves the number in flight, down to one', async () => {
  const limit = new InFlightLimit(32);
  const served: string[] = [];
  const few = await Promise.all(['1', '2', '3', '4'].map((name) => queue(limit, served, 'a', name)));
  limit.decrease(Date.now());
  for (const slot of few) slot.release();
  const more = Array.from({ length: 8 }, (_, n) => queue(limit, served, 'a', `more ${n}`));
  await settled();
  expect(served).toHaveLength(4 + 2);

  const one = new InFlightLimit(1);
  const held = await queue(one, served, 'b');
  one.decrease(Date.now());
  held.release();
  (await queue(one, served, 'b', 'b again')).release();
  expect(served.at(-1)).toBe('b again');
  for (const slot of more) void slot.then((place) => place.release());
});

test('in-flight limit: successes never raise it above what the user set', async () => {
  const limit = new InFlightLimit(2);
  const served: string[] = [];
  for (let answers = 0; answers < 100; answers += 1) limit.increase();
  for (const name of ['1', '2', '3']) void queue(limit, served, 'a', name);
  await settled();
  expect(served).toEqual(['1', '2']);
});

test('in-flight limit: says how many requests are allowed after an overload, and when a pause is over', async ({
  onTestFinished,
}) => {
  clock(onTestFinished);
  const limit = new InFlightLimit(4);
  onTestFinished(() => limit.close());
  for (const id of ['a', 'b', 'c', 'd']) await limit.acquire(of(id), never);
  expect([limit.allowed, limit.isPaused]).toEqual([4, false]);
  limit.decrease(Date.now());
  limit.pause(1000);
  expect([limit.allowed, limit.isPaused]).toEqual([2, true]);
  vi.advanceTimersByTime(1000);
  expect(limit.isPaused).toBe(false);
});

describe('in-flight limit: a budget of requests', () => {
  /** A budget for this many requests at a time. */
  function budgetOf(room: number) {
    const ends: boolean[] = [];
    let used = 0;
    const budget: RequestBudget = {
      reserve() {
        if (used === room) return undefined;
        used += 1;
        return {
          end(succeeded) {
            used -= 1;
            ends.push(succeeded);
          },
        };
      },
    };
    return { budget, ends };
  }

  test('in-flight limit: a request waits until the budget has room for it, and then keeps its place', async () => {
    const { budget, ends } = budgetOf(1);
    const limit = new InFlightLimit(8, budget);
    const served: string[] = [];
    const first = await queue(limit, served, 'a', 'a1');
    const others = ['a2', 'b1', 'a3'].map((name) => queue(limit, served, name.charAt(0), name));
    await settled();
    expect(served).toEqual(['a1']);
    first.release();
    await settled();
    expect(served, 'the request is still in flight, although its client left').toEqual(['a1']);
    first.end(true);
    first.end(true);
    for (const slot of others) (await slot).end(false);
    expect(served).toEqual(['a1', 'a2', 'b1', 'a3']);
    expect(ends).toEqual([true, false, false, false]);
  });

  test('in-flight limit: a request that waits for the budget may leave', async () => {
    const { budget } = budgetOf(0);
    const limit = new InFlightLimit(8, budget);
    const leaving = new AbortController();
    const waits = limit.acquire(of('a'), leaving.signal);
    leaving.abort(new Error('the run ends'));
    await expect(waits).rejects.toThrow('the run ends');
  });
});
