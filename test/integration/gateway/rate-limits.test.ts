import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
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

/** Stops the clock until the test ends. Timers run as usual. */
function fakeDate(): void {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
}

describe('rate limit', () => {
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
  ])('with %s: the retry is not sent earlier', async (_, status, headers, least) => {
    let refusedAt = 0;
    const api = await startStandInApi(({ n }, response) => {
      if (n > 1) return answer(response);
      refusedAt = Date.now();
      answer(response, limited, headers(), status);
    });
    const gateway = await startRig({ openai: api.origin });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(api.arrivals).toHaveLength(2);
    expect((api.arrivals[1]?.at ?? 0) - refusedAt).toBeGreaterThanOrEqual(least - EARLY);
    expect(journal.size).toBe(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 1, failed: 0 });
  });

  test.each([
    ['a 429 with Retry-After', 429, { 'retry-after-ms': '400' }],
    [
      'a success that says the limit is used up',
      200,
      { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '400ms' },
    ],
  ])(
    'reported by %s holds back the requests of other evals, waiting ones included',
    async (_, status, headers) => {
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
    },
  );

  test('a throttled request is retried before the waiting requests of its eval', async () => {
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
    ['with Retry-After', true],
    ['without Retry-After', false],
  ])('of a provider, %s: all requests succeed in the end', async (_, hasRetryAfter) => {
    // A token bucket that refills with 25 requests per second.
    const RATE = 25;
    let tokens = 5;
    let filledAt = Date.now();
    const api = await startStandInApi((_, response) => {
      tokens = Math.min(5, tokens + ((Date.now() - filledAt) / 1000) * RATE);
      filledAt = Date.now();
      if (tokens < 1) {
        const wait = Math.ceil(((1 - tokens) / RATE) * 1000);
        return answer(response, limited, hasRetryAfter ? { 'retry-after-ms': String(wait) } : {}, 429);
      }
      tokens -= 1;
      answer(response);
    });
    const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 20, maxDelayMs: 200, maxAttempts: 6 };
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 16, retryPolicy });
    const lane = gateway.openLane('a', undefined);
    const answers = await Promise.all(Array.from({ length: 64 }, (_, i) => askOf(lane, `${i}`)));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    // The limit of requests in flight falls, so that few requests are throttled for each success.
    if (hasRetryAfter) expect(api.arrivals.length).toBeLessThan(64 * 4);
  });

  test('the time that a request waits for its turn does not count towards maxElapsedMs', async () => {
    fakeDate();
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const api = await startStandInApi(async ({ n }, response) => {
      if (n === 1) await held;
      if (n === 2) return answer(response, '{"error":{"message":"The server had an error"}}', {}, 500);
      answer(response);
    });
    const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 1, maxDelayMs: 4 };
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 1, retryPolicy });
    const lane = gateway.openLane('a', undefined);
    const first = askOf(lane, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(lane, 1);
    const second = askOf(lane, 'b');
    await queued;
    vi.setSystemTime(Date.now() + 2 * retryPolicy.maxElapsedMs);
    letGo();
    expect((await first).status).toBe(200);
    expect((await second).status).toBe(200);
    expect(api.arrivals).toHaveLength(3);
  });

  describe('rate limit: an error of the server that is not a rate limit', () => {
    const broken = '{"error":{"message":"The server had an error"}}';

    test('is retried before the reset of the rate limit', async () => {
      const used = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h0m0s' };
      const api = await startStandInApi(({ n }, response) =>
        n === 1 ? answer(response, broken, used, 500) : answer(response),
      );
      const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
      expect((await askOf(lane, 'x')).status).toBe(200);
      expect(api.arrivals).toHaveLength(2);
    });

    test('holds back no other request, however long its Retry-After is', async () => {
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

    test('does not lower the limit of requests in flight', async () => {
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

  test('no attempt starts after maxElapsedMs', async () => {
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

  test('a throttled request is retried beyond maxElapsedMs while others succeed', async () => {
    fakeDate();
    const OTHERS = 30;
    let succeeded = 0;
    const api = await startStandInApi((arrival, response) => {
      if (contentOf(arrival) === 'a' && succeeded < OTHERS) return answer(response, limited, {}, 429);
      succeeded += 1;
      answer(response);
    });
    // How attempts are counted is tested for decideRetry.
    const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 4, maxDelayMs: 8, maxAttempts: 1e6 };
    const lane = (await startRig({ openai: api.origin, retryPolicy })).openLane('a', undefined);
    const throttled = askOf(lane, 'a');
    for (let n = 0; n < OTHERS; n += 1) {
      expect((await askOf(lane, `b${n}`)).status).toBe(200);
      vi.setSystemTime(Date.now() + retryPolicy.maxElapsedMs / 2);
    }
    expect((await throttled).status).toBe(200);
  });

  test('a 429 with Retry-After never counts as a failed attempt', async () => {
    const api = await startStandInApi(({ n }, response) =>
      n <= 10 ? answer(response, limited, { 'retry-after-ms': '1' }, 429) : answer(response),
    );
    const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(api.arrivals).toHaveLength(11);
  });

  test('the gateway stops retrying when no request gets through', async () => {
    const api = await startStandInApi((_, response) => answer(response, limited, {}, 429));
    const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
    expect((await askOf(lane, 'x')).status).toBe(424);
    expect(api.arrivals).toHaveLength(4);
  });

  test('a success that says the limit is used up pauses the job for maxPauseMs at most', async () => {
    const used = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h0m0s' };
    const api = await startStandInApi((_, response) => answer(response, CHAT, used));
    const retryPolicy = { ...defaultRetryPolicy, maxPauseMs: 50 };
    const lane = (await startRig({ openai: api.origin, retryPolicy })).openLane('a', undefined);
    for (const content of ['x', 'y']) expect((await askOf(lane, content)).status).toBe(200);
  });

  test.each([
    ['of a day', '86400', defaultRetryPolicy],
    ['beyond maxRetryAfterMs', '60', { ...defaultRetryPolicy, maxRetryAfterMs: 1000 }],
  ])('a Retry-After %s fails the request, and does not hold back others', async (_, asked, retryPolicy) => {
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

describe('limit of requests in flight', () => {
  test('an eval with a long queue does not starve another eval', async () => {
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
    // Four were in flight. Then the evals take turns; connections may deliver what was sent together in any order.
    expect(order.indexOf('b')).toBeGreaterThanOrEqual(4);
    expect(order.indexOf('b')).toBeLessThan(4 + 2 + 4);
  });

  test('is reached and never exceeded, retries included', async () => {
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
