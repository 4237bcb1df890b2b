import { statSync } from 'node:fs';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  answer,
  askOf,
  CHAT,
  chat,
  contentOf,
  journalText,
  newPaths,
  noise,
  openJournal,
  post,
  question,
  segments,
  startRig,
  startStandInApi,
} from '../../helpers/gateway-rig.ts';

describe('gateway: content encoding', () => {
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('%s reaches the client unchanged, and is recorded and replayed decoded', async (encoding, encode) => {
    const plain = JSON.stringify(chat('ü😀 語'.repeat(50)));
    const packed = encode(Buffer.from(plain));
    const api = await startStandInApi((_, response) =>
      answer(response, packed, { 'content-encoding': encoding }),
    );
    const gateway = await startRig({ openai: api.origin });
    const paths = newPaths();
    const lane = gateway.openLane('a', openJournal(paths));
    const url = `${lane.env.OPENAI_BASE_URL}/chat/completions`;
    const ask = () => post(url, question('x'), { 'accept-encoding': encoding });
    const first = await ask();
    expect(api.arrivals[0]?.headers['accept-encoding']).toBe(encoding);
    expect(first.headers['content-encoding']).toBe(encoding);
    expect(first.body.equals(packed)).toBe(true);
    expect(lane.traffic().tokensSent).toMatchObject({ prompt: 9, completion: 3 });
    expect(journalText(paths)).toContain(JSON.stringify(plain));
    lane.restart();
    const again = await ask();
    expect(again.headers).not.toHaveProperty('content-encoding');
    expect(again.headers['content-length']).toBe(String(Buffer.byteLength(plain)));
    expect(again.body.toString()).toBe(plain);
    expect(api.arrivals).toHaveLength(1);
  });

  test('gzip of a stream reaches the client whole, and is recorded decoded', async () => {
    const text = `data: ${JSON.stringify(chat('ü😀'))}\n\ndata: [DONE]\n\n`;
    const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
    const api = await startStandInApi((_, response) => answer(response, gzipSync(text), headers));
    const gateway = await startRig({ openai: api.origin });
    const paths = newPaths();
    const lane = gateway.openLane('a', openJournal(paths));
    expect((await askOf(lane, 'x', { stream: true })).body.equals(gzipSync(text))).toBe(true);
    expect(journalText(paths)).toContain(JSON.stringify(text));
    lane.restart();
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(text);
    expect(api.arrivals).toHaveLength(1);
  });

  test.each([
    ['that does not match the body', 'gzip', Buffer.from(CHAT)],
    ['that is unknown', 'x-snappy', Buffer.from('anything')],
  ])('%s is passed on, and not recorded', async (_, encoding, body) => {
    const api = await startStandInApi((_, response) =>
      answer(response, body, { 'content-encoding': encoding }),
    );
    const gateway = await startRig({ openai: api.origin });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    expect((await askOf(lane, 'x')).body.equals(body)).toBe(true);
    expect(journal.size).toBe(0);
  });
});

describe('gateway: bytes of', () => {
  const MEGABYTE = 1_000_000;
  const PIECE = '😀 漢字かな Ünïcödé \\ " \u0000 \u2028 \ud83d\udc69\u200d\ud83d\udcbb ';
  const large = PIECE.repeat(Math.ceil(MEGABYTE / Buffer.byteLength(PIECE)));
  test.each<[string, string, Buffer]>([
    ['escaped JSON', question(large), Buffer.from(JSON.stringify(chat(large)))],
    ['a byte order mark', question('z'), Buffer.from(`\ufeff${CHAT}`)],
  ])('%s are the same when requested, received and replayed', async (_, asked, bytes) => {
    const api = await startStandInApi((_, response) => answer(response, bytes));
    const gateway = await startRig({ openai: api.origin });
    const paths = newPaths();
    const journal = openJournal(paths);
    const lane = gateway.openLane('a', journal);
    const first = await post(`${lane.env.OPENAI_BASE_URL}/chat/completions`, asked);
    expect(api.arrivals[0]?.body.equals(Buffer.from(asked))).toBe(true);
    expect(first.body.equals(bytes)).toBe(true);
    lane.close();
    journal.close();

    const resumed = gateway.openLane('a', openJournal(paths));
    const again = await post(`${resumed.env.OPENAI_BASE_URL}/chat/completions`, asked);
    expect(again.body.equals(bytes)).toBe(true);
    expect(again.headers['content-type']).toBe('application/json');
    expect(api.arrivals).toHaveLength(1);
  });

  test.each<[string, string, Buffer]>([
    ['plain text', 'text/plain; charset=utf-8', Buffer.from(large)],
    ['audio', 'audio/mpeg', noise(MEGABYTE, 1)],
    [
      'bytes that look like text at first',
      'application/octet-stream',
      Buffer.concat([Buffer.from(large), noise(7, 2)]),
    ],
  ])('%s are passed on unchanged, and not recorded', async (_, type, bytes) => {
    const api = await startStandInApi((_, response) => answer(response, bytes, { 'content-type': type }));
    const journal = openJournal();
    const lane = (await startRig({ openai: api.origin })).openLane('a', journal);
    const { body, headers } = await post(`${lane.env.OPENAI_BASE_URL}/audio/speech`, question('x'));
    expect(body.equals(bytes)).toBe(true);
    expect(headers['content-type']).toBe(type);
    expect(journal.size).toBe(0);
  });

  test('a journal of more than 100 MB are replayed correctly after it is reopened', async () => {
    const COUNT = 100;
    const noisyChat = (seed: number) => JSON.stringify(chat(noise(MEGABYTE, seed).toString('base64')));
    const api = await startStandInApi((arrival, response) =>
      answer(response, noisyChat(Number(contentOf(arrival)))),
    );
    const gateway = await startRig({ openai: api.origin });
    const paths = newPaths();
    const journal = openJournal(paths);
    const lane = gateway.openLane('a', journal);
    for (let i = 0; i < COUNT; i += 1) {
      // The first half becomes a sealed segment, as at a checkpoint in the middle of an eval.
      if (i === COUNT / 2) journal.seal();
      expect((await askOf(lane, String(i))).status).toBe(200);
    }
    lane.close();
    journal.close();
    expect(api.arrivals).toHaveLength(COUNT);

    const opened = openJournal(paths);
    onTestFinished(() => opened.close());
    expect(opened.size).toBe(COUNT);
    const bytes = segments(paths).map((path) => statSync(path).size);
    expect(bytes).toHaveLength(2);
    expect(Math.max(...bytes)).toBeGreaterThan(50 * MEGABYTE);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(100 * MEGABYTE);
    const resumed = gateway.openLane('a', opened);
    for (let i = COUNT - 1; i >= 0; i -= 1) {
      const { body } = await askOf(resumed, String(i));
      expect(body.toString()).toBe(noisyChat(i));
    }
    expect(api.arrivals).toHaveLength(COUNT);
    expect(resumed.traffic()).toMatchObject({ sent: 0, replayed: COUNT });
  });
});
