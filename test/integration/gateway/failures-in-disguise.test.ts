/** Responses with a 2xx that are no answer, and answers that look odd. Real HTTP over the loopback, real journals on disk. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  answer,
  askOf,
  CHAT,
  chat,
  openJournal,
  type Script,
  startRig,
  startStandInApi,
} from '../../helpers/gateway-rig.ts';

const json = (value: unknown): string => JSON.stringify(value);
const busy = json({ choices: null, error: { message: 'Provider returned error', code: 429 } });
const streamed = { 'content-type': 'text/event-stream' };

/** Writes a head of its own: `node:http` joins headers of one name, and refuses some characters. */
function sendRaw(response: ServerResponse, headers: readonly string[], body: string): void {
  const head = [
    'HTTP/1.1 200 OK',
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  response.socket?.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** An API that answers the first request as the script says, and all others well. */
const firstFails = (script: Script) =>
  startStandInApi((arrival, response) => (arrival.n === 1 ? script(arrival, response) : answer(response)));

describe('a failure with status 200 is sent again, and never recorded', () => {
  test.each<[string, Script]>([
    ['an error of a rate limit', (_, response) => answer(response, busy)],
    [
      'an error of a server',
      (_, response) => answer(response, json({ error: { message: 'x', code: '503' } })),
    ],
    ['choices that are empty', (_, response) => answer(response, json({ choices: [] }))],
    [
      'finish_reason: error',
      (_, response) => answer(response, json({ choices: [{ message: {}, finish_reason: 'error' }] })),
    ],
    ['half of an answer', (_, response) => answer(response, CHAT.slice(0, 40))],
    [
      'compressed, an error',
      (_, response) => answer(response, gzipSync(busy), { 'content-encoding': 'gzip' }),
    ],
    [
      'a stream whose first event is an error',
      (_, response) => answer(response, `data: ${busy}\n\n`, streamed),
    ],
  ])('%s', async (_, script) => {
    const api = await firstFails(script);
    const kept = openJournal();
    const lane = (await startRig({ openai: api.origin })).openLane('a', kept);
    expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(2);
    expect(kept.size).toBe(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 1, failed: 0 });
  });
});

describe('a failure with status 200 that no retry will mend', () => {
  test('reaches the client with the status that it names, in its own words', async () => {
    const api = await startStandInApi((_, response) =>
      answer(response, json({ error: { message: 'Prompt is too long', type: 'invalid_request_error' } })),
    );
    const kept = openJournal();
    const lane = (await startRig({ openai: api.origin })).openLane('a', kept);
    const { status, body } = await askOf(lane, 'x');
    expect(status).toBe(400);
    expect(body.toString()).toContain('Prompt is too long');
    expect(api.arrivals).toHaveLength(1);
    expect(kept.size).toBe(0);
  });

  test('ends the job when it is about the key or money', async () => {
    const api = await startStandInApi((_, response) =>
      answer(response, json({ error: { message: 'Insufficient credits', code: 402 } })),
    );
    const gateway = await startRig({ openai: api.origin });
    await askOf(gateway.openLane('a', openJournal()), 'x');
    expect(gateway.unusable.reason).toMatchObject({ message: 'the API refused: 402: Insufficient credits' });
  });

  test('a web page ends the job, with the base URL as what to check, when nothing was answered', async () => {
    const api = await startStandInApi((_, response) =>
      answer(response, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' }),
    );
    const gateway = await startRig({ openai: `${api.origin}/` });
    const lane = gateway.openLane('a', openJournal());
    expect((await askOf(lane, 'x')).status).toBe(424);
    expect(gateway.unusable.reason).toMatchObject({
      message: 'the API refused: 502: a web page instead of an API response: Sign in',
      next: expect.stringContaining(`(${api.origin}/)`),
    });
    expect(api.arrivals).toHaveLength(1);
  });

  test('a web page in the middle of a job is a fault that passes', async () => {
    const api = await startStandInApi(({ n }, response) =>
      n === 2
        ? answer(response, '<html>Maintenance</html>', { 'content-type': 'text/html' })
        : answer(response),
    );
    const gateway = await startRig({ openai: api.origin });
    const lane = gateway.openLane('a', openJournal());
    for (const content of ['x', 'y']) expect((await askOf(lane, content)).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(3);
  });

  test('one without a cause, as of a filter, is requested three times at most: each is paid for', async () => {
    const api = await startStandInApi((_, response) => answer(response, json({ choices: [] })));
    const gateway = await startRig({ openai: api.origin });
    const { status, body } = await askOf(gateway.openLane('a', openJournal()), 'x');
    expect(status).toBe(424);
    expect(body.toString()).toContain('an invalid response');
    expect(api.arrivals).toHaveLength(3);
    expect(gateway.unusable.aborted, 'it speaks for its request only').toBe(false);
  });
});

test('what an older version recorded of a failure is not replayed', async () => {
  const api = await startStandInApi((_, response) => answer(response));
  const kept = openJournal();
  const gateway = await startRig({ openai: api.origin });
  const lane = gateway.openLane('a', kept);
  await askOf(lane, 'x');
  const asked = json({ model: 'gpt-4', messages: [{ role: 'user', content: 'x' }] });
  const key = createHash('sha256').update(`POST openai/chat/completions\n${asked}`).digest('hex');
  const usage = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
  expect(kept.has(key, 0)).toBe(true);
  kept.append(key, 0, { status: 200, type: 'application/json', body: Buffer.from(busy), usage });
  lane.restart();
  expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
  expect(api.arrivals).toHaveLength(2);
  lane.restart();
  expect((await askOf(lane, 'x')).body.toString(), 'the new answer has taken its place').toBe(CHAT);
  expect(api.arrivals).toHaveLength(2);
});

describe('an answer that is odd is handed on once, and paid for once', () => {
  test.each<[string, Script, number]>([
    [
      'a doubled Content-Type',
      (_, response) =>
        sendRaw(response, ['Content-Type: application/json', 'Content-Type: application/json'], CHAT),
      1,
    ],
    [
      'a doubled Content-Encoding that is none',
      (_, response) =>
        sendRaw(
          response,
          ['Content-Type: application/json', 'Content-Encoding: identity', 'Content-Encoding: identity'],
          CHAT,
        ),
      1,
    ],
    [
      'an encoding that nothing reads',
      (_, response) => answer(response, CHAT, { 'content-encoding': 'x-snappy' }),
      0,
    ],
    [
      'a header that Node.js does not write',
      (_, response) => sendRaw(response, ['Content-Type: application/json', 'X-Note: ü→'], CHAT),
      1,
    ],
    ['no type', (_, response) => sendRaw(response, [], CHAT), 1],
  ])('%s', async (_, script, recorded) => {
    const api = await startStandInApi(script);
    const kept = openJournal();
    const lane = (await startRig({ openai: api.origin })).openLane('a', kept);
    const { status, body } = await askOf(lane, 'x');
    expect(status).toBe(200);
    expect(body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(1);
    expect(kept.size).toBe(recorded);
  });
});

describe('a response that has no end, or is a bomb', () => {
  const maxResponseBytes = 1_000_000;
  const large = json(chat('x'.repeat(2_000_000)));

  test.each<[string, Script]>([
    ['larger than any answer', (_, response) => answer(response, large)],
    [
      'endless',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = (): void => {
          if (!response.destroyed) response.write('x'.repeat(100_000), more);
        };
        more();
      },
    ],
  ])('%s: the request fails in words, is not sent again, and speaks for no other', async (_, script) => {
    const api = await startStandInApi((arrival, response) =>
      arrival.n === 1 ? script(arrival, response) : answer(response),
    );
    const kept = openJournal();
    const gateway = await startRig({ openai: api.origin, maxResponseBytes });
    const lane = gateway.openLane('a', kept);
    const { status, body } = await askOf(lane, 'x');
    expect(status).toBe(424);
    expect(body.toString()).toMatch(/the response is larger than 1 MiB/);
    expect(api.arrivals).toHaveLength(1);
    expect(gateway.unusable.aborted).toBe(false);
    expect((await askOf(lane, 'y')).status).toBe(200);
    expect(kept.size).toBe(1);
  });

  test('small when packed: handed on as it came, not unpacked, not recorded', async () => {
    const packed = gzipSync(large);
    const api = await startStandInApi((_, response) =>
      answer(response, packed, { 'content-encoding': 'gzip' }),
    );
    const kept = openJournal();
    const lane = (await startRig({ openai: api.origin, maxResponseBytes })).openLane('a', kept);
    expect((await askOf(lane, 'x')).body.equals(packed)).toBe(true);
    expect(kept.size).toBe(0);
  });

  test('a stream: it is cut', async () => {
    const api = await startStandInApi((_, response) => {
      response.writeHead(200, streamed);
      const more = (): void => {
        if (!response.destroyed) response.write(`data: {"choices":[{"delta":{}}]}\n\n`.repeat(1000), more);
      };
      more();
    });
    const kept = openJournal();
    const lane = (await startRig({ openai: api.origin, maxResponseBytes })).openLane('a', kept);
    await expect(askOf(lane, 'x', { stream: true })).rejects.toThrow();
    expect(kept.size).toBe(0);
  });
});
