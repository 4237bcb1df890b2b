import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { recordingLog } from '../../helpers/builders.ts';
import {
  answer,
  askOf,
  CHAT,
  chat,
  newPaths,
  openJournal,
  post,
  question,
  startRig,
  startStandInApi,
} from '../../helpers/gateway-rig.ts';

describe('gateway passes on', () => {
  const EMBEDDINGS = '{"object":"list","data":[{"embedding":[0.5]}]}';
  const RESPONSE = '{"object":"response","status":"completed","output":[]}';

  test.each([
    ['POST', '/completions', '{"choices":[{"text":"x"}]}', 1],
    ['POST', '/embeddings?x=1&y=%20', EMBEDDINGS, 1],
    ['POST', '/responses', RESPONSE, 1],
    ['POST', '/threads', '{"id":"thread_1"}', 0],
    ['GET', '/models/gpt-4', CHAT, 0],
    ['PUT', '/files/f', CHAT, 0],
    ['PATCH', '/files/f', CHAT, 0],
    ['DELETE', '/files/f', CHAT, 0],
    ['HEAD', '/models', CHAT, 0],
  ])('%s %s', async (method, path, text, recorded) => {
    const api = await startStandInApi((_, response) => answer(response, text, { 'x-request-id': 'r-1' }));
    const journal = openJournal();
    const lane = (await startRig({ openai: api.origin })).openLane('a', journal);
    const body = ['GET', 'HEAD', 'DELETE'].includes(method) ? null : '{"ü": 1}';
    const headers = { authorization: 'Bearer sk-test', 'openai-organization': 'org' };
    const response = await fetch(`${lane.env.OPENAI_BASE_URL}${path}`, { method, body, headers });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-request-id')).toBe('r-1');
    expect(response.headers.get('content-length')).toBe(String(text.length));
    expect(await response.text()).toBe(method === 'HEAD' ? '' : text);
    expect(api.arrivals[0]).toMatchObject({ method, path, headers });
    expect(api.arrivals[0]?.body.toString()).toBe(body ?? '');
    expect(journal.size).toBe(recorded);
  });

  test('no headers of one connection', async () => {
    const hop = {
      connection: 'close, X-Hop',
      'x-hop': '1',
      'proxy-authorization': 'Basic eA==',
      te: 'trailers',
    };
    const api = await startStandInApi((_, response) => answer(response, CHAT, hop));
    const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
    const { headers } = await post(`${lane.env.OPENAI_BASE_URL}/chat/completions`, question('x'), hop);
    for (const passed of [api.arrivals[0]?.headers, headers]) {
      expect(Object.keys(passed ?? {})).not.toContain('x-hop');
      expect(Object.keys(passed ?? {})).not.toContain('proxy-authorization');
      expect(Object.keys(passed ?? {})).not.toContain('te');
    }
    expect(api.arrivals[0]?.headers.host).toBe(new URL(api.origin).host);
  });

  test('several requests over one connection', async () => {
    const ports = new Set<number | undefined>();
    const api = await startStandInApi((_, response) => {
      ports.add(response.socket?.remotePort);
      answer(response);
    });
    const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
    const { host, pathname } = new URL(lane.env.OPENAI_BASE_URL ?? '');
    const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    for (let n = 1; n <= 5; n += 1) {
      const body = question(String(n));
      socket.write(
        `POST ${pathname}/chat/completions HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      await vi.waitFor(() => expect(text.split('HTTP/1.1 200 OK')).toHaveLength(n + 1));
    }
    expect(api.arrivals).toHaveLength(5);
    expect([...ports]).toHaveLength(1);
    // A client that is silent for minutes can still use its connection.
    expect(Number(/^Keep-Alive: timeout=(\d+)/m.exec(text)?.[1])).toBeGreaterThan(240);
  });

  test.each([1, 8])(
    'identical requests, each with its own response, and replays the same responses, %i at a time',
    async (most) => {
      const api = await startStandInApi(({ n }, response) =>
        answer(response, JSON.stringify(chat(`no. ${n}`))),
      );
      const gateway = await startRig({ openai: api.origin, maxRequestsInFlight: most });
      const lane = gateway.openLane('a', openJournal());
      const ask = async () => {
        const all = await Promise.all(
          Array.from({ length: 20 }, () => askOf(lane, 'vote', { temperature: 1, n: 1 })),
        );
        return all.map(({ body }) => JSON.parse(body.toString()).choices[0].message.content).sort();
      };
      const first = await ask();
      expect(new Set(first).size).toBe(20);
      lane.restart();
      expect(await ask()).toEqual(first);
      expect(api.arrivals).toHaveLength(20);
    },
  );
});

test('gateway passes on responses that cannot be recorded, and warns once', async () => {
  const api = await startStandInApi((_, response) => answer(response));
  const log = recordingLog();
  const gateway = await startRig({ openai: api.origin, log });
  const paths = newPaths();
  const journal = openJournal(paths);
  writeFileSync(paths.live, 'no directory');
  const lane = gateway.openLane('a', journal);
  for (const content of ['x', 'y']) expect((await askOf(lane, content)).status).toBe(200);
  expect(api.arrivals).toHaveLength(2);
  expect(lane.traffic()).toMatchObject({ sent: 2, retried: 0, tokensSent: { prompt: 18 } });
  expect(log.warnings).toEqual([expect.stringMatching(/^Responses of a cannot be recorded: E/)]);
  rmSync(paths.live);
  expect((await askOf(lane, 'z')).status).toBe(200);
  expect(journal.size, 'recording is not retried with each response').toBe(0);
});

test('gateway refuses a request that is larger than any API accepts, with a message', async () => {
  const api = await startStandInApi((_, response) => answer(response));
  const lane = (await startRig({ openai: api.origin, maxRequestBytes: 1_000_000 })).openLane('a', undefined);
  const { status, body } = await askOf(lane, 'x'.repeat(10_000_000));
  expect(status).toBe(413);
  expect(body.toString()).toContain('larger than any API accepts');
  expect((await askOf(lane, 'x'.repeat(999_000))).status).toBe(200);
  expect(api.arrivals).toHaveLength(1);
});

test('gateway: one that no eval uses does not listen, and closes', async () => {
  const servers = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  const before = servers();
  const unused = await startRig({ isUsed: false });
  expect(servers()).toBe(before);
  await unused.close();
  await startRig({});
  expect(servers(), 'one that is used is seen').toBe(before + 1);
});
