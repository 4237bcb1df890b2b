/** Failures with a 2xx status, and unusual responses. Real HTTP over the loopback, real journals on disk. */
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

/** Writes the raw head, because `node:http` joins headers with the same name and refuses some characters. */
function sendRaw(response: ServerResponse, headers: readonly string[], body: string): void {
  const head = [
    'HTTP/1.1 200 OK',
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  response.socket?.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** An API that responds to the first request as the script says, and to all others with a success. */
const firstFails = (script: Script) =>
  startStandInApi((arrival, response) => (arrival.n === 1 ? script(arrival, response) : answer(response)));

describe('failure with status 200: retried, and not recorded, is', () => {
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
    ['a truncated response', (_, response) => answer(response, CHAT.slice(0, 40))],
    ['a compressed error', (_, response) => answer(response, gzipSync(busy), { 'content-encoding': 'gzip' })],
    [
      'a stream whose first event is an error',
      (_, response) => answer(response, `data: ${busy}\n\n`, streamed),
    ],
  ])('%s', async (_, script) => {
    const api = await firstFails(script);
    const journal = openJournal();
    const lane = (await startRig({ openai: api.origin })).openLane('a', journal);
    expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(2);
    expect(journal.size).toBe(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 1, failed: 0 });
  });
});

describe('failure with status 200', () => {
  test('that no retry will fix reaches the client with the status and message that it names', async () => {
    const api = await startStandInApi((_, response) =>
      answer(response, json({ error: { message: 'Prompt is too long', type: 'invalid_request_error' } })),
    );
    const journal = openJournal();
    const lane = (await startRig({ openai: api.origin })).openLane('a', journal);
    const { status, body } = await askOf(lane, 'x');
    expect(status).toBe(400);
    expect(body.toString()).toContain('Prompt is too long');
    expect(api.arrivals).toHaveLength(1);
    expect(journal.size).toBe(0);
  });

  test('about a lack of credit ends the job', async () => {
    const api = await startStandInApi((_, response) =>
      answer(response, json({ error: { message: 'Insufficient credits', code: 402 } })),
    );
    const gateway = await startRig({ openai: api.origin });
    await askOf(gateway.openLane('a', openJournal()), 'x');
    expect(gateway.unusable.reason).toMatchObject({ message: 'the API refused: 402: Insufficient credits' });
  });

  test('that is a web page ends the job before any success, and the error names the base URL', async () => {
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

  test('that is a web page is retried after a success', async () => {
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

  test('without a cause is requested three times at most, because each response is billed', async () => {
    const api = await startStandInApi((_, response) => answer(response, json({ choices: [] })));
    const gateway = await startRig({ openai: api.origin });
    const { status, body } = await askOf(gateway.openLane('a', openJournal()), 'x');
    expect(status).toBe(424);
    expect(body.toString()).toContain('an invalid response');
    expect(api.arrivals).toHaveLength(3);
    expect(gateway.unusable.aborted, 'it says nothing about the API').toBe(false);
  });
});

test('failure with status 200 that an older version recorded is not replayed', async () => {
  const api = await startStandInApi((_, response) => answer(response));
  const journal = openJournal();
  const gateway = await startRig({ openai: api.origin });
  const lane = gateway.openLane('a', journal);
  await askOf(lane, 'x');
  const asked = json({ model: 'gpt-4', messages: [{ role: 'user', content: 'x' }] });
  const key = createHash('sha256').update(`POST openai/chat/completions\n${asked}`).digest('hex');
  const usage = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
  expect(journal.has(key, 0)).toBe(true);
  journal.append(key, 0, { status: 200, type: 'application/json', body: Buffer.from(busy), usage });
  lane.restart();
  expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
  expect(api.arrivals).toHaveLength(2);
  lane.restart();
  expect((await askOf(lane, 'x')).body.toString(), 'the new response replaces it').toBe(CHAT);
  expect(api.arrivals).toHaveLength(2);
});

describe('unusual response: passed on, and billed once, is a response with', () => {
  test.each<[string, Script, number]>([
    [
      'a doubled Content-Type',
      (_, response) =>
        sendRaw(response, ['Content-Type: application/json', 'Content-Type: application/json'], CHAT),
      1,
    ],
    [
      'a doubled Content-Encoding: identity',
      (_, response) =>
        sendRaw(
          response,
          ['Content-Type: application/json', 'Content-Encoding: identity', 'Content-Encoding: identity'],
          CHAT,
        ),
      1,
    ],
    ['an unknown encoding', (_, response) => answer(response, CHAT, { 'content-encoding': 'x-snappy' }), 0],
    [
      'a header that Node.js refuses to write',
      (_, response) => sendRaw(response, ['Content-Type: application/json', 'X-Note: ü→'], CHAT),
      1,
    ],
    ['no content type', (_, response) => sendRaw(response, [], CHAT), 1],
  ])('%s', async (_, script, recorded) => {
    const api = await startStandInApi(script);
    const journal = openJournal();
    const lane = (await startRig({ openai: api.origin })).openLane('a', journal);
    const { status, body } = await askOf(lane, 'x');
    expect(status).toBe(200);
    expect(body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(1);
    expect(journal.size).toBe(recorded);
  });
});

describe('too large response', () => {
  const maxResponseBytes = 1_000_000;
  const large = json(chat('x'.repeat(2_000_000)));

  test.each<[string, Script]>([
    ['that is larger than maxResponseBytes', (_, response) => answer(response, large)],
    [
      'that is endless',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = (): void => {
          if (!response.destroyed) response.write('x'.repeat(100_000), more);
        };
        more();
      },
    ],
  ])('%s: the request fails with a message, is not retried, and does not end the job', async (_, script) => {
    const api = await startStandInApi((arrival, response) =>
      arrival.n === 1 ? script(arrival, response) : answer(response),
    );
    const journal = openJournal();
    const gateway = await startRig({ openai: api.origin, maxResponseBytes });
    const lane = gateway.openLane('a', journal);
    const { status, body } = await askOf(lane, 'x');
    expect(status).toBe(424);
    expect(body.toString()).toMatch(/the response is larger than 1 MiB/);
    expect(api.arrivals).toHaveLength(1);
    expect(gateway.unusable.aborted).toBe(false);
    expect((await askOf(lane, 'y')).status).toBe(200);
    expect(journal.size).toBe(1);
  });

  test('that is small when compressed is passed on compressed, and not recorded', async () => {
    const packed = gzipSync(large);
    const api = await startStandInApi((_, response) =>
      answer(response, packed, { 'content-encoding': 'gzip' }),
    );
    const journal = openJournal();
    const lane = (await startRig({ openai: api.origin, maxResponseBytes })).openLane('a', journal);
    expect((await askOf(lane, 'x')).body.equals(packed)).toBe(true);
    expect(journal.size).toBe(0);
  });

  test('that is a stream is cut', async () => {
    const api = await startStandInApi((_, response) => {
      response.writeHead(200, streamed);
      const more = (): void => {
        if (!response.destroyed) response.write(`data: {"choices":[{"delta":{}}]}\n\n`.repeat(1000), more);
      };
      more();
    });
    const journal = openJournal();
    const lane = (await startRig({ openai: api.origin, maxResponseBytes })).openLane('a', journal);
    await expect(askOf(lane, 'x', { stream: true })).rejects.toThrow();
    expect(journal.size).toBe(0);
  });
});
