import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { defaultRetryPolicy } from '../../../src/gateway/call/retry-policy.ts';
import {
  answer,
  askOf,
  CHAT,
  contentOf,
  EARLY,
  holding,
  openJournal,
  startRig,
  startStandInApi,
  untilAtGateway,
} from '../../helpers/gateway-rig.ts';

describe('waits that the API asks for', () => {
  const limited = JSON.stringify({
    error: {
      message: 'Rate limit reached for gpt-4',
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    },
  });

  test.each([
    ['429, Retry-After in seconds', 429, () => ({ 'retry-after': '1' }), 1000],
    ['503, Retry-After in seconds', 503, () => ({ 'retry-after': '1' }), 1000],
    [
      // It counts whole seconds: this is between one and two away.
      '429, Retry-After as a date',
      429,
      () => ({ 'retry-after': new Date(Date.now() + 2000).toUTCString() }),
      1000,
    ],
    [
      '429, retry-after-ms before Retry-After',
      429,
      () => ({ 'retry-after-ms': '300', 'retry-after': '0' }),
      300,
    ],
    [
      '429, requests used up',
      429,
      () => ({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '300ms' }),
      300,
    ],
    [
      '429, tokens used up for longer than requests',
      429,
      () => ({
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '10ms',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '0.4s',
      }),
      400,
    ],
  ])('%s: not before', async (_, status, headers, least) => {
    let refusedAt = 0;
    const api = await startStandInApi(({ n }, response) => {
      if (n > 1) return answer(response);
      refusedAt = Date.now();
      answer(response, limited, headers(), status);
    });
    const gateway = await startRig({ openai: api.origin });
    const kept = openJournal();
    const lane = gateway.openLane('a', kept);
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(api.arrivals).toHaveLength(2);
    expect((api.arrivals[1]?.at ?? 0) - refusedAt).toBeGreaterThanOrEqual(least - EARLY);
    expect(kept.size).toBe(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 1, failed: 0 });
  });

  test.each([
    ['a 429 that asks to wait', 429, { 'retry-after-ms': '400' }],
    [
      'an answer that says the limit is used up',
      200,
      { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '400ms' },
    ],
  ])('%s holds back other evals too, also those that wait already', async (_, status, headers) => {
    let answeredAt = 0;
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const api = await startStandInApi(async ({ n }, response) => {
      if (n > 1) return answer(response);
      await held;
      answeredAt = Date.now();
      answer(response, status === 200 ? CHAT : limited, headers, status);
    });
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 1 });
    const [a, b] = [gateway.openLane('a', undefined), gateway.openLane('b', undefined)];
    const first = askOf(a, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(b, 3);
    const others = ['b1', 'b2', 'b3'].map((content) => askOf(b, content));
    await queued;
    letGo();
    const answers = await Promise.all([first, ...others]);
    expect(answers.map((each) => each.status)).toEqual([200, 200, 200, 200]);
    const later = api.arrivals.slice(1).map(({ at }) => at - answeredAt);
    expect(later).toHaveLength(status === 200 ? 3 : 4);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(400 - EARLY);
  });

  test('who was sent away comes back before the others of its eval', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const api = await startStandInApi(async ({ n }, response) => {
      if (n > 1) return answer(response);
      await held;
      answer(response, limited, { 'retry-after-ms': '1' }, 429);
    });
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 1 });
    const lane = gateway.openLane('a', undefined);
    const first = askOf(lane, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(lane, 2);
    const others = ['b', 'c'].map((content) => askOf(lane, content));
    await queued;
    letGo();
    await Promise.all([first, ...others]);
    expect(api.arrivals.map(contentOf).slice(0, 2)).toEqual(['a', 'a']);
  });

  test.each([
    ['tells when to come back', true],
    ['does not tell when to come back', false],
  ])('a limit that %s, and that others are under as well: every request is answered', async (_, tells) => {
    // A bucket that fills up with 25 requests a second.
    const RATE = 25;
    let tokens = 5;
    let filledAt = Date.now();
    const api = await startStandInApi((_, response) => {
      tokens = Math.min(5, tokens + ((Date.now() - filledAt) / 1000) * RATE);
      filledAt = Date.now();
      if (tokens < 1) {
        const wait = Math.ceil(((1 - tokens) / RATE) * 1000);
        return answer(response, limited, tells ? { 'retry-after-ms': String(wait) } : {}, 429);
      }
      tokens -= 1;
      answer(response);
    });
    const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 20, maxDelayMs: 200, maxAttempts: 4 };
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 16, retryPolicy });
    const lane = gateway.openLane('a', undefined);
    const answers = await Promise.all(Array.from({ length: 64 }, (_, i) => askOf(lane, `${i}`)));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    // Fewer are in flight when there are too many: it is not asked in vain many times for each answer.
    if (tells) expect(api.arrivals.length).toBeLessThan(64 * 4);
  });

  test('a request that waited long for its turn is tried again like any other', async () => {
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const api = await startStandInApi(async ({ n }, response) => {
      if (n === 1) await held;
      if (n === 2) return answer(response, '{"error":{"message":"The server had an error"}}', {}, 500);
      answer(response);
    });
    const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 1, maxDelayMs: 4, maxElapsedMs: 200 };
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 1, retryPolicy });
    const lane = gateway.openLane('a', undefined);
    const first = askOf(lane, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(lane, 1);
    const second = askOf(lane, 'b');
    await queued;
    setTimeout(letGo, 2 * retryPolicy.maxElapsedMs);
    expect((await first).status).toBe(200);
    expect((await second).status).toBe(200);
    expect(api.arrivals).toHaveLength(3);
  });

  describe('an error of the server, which is none of the limit', () => {
    const broken = '{"error":{"message":"The server had an error"}}';

    test('is not waited for as long as the limit would be', async () => {
      const used = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h0m0s' };
      const api = await startStandInApi(({ n }, response) =>
        n === 1 ? answer(response, broken, used, 500) : answer(response),
      );
      const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
      expect((await askOf(lane, 'x')).status).toBe(200);
      expect(api.arrivals).toHaveLength(2);
    });

    test('holds back no other request, however long it asks this one to wait', async () => {
      const api = await startStandInApi((arrival, response) =>
        contentOf(arrival) === 'a'
          ? answer(response, broken, { 'retry-after': '300' }, 503)
          : answer(response),
      );
      const gateway = await startRig({ openai: api.origin });
      const lane = gateway.openLane('a', undefined);
      const waits = askOf(lane, 'a').catch(() => 'cut');
      await vi.waitFor(() => expect([api.arrivals.length, lane.sentCount()]).toEqual([1, 0]));
      expect((await askOf(lane, 'b')).status).toBe(200);
      expect(lane.openCount()).toBe(1);
      await gateway.close();
      expect(await waits).toBe('cut');
    });

    test('lets as many be in flight as before', async () => {
      const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
      const api = await startStandInApi(async ({ n }, response) => {
        if (n === 1) return answer(response, broken, {}, 500);
        await held;
        answer(response);
      });
      const timeouts = { connectMs: 5000, idleMs: 600_000 };
      const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 2, timeouts });
      const lane = gateway.openLane('a', undefined);
      const first = askOf(lane, 'a');
      await api.untilArrived(2);
      const second = askOf(lane, 'b');
      await api.untilArrived(3);
      letGo();
      expect([(await first).status, (await second).status]).toEqual([200, 200]);
    });
  });

  test('no try begins when retryPolicy is at its end', async () => {
    const api = await startStandInApi((_, response) =>
      answer(response, '{"error":{"message":"The server had an error"}}', {}, 500),
    );
    const retryPolicy = {
      ...defaultRetryPolicy,
      initialDelayMs: 50,
      maxDelayMs: 50,
      maxElapsedMs: 200,
      maxAttempts: 1000,
    };
    const lane = (await startRig({ openai: api.origin, retryPolicy })).openLane('a', undefined);
    expect((await askOf(lane, 'x')).status).toBe(424);
    expect(api.arrivals.length).toBeLessThan(12);
  });

  test('a limit that others get through is waited for longer than that', async () => {
    const OTHERS = 30;
    let answered = 0;
    const api = await startStandInApi((arrival, response) => {
      if (contentOf(arrival) === 'a' && answered < OTHERS) return answer(response, limited, {}, 429);
      answered += 1;
      setTimeout(() => answer(response), 10);
    });
    const retryPolicy = {
      ...defaultRetryPolicy,
      initialDelayMs: 4,
      maxDelayMs: 8,
      maxElapsedMs: 150,
      maxAttempts: 4,
    };
    const lane = (await startRig({ openai: api.origin, retryPolicy })).openLane('a', undefined);
    const patient = askOf(lane, 'a');
    for (let n = 0; n < OTHERS; n += 1) expect((await askOf(lane, `b${n}`)).status).toBe(200);
    expect((await patient).status).toBe(200);
  });

  test('a limit that tells each time when to come back is no failure, however often', async () => {
    const api = await startStandInApi(({ n }, response) =>
      n <= 10 ? answer(response, limited, { 'retry-after-ms': '1' }, 429) : answer(response),
    );
    const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(api.arrivals).toHaveLength(11);
  });

  test('a limit that nobody gets through is given up', async () => {
    const api = await startStandInApi((_, response) => answer(response, limited, {}, 429));
    const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
    expect((await askOf(lane, 'x')).status).toBe(424);
    expect(api.arrivals).toHaveLength(4);
  });

  test('a success that says the limit is used up for an hour does not stop the job for it', async () => {
    const used = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h0m0s' };
    const api = await startStandInApi((_, response) => answer(response, CHAT, used));
    const retryPolicy = { ...defaultRetryPolicy, maxPauseMs: 50 };
    const lane = (await startRig({ openai: api.origin, retryPolicy })).openLane('a', undefined);
    for (const content of ['x', 'y']) expect((await askOf(lane, content)).status).toBe(200);
  });

  test.each([
    ['beyond all retryPolicy', '86400', defaultRetryPolicy],
    ['longer than the API may ask for', '60', { ...defaultRetryPolicy, maxRetryAfterMs: 1000 }],
  ])('a wait %s ends the request, and does not hold back the others', async (_, asked, retryPolicy) => {
    const api = await startStandInApi((arrival, response) =>
      contentOf(arrival) === 'a'
        ? answer(response, limited, { 'retry-after': asked }, 429)
        : answer(response),
    );
    const gateway = await startRig({ openai: api.origin, retryPolicy });
    const lane = gateway.openLane('a', undefined);
    expect((await askOf(lane, 'a')).status).toBe(424);
    expect((await askOf(lane, 'b')).status).toBe(200);
    expect(api.arrivals).toHaveLength(2);
  });
});

