import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { defaultRetryPolicy } from '../../../src/gateway/call/retry-policy.ts';
import {
  answer,
  askOf,
  CHAT,
  closedBefore,
  contentOf,
  holding,
  leaving,
  newPaths,
  openJournal,
  question,
  segments,
  startRig,
  startStandInApi,
  untilAtGateway,
} from '../../helpers/gateway-rig.ts';

describe('lane of an eval that ends while requests are in flight', () => {
  test('drain waits for sent requests, records and counts them, and never sends the others', async () => {
    const { api, letGo } = await holding();
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 2 });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    const queued = untilAtGateway(lane, 5);
    const asked = Array.from({ length: 5 }, (_, i) => askOf(lane, `${i}`).catch(() => 'cut'));
    await Promise.all([queued, api.untilArrived(2)]);
    expect(lane.sentCount()).toBe(2);
    const drained = lane.drain(new AbortController().signal);
    letGo();
    await drained;
    lane.close();
    expect(journal.size).toBe(2);
    expect(api.arrivals).toHaveLength(2);
    expect(gateway.traffic()).toMatchObject({
      sent: 2,
      failed: 0,
      tokensSent: { prompt: 18, completion: 6 },
    });
    await gateway.close();
    await Promise.all(asked);
  });

  test('drain stops waiting when its signal is aborted', async () => {
    const { api } = await holding();
    const gateway = await startRig({ openai: api.origin, timeouts: { connectMs: 5000, idleMs: 600_000 } });
    const lane = gateway.openLane('a', openJournal());
    const asked = askOf(lane, 'x').catch(() => 'cut');
    await api.untilArrived(1);
    const deadline = new AbortController();
    const drained = lane.drain(deadline.signal);
    deadline.abort();
    await drained;
    expect(lane.sentCount()).toBe(1);
    lane.close();
    await gateway.close();
    await asked;
  });

  test('a response that arrives after close is counted, but not recorded', async () => {
    const { api, letGo } = await holding();
    const gateway = await startRig({ openai: api.origin });
    const paths = newPaths();
    const journal = openJournal(paths);
    const lane = gateway.openLane('a', journal);
    const asked = askOf(lane, 'x');
    await api.untilArrived(1);
    lane.close();
    journal.close();
    letGo();
    expect((await asked).status).toBe(200);
    await vi.waitFor(() => expect(lane.openCount()).toBe(0));
    await nextTurn();
    expect(gateway.traffic()).toMatchObject({ sent: 1, tokensSent: { prompt: 9, completion: 3 } });
    expect(segments(paths)).toEqual([]);
  });

  test('a response that arrives between two attempts is replayed in the second and billed once', async () => {
    const { api, letGo } = await holding();
    const gateway = await startRig({ openai: api.origin });
    const lane = gateway.openLane('a', openJournal());
    const asked = leaving(lane, 'x');
    await api.untilArrived(1);
    await asked.leave();
    letGo();
    await vi.waitFor(() => expect(lane.openCount()).toBe(0));
    lane.restart();
    expect((await askOf(lane, 'x')).status).toBe(200);
    const tokens = { prompt: 9, completion: 3 };
    expect(lane.attempt()).toMatchObject({ sent: 0, replayed: 1, tokensReplayed: tokens });
    expect(lane.attempt().tokensSent.prompt).toBe(0);
    expect(lane.traffic()).toMatchObject({ sent: 1, replayed: 1, tokensSent: tokens });
  });
});

