import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Adaptations } from '../../../src/gateway/call/adaptable.ts';
import { InFlightLimit } from '../../../src/gateway/call/in-flight-limit.ts';
import { defaultRetryPolicy } from '../../../src/gateway/call/retry-policy.ts';
import type { Sink } from '../../../src/gateway/call/shared-response.ts';
import { UpstreamCall } from '../../../src/gateway/call/upstream-call.ts';
import type { Lane } from '../../../src/gateway/gateway.ts';
import { natureOf } from '../../../src/gateway/request/replayable.ts';
import { openUpstream } from '../../../src/gateway/upstream/upstream.ts';
import {
  answer,
  askOf,
  CHAT,
  chat,
  closedBefore,
  contentOf,
  holding,
  leaving,
  noise,
  openJournal,
  question,
  type Script,
  startRig,
  startStandInApi,
  untilAtGateway,
} from '../../helpers/gateway-rig.ts';

describe('disconnecting client', () => {
  const untilOpen = (lane: Lane, count: number) =>
    vi.waitFor(() => expect(lane.openCount()).toBe(count), { timeout: 30_000 });
  const timeouts = { connectMs: 5000, idleMs: 600_000 };
  const broken = '{"error":{"message":"The server had an error"}}';

  /** `b` waits for its turn behind `a`, which is in flight. */
  async function waiting() {
    const { api, letGo } = await holding();
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 1, timeouts });
    const lane = gateway.openLane('a', undefined);
    const first = askOf(lane, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(lane, 1);
    const { leave } = leaving(lane, 'b');
    await queued;
    return { api, letGo, lane, first, leave };
  }

  test('whose request waits for its turn: the request is not sent', async () => {
    const { api, letGo, lane, first, leave } = await waiting();
    await leave();
    await untilOpen(lane, 1);
    letGo();
    await first;
    expect((await askOf(lane, 'c')).status).toBe(200);
    expect(api.arrivals.map(contentOf)).toEqual(['a', 'c']);
    expect(lane.traffic()).toMatchObject({ sent: 2, failed: 0 });
  });

  test('whose waiting request another client has sent too: the request is sent for the other one', async () => {
    const { api, letGo, lane, first, leave } = await waiting();
    lane.restart();
    const again = askOf(lane, 'b');
    await vi.waitFor(() => expect(lane.attempt().sent).toBe(1));
    await leave();
    // The gateway knows that the client is gone before a slot is free.
    await closedBefore(lane);
    letGo();
    expect([(await first).status, (await again).status]).toEqual([200, 200]);
    expect(api.arrivals.map(contentOf)).toEqual(['a', 'b']);
  });

  test('whose request is in flight: its slot is free for another request', async () => {
    const { api, letGo } = await holding();
    const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: 1, timeouts });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    const first = leaving(lane, 'a');
    await api.untilArrived(1);
    await first.leave();
    const second = askOf(lane, 'b');
    await api.untilArrived(2);
    letGo();
    expect((await second).status).toBe(200);
    await untilOpen(lane, 0);
    expect(journal.size, 'the response to the first request is recorded all the same').toBe(2);
    expect(lane.traffic().tokensSent.prompt).toBe(18);
    expect(lane.attempt().tokensSent.prompt, 'it counts when it is requested again').toBe(9);
    await askOf(lane, 'a');
    expect(lane.attempt()).toMatchObject({ replayed: 1, tokensReplayed: { prompt: 9 } });
  });

  test('whose request then fails: the request is not retried', async () => {
    const { api, letGo } = await holding(broken, 500);
    const gateway = await startRig({ openai: api.origin });
    const lane = gateway.openLane('a', undefined);
    const asked = leaving(lane, 'a');
    await api.untilArrived(1);
    await asked.leave();
    // The gateway knows that the client is gone.
    await closedBefore(lane);
    letGo();
    await untilOpen(lane, 0);
    expect(api.arrivals).toHaveLength(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 0, failed: 1 });
  });

  test('between two attempts: the request is not retried', async () => {
    const api = await startStandInApi((_, response) => answer(response, broken, {}, 500));
    const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 600_000, maxDelayMs: 600_000 };
    const gateway = await startRig({ openai: api.origin, retryPolicy });
    const lane = gateway.openLane('a', undefined);
    const asked = leaving(lane, 'a');
    await vi.waitFor(() => expect([api.arrivals.length, lane.sentCount()]).toEqual([1, 0]), {
      timeout: 30_000,
    });
    await asked.leave();
    await untilOpen(lane, 0);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 0, failed: 1 });
  });

  test('in the middle of its request: other requests are served', async () => {
    const { api, letGo } = await holding();
    letGo();
    const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
    const { port, pathname } = new URL(lane.env.OPENAI_BASE_URL ?? '');
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST ${pathname}/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"model`,
    );
    await vi.waitFor(() => expect(lane.lastTrafficAt()).toBeGreaterThan(0));
    socket.destroy();
    await once(socket, 'close');
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(api.arrivals).toHaveLength(1);
  });

  test('in the middle of a replayed response: the next identical request gets it whole', async () => {
    const large = JSON.stringify(chat(noise(24 * 1024 * 1024, 1).toString('base64')));
    const api = await startStandInApi((_, response) => answer(response, large));
    const lane = (await startRig({ openai: api.origin })).openLane('a', openJournal());
    await askOf(lane, 'x');
    lane.restart();
    const request = plainRequest(`${lane.env.OPENAI_BASE_URL}/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
    });
    request.end(question('x'));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.destroy();
    await once(response, 'close');
    expect((await askOf(lane, 'x')).body.toString()).toBe(large);
    expect(api.arrivals).toHaveLength(1);
  });

  test('in the middle of a stream: the next identical request gets it whole', async () => {
    const [begin, end] = [`data: {"a": 1}\n\n`, 'data: [DONE]\n\n'];
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const api = await startStandInApi(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(begin);
      await held;
      response.end(end);
    });
    const journal = openJournal();
    const lane = (await startRig({ openai: api.origin })).openLane('a', journal);
    const stream = () =>
      fetch(`${lane.env.OPENAI_BASE_URL}/chat/completions`, {
        method: 'POST',
        body: question('x', { stream: true }),
      });
    const first = await stream();
    await first.body?.cancel();
    const again = await stream();
    letGo();
    expect(await again.text()).toBe(begin + end);
    expect(api.arrivals).toHaveLength(1);
    expect(journal.size).toBe(1);
  });
});

test.each<[string, Script, string]>([
  ['has succeeded', (_, response) => answer(response), `head ${CHAT} end`],
  ['was refused', (_, response) => answer(response, '{}', {}, 400), 'head {} end'],
  [
    'broke off in a stream',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {}\n\n', () => response.destroy());
    },
    'head data: {}\n\n cut',
  ],
])(
  'UpstreamCall: a client that attaches after the request %s gets the whole response',
  async (_, script, expected) => {
    const api = await startStandInApi(script);
    const upstream = openUpstream({});
    onTestFinished(() => upstream.close());
    const ignore = (): void => {};
    const body = Buffer.from(question('x'));
    const call = new UpstreamCall(
      { method: 'POST', url: new URL(api.origin), headers: {}, body },
      {
        upstream,
        limit: new InFlightLimit(1),
        adaptations: new Adaptations(),
        policy: defaultRetryPolicy,
        evalName: 'a',
        model: 'm',
        path: 'openai/chat/completions',
        nature: natureOf('POST', '/chat/completions', body),
        maxResponseBytes: 1e6,
        onTry: ignore,
        onFailure: ignore,
        onResponded: ignore,
        onAdapted: ignore,
        onHeaders: ignore,
        record: ignore,
      },
    );
    const sink = (received: string[]): Sink => ({
      head: () => received.push('head'),
      chunk: (data) => received.push(data.toString()),
      end: () => received.push('end'),
      cut: () => received.push('cut'),
    });
    const [first, late]: [string[], string[]] = [[], []];
    call.response.attach(sink(first));
    await call.run();
    call.response.attach(sink(late));
    expect(first.join(' ')).toBe(expected);
    expect(late.join(' ')).toBe(expected);
  },
);