describe('one limit for all evals', () => {
  test('an eval with a long queue does not keep another one waiting', async () => {
    const { api, letGo } = await holding();
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 4 });
    const [a, b] = [gateway.openLane('a', undefined), gateway.openLane('b', undefined)];
    const queued = untilAtGateway(a, 200);
    const many = Array.from({ length: 200 }, (_, i) => askOf(a, `a${i}`));
    await Promise.all([queued, api.untilArrived(4)]);
    const alsoQueued = untilAtGateway(b, 1);
    const one = askOf(b, 'b');
    await alsoQueued;
    expect(api.arrivals).toHaveLength(4);
    letGo();
    expect((await one).status).toBe(200);
    await Promise.all(many);
    const order = api.arrivals.map(contentOf);
    expect(order).toHaveLength(201);
    // Four were on their way. Then the evals take turns; connections may deliver what was sent together in any order.
    expect(order.indexOf('b')).toBeGreaterThanOrEqual(4);
    expect(order.indexOf('b')).toBeLessThan(4 + 2 + 4);
  });

  test('is reached and never exceeded, also where requests are repeated', async () => {
    const LIMIT = 3;
    let inFlight = 0;
    let most = 0;
    let letGo = (): void => {};
    const full = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const api = await startStandInApi(async ({ n }, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      if (inFlight === LIMIT) letGo();
      await full;
      // Long enough for one too many to arrive.
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      inFlight -= 1;
      if (n % 7 === 0) response.destroy();
      else if (n % 5 === 0) answer(response, '{"error":{"message":"The server had an error"}}', {}, 500);
      else answer(response);
    });
    const gateway = await startRig({
      openai: api.origin,
      maxRequestsInFlight: LIMIT,
      retryPolicy: { ...defaultRetryPolicy, initialDelayMs: 1, maxDelayMs: 2, maxAttempts: 50 },
    });
    const lanes = ['a', 'b'].map((name) => gateway.openLane(name, undefined));
    const all = lanes.flatMap((lane) => Array.from({ length: 30 }, (_, i) => askOf(lane, `${i}`)));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(most).toBe(LIMIT);
    expect(api.arrivals.length).toBeGreaterThan(60);
  });
});