describe('lane that restarts while a request is in flight', () => {
  /** A request that is held back, and whose client disconnects as the eval starts over. */
  async function startedOver(status = 200) {
    const { api, letGo } = await holding(status === 200 ? CHAT : '{"error":{"message":"no"}}', status);
    const gateway = await startRig({ openai: api.origin, timeouts: { connectMs: 5000, idleMs: 600_000 } });
    const lane = gateway.openLane('a', openJournal());
    const leaving = new AbortController();
    const gone = fetch(`${lane.env.OPENAI_BASE_URL}/chat/completions`, {
      method: 'POST',
      body: question('x'),
      signal: leaving.signal,
    }).catch(() => 'gone');
    await api.untilArrived(1);
    lane.restart();
    // The response may have arrived by then.
    const leave = async (): Promise<void> => {
      leaving.abort();
      await gone;
    };
    return { api, lane, letGo, leave, ended: () => vi.waitFor(() => expect(lane.openCount()).toBe(0)) };
  }
  const tokens = { prompt: 9, completion: 3 };

  test('shares it with the new attempt, and it is billed once', async () => {
    const { api, lane, letGo, leave } = await startedOver();
    await leave();
    const again = askOf(lane, 'x');
    await vi.waitFor(() => expect(lane.attempt().sent).toBe(1));
    letGo();
    expect((await again).status).toBe(200);
    expect(lane.attempt()).toMatchObject({ sent: 1, tokensSent: tokens });
    expect(lane.traffic()).toMatchObject({ sent: 1, tokensSent: tokens });
    expect(api.arrivals).toHaveLength(1);
  });

  test('counts it for the eval, but not for an attempt that does not need it', async () => {
    const { lane, letGo, leave, ended } = await startedOver();
    letGo();
    await ended();
    await leave();
    expect(lane.attempt().sent).toBe(0);
    expect(lane.attempt().tokensSent.prompt).toBe(0);
    expect(lane.traffic()).toMatchObject({ sent: 1, tokensSent: tokens });
  });

  test.each([
    ['sends it too', true, 1],
    ['does not send it', false, 0],
  ])('and whose request is refused: a new attempt that %s lacks %i responses', async (_, sends, lacks) => {
    const { lane, letGo, leave, ended } = await startedOver(401);
    const again = sends ? askOf(lane, 'x') : undefined;
    if (sends) await vi.waitFor(() => expect(lane.attempt().sent).toBe(1));
    letGo();
    await again;
    await leave();
    await ended();
    expect(lane.unansweredCount()).toBe(lacks);
  });

  test('takes no response from the new attempt when the old connection closes', async () => {
    const { api, lane, letGo, leave } = await startedOver();
    const first = askOf(lane, 'x');
    await vi.waitFor(() => expect(lane.attempt().sent).toBe(1));
    await leave();
    // The gateway knows that the old client is gone before the next request arrives.
    await closedBefore(lane);
    const second = askOf(lane, 'x');
    await api.untilArrived(2);
    letGo();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
  });
});

test('Gateway.close abandons requests in flight, waiting for a slot, and waiting for a retry', async () => {
  const api = await startStandInApi((arrival, response) => {
    if (contentOf(arrival) === 'fails') answer(response, '{"error":{"message":"no"}}', {}, 500);
  });
  const gateway = await startRig({
    openai: api.origin,
    maxRequestsInFlight: 1,
    retryPolicy: { ...defaultRetryPolicy, initialDelayMs: 600_000, maxDelayMs: 600_000 },
    timeouts: { connectMs: 5000, idleMs: 600_000 },
  });
  const lane = gateway.openLane('a', undefined);
  const asked: Promise<unknown>[] = [];
  const ask = (content: string) => asked.push(askOf(lane, content).catch(() => 'cut'));
  ask('fails');
  await vi.waitFor(() => expect([api.arrivals.length, lane.sentCount()]).toEqual([1, 0]));
  ask('gets no response');
  await api.untilArrived(2);
  const queued = untilAtGateway(lane, 1);
  ask('waits for its turn');
  await queued;
  expect(lane.openCount()).toBe(3);
  await gateway.close();
  expect(await Promise.all(asked)).toEqual(['cut', 'cut', 'cut']);
  await vi.waitFor(() => expect(lane.openCount()).toBe(0));
  expect(api.arrivals).toHaveLength(2);
});

test('lastTrafficAt is the current time while a request waits for its turn', async () => {
  const { api, letGo } = await holding();
  const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 1 });
  const [a, b] = [gateway.openLane('a', undefined), gateway.openLane('b', undefined)];
  const first = askOf(a, 'a');
  await api.untilArrived(1);
  const queued = untilAtGateway(b, 1);
  const second = askOf(b, 'b');
  await queued;
  const asked = Date.now();
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(asked));
  expect(b.lastTrafficAt(), 'its request waits').toBeGreaterThan(asked);
  expect(a.lastTrafficAt(), 'its request was sent').toBeLessThanOrEqual(asked);
  letGo();
  await Promise.all([first, second]);
});

describe('Gateway.stop', () => {
  test('sends no further request, records those in flight, and counts the others as unanswered', async () => {
    const { api, letGo } = await holding();
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 1 });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    const first = askOf(lane, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(lane, 1);
    const leaving = new AbortController();
    const second = fetch(`${lane.env.OPENAI_BASE_URL}/chat/completions`, {
      method: 'POST',
      body: question('b'),
      signal: leaving.signal,
    }).catch(() => 'gone');
    await queued;
    gateway.stop();
    letGo();
    expect((await first).status).toBe(200);
    expect(journal.size).toBe(1);
    expect(lane.unansweredCount()).toBe(0);
    leaving.abort();
    expect(await second).toBe('gone');
    await vi.waitFor(() => expect(lane.openCount()).toBe(0));
    expect(api.arrivals).toHaveLength(1);
    expect(lane.unansweredCount()).toBe(1);
  });
});
