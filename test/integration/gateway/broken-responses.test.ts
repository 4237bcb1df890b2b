import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  answer,
  askOf,
  CHAT,
  openJournal,
  type Script,
  startRig,
  startStandInApi,
} from '../../helpers/gateway-rig.ts';

describe('broken response: an API that', () => {
  const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(CHAT) };
  const cases: [string, Script][] = [
    ['accepts the request and never responds', () => {}],
    ['sends headers and no body', (_, response) => response.writeHead(200, head).flushHeaders()],
    ['stalls in the body', (_, response) => response.writeHead(200, head).write(CHAT.slice(0, 20))],
    ['half-closes instead of responding', (_, response) => response.socket?.end()],
    [
      'half-closes in the body',
      (_, response) => response.writeHead(200, head).write(CHAT.slice(0, 20), () => response.socket?.end()),
    ],
    ['resets the connection', (_, response) => response.socket?.resetAndDestroy()],
  ];

  test.each(cases)('%s is requested again, and the response is recorded once', async (_, fault) => {
    const api = await startStandInApi((arrival, response) =>
      arrival.n === 1 ? fault(arrival, response) : answer(response),
    );
    const gateway = await startRig({ openai: api.origin, timeouts: { connectMs: 5000, idleMs: 1000 } });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    const { status, body } = await askOf(lane, 'x');
    expect(status).toBe(200);
    expect(body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(2);
    expect(journal.size).toBe(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 1, failed: 0 });
    expect(lane.traffic().tokensSent.prompt).toBe(9);
    lane.restart();
    expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(2);
  });

  test('does not listen: the gateway stops retrying, and the message names ECONNREFUSED', async () => {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    for (const host of ['127.0.0.1', 'localhost']) {
      const gateway = await startRig({ openai: `http://${host}:${port}` });
      const { status, body } = await askOf(gateway.openLane('a', undefined), 'x');
      expect(status).toBe(424);
      expect(body.toString()).toMatch(/stopped retrying after 4 attempts.*ECONNREFUSED/);
    }
  });
});

describe('broken response: not recorded is a response', () => {
  const half = CHAT.slice(0, CHAT.indexOf('world') + 3);

  test.each<[string, Script]>([
    [
      'that is shorter than its Content-Length',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': CHAT.length });
        response.write(half, () => response.destroy());
      },
    ],
    [
      'without its last chunk',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(half, () => response.destroy());
      },
    ],
    [
      'that ends in the middle of a chunk',
      (_, response) => {
        const head =
          'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
        response.socket?.end(`${head}${CHAT.length.toString(16)}\r\n${half}`);
      },
    ],
  ])('%s, which the gateway requests again', async (_, fault) => {
    const api = await startStandInApi((arrival, response) =>
      arrival.n === 1 ? fault(arrival, response) : answer(response),
    );
    const gateway = await startRig({ openai: api.origin });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(2);
    expect(journal.size).toBe(1);
    lane.restart();
    expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(2);
  });

  test('that ends with its connection in the middle of a word, which the gateway requests again', async () => {
    const api = await startStandInApi(({ n }, response) => {
      if (n > 1) return answer(response);
      const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n';
      response.socket?.end(`${head}${half}`);
    });
    const gateway = await startRig({ openai: api.origin });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(2);
    expect(journal.size).toBe(1);
  });

  const streamed = { 'content-type': 'text/event-stream' };
  const delta = `data: ${JSON.stringify({ choices: [{ delta: { content: 'Hel' } }] })}\n\n`;
  const stream = `${delta}data: [DONE]\n\n`;

  test('that is a stream whose connection breaks, which the client requests again', async () => {
    const api = await startStandInApi(({ n }, response) => {
      if (n > 1) return answer(response, stream, streamed);
      response.writeHead(200, streamed);
      response.write(delta, () => response.destroy());
    });
    const gateway = await startRig({ openai: api.origin });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    await expect(askOf(lane, 'x', { stream: true })).rejects.toThrow();
    expect(journal.size).toBe(0);
    expect(lane.traffic()).toMatchObject({ sent: 1, failed: 1 });
    // The repeated request gets the same ordinal, so that its response is replayed to an attempt without the break.
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(stream);
    expect(journal.size).toBe(1);
    lane.restart();
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(stream);
    expect(api.arrivals).toHaveLength(2);
  });

  test('that is a stalled stream, which is cut for the client', async () => {
    const api = await startStandInApi(({ n }, response) => {
      if (n > 1) return answer(response, stream, streamed);
      response.writeHead(200, streamed).write(delta);
    });
    const gateway = await startRig({ openai: api.origin, timeouts: { connectMs: 5000, idleMs: 500 } });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    await expect(askOf(lane, 'x', { stream: true })).rejects.toThrow();
    expect(journal.size).toBe(0);
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(stream);
    expect(journal.size).toBe(1);
  });

  test.each([
    ['no [DONE]', delta],
    [
      'an error in place of the rest, as vLLM sends it',
      `${delta}data: {"error": {"message": "EngineCore encountered an issue.", "type": "InternalServerError", "param": null, "code": 500}}\n\ndata: [DONE]\n\n`,
    ],
  ])('that is a stream with %s, which the next attempt requests again', async (_, broken) => {
    const api = await startStandInApi(({ n }, response) =>
      answer(response, n === 1 ? broken : stream, streamed),
    );
    const gateway = await startRig({ openai: api.origin });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(broken);
    expect(journal.size).toBe(0);
    lane.restart();
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(stream);
    expect(journal.size).toBe(1);
    expect(api.arrivals).toHaveLength(2);
  });
});
