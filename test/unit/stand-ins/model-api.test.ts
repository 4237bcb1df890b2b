import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { apiFaults } from '../../stand-ins/api-faults.ts';
import { knowledgeFrom } from '../../stand-ins/knowledge.ts';
import { type ModelApi, type ModelApiOptions, startModelApi } from '../../stand-ins/model-api.ts';

const knownPrompts = join(import.meta.dirname, '../../fixtures/model-api/test-basic.jsonl');
const france = { model: 'gpt-4', messages: [{ role: 'user', content: 'What is the capital of France?' }] };

let api: ModelApi;

afterEach(() => api.close());

async function start(options: ModelApiOptions = {}): Promise<void> {
  api = await startModelApi(options);
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function answerOf(response: Response): Promise<string> {
  const body = (await response.json()) as { choices: { message: { content: string } }[] };
  return body.choices.map((choice) => choice.message.content).join('|');
}

describe('answers', () => {
  it('model API: the same body gets the same bytes, and another body another answer', async () => {
    await start();
    const [one, two, other] = await Promise.all(
      [france, france, { ...france, seed: 1 }].map(async (body) =>
        (await post('/chat/completions', body)).text(),
      ),
    );
    expect(one).toBe(two);
    expect(other).not.toBe(one);
  });

  it('model API: a share of the bodies, always the same ones, gets the correct answer', async () => {
    await start({ knowledge: await knowledgeFrom(knownPrompts), rightShare: 0.9 });
    const bodies = Array.from({ length: 200 }, (_, seed) => ({ ...france, seed }));
    const ask = (): Promise<string[]> =>
      Promise.all(bodies.map(async (body) => answerOf(await post('/chat/completions', body))));
    const first = await ask();
    const right = first.filter((answer) => answer === 'Paris').length;
    expect(right).toBeGreaterThan(160);
    expect(right).toBeLessThan(200);
    expect(await ask()).toEqual(first);
  });

  it('model API: a known chat prompt is also known as the text that evals makes of it', async () => {
    await start({ knowledge: await knowledgeFrom(knownPrompts), rightShare: 1 });
    const prompt = 'Complete the phrase as concisely as possible.\nUser: Once upon a \nAssistant:';
    const response = await post('/completions', { model: 'gpt-3.5-turbo-instruct', prompt });
    expect(await response.json()).toMatchObject({ object: 'text_completion', choices: [{ text: 'time' }] });
  });

  it('model API: a model-graded prompt gets one of its choices, in the first line and in the last', async () => {
    await start();
    const content =
      'Funny? Answer by printing a single choice from "Yes" or "No" or "Unsure" (without quotes or punctuation)';
    const answer = await answerOf(
      await post('/chat/completions', { model: 'gpt-4', messages: [{ role: 'user', content }] }),
    );
    const lines = answer.split('\n');
    expect(['Yes', 'No', 'Unsure']).toContain(lines[0]);
    expect(lines.at(-1)).toBe(lines[0]);
  });

  it('model API: a request with n gets n choices, and a token count', async () => {
    await start();
    const body = await (await post('/chat/completions', { ...france, n: 3 })).json();
    expect(body).toMatchObject({
      choices: [{ index: 0 }, { index: 1 }, { index: 2 }],
      usage: { prompt_tokens: 8 },
    });
    const { usage } = body as { usage: Record<string, number> };
    expect(usage.total_tokens).toBe(8 + (usage.completion_tokens ?? Number.NaN));
  });

  it('model API: a stream has the text of the plain response, and usage if requested', async () => {
    await start({ knowledge: new Map([['count', 'one two three']]), rightShare: 1 });
    const messages = [{ role: 'user', content: 'count' }];
    const response = await post('/chat/completions', {
      model: 'gpt-4',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = (await response.text()).trimEnd().split('\n\n');
    expect(events.pop()).toBe('data: [DONE]');
    const chunks = events.map((event) => JSON.parse(event.slice('data: '.length)));
    expect(
      chunks
        .flatMap((c) => c.choices.map((x: { delta: { content?: string } }) => x.delta.content ?? ''))
        .join(''),
    ).toBe('one two three');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 2, completion_tokens: 4 } });
  });

  it('model API: embeddings are numbers, or base64 of the same numbers', async () => {
    await start();
    const ask = async (extra: object): Promise<unknown[]> => {
      const response = await post('/embeddings', {
        model: 'text-embedding-3-small',
        input: ['a', 'b'],
        ...extra,
      });
      return ((await response.json()) as { data: { embedding: unknown }[] }).data.map((d) => d.embedding);
    };
    const [numbers, other] = (await ask({ dimensions: 4 })) as number[][];
    const [base64] = (await ask({ dimensions: 4, encoding_format: 'base64' })) as string[];
    const bytes = Buffer.from(base64 ?? '', 'base64');
    expect([0, 4, 8, 12].map((at) => bytes.readFloatLE(at))).toEqual((numbers ?? []).map(Math.fround));
    expect(other).not.toEqual(numbers);
  });

  it('model API: with the option gzip, responses are compressed for clients that accept it', async () => {
    await start({ gzip: true });
    const plain = await post('/chat/completions', france, { 'accept-encoding': 'identity' });
    const packed = await post('/chat/completions', france, { 'accept-encoding': 'gzip' });
    expect([plain, packed].map((r) => r.headers.get('content-encoding'))).toEqual([null, 'gzip']);
    expect(await packed.text()).toBe(await plain.text());
  });
});

describe('refusals', () => {
  it('model API: a request without a key is refused', async () => {
    await start();
    const response = await fetch(`${api.url}/models`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('model API: GET /models lists the models, and a look-up of another model is refused', async () => {
    await start();
    const get = (path: string): Promise<Response> =>
      fetch(api.url + path, { headers: { authorization: 'Bearer key' } });
    expect(await (await get('/models')).json()).toMatchObject({ object: 'list' });
    expect(await (await get('/models/gpt-4')).json()).toMatchObject({ id: 'gpt-4' });
    expect((await get('/models/none')).status).toBe(404);
  });

  it.each([
    ['an unknown path', '/nothing', {}, 404],
    ['a body that is not JSON', '/chat/completions', '{', 400],
    ['no model', '/chat/completions', { messages: france.messages }, 400],
    ['no messages', '/chat/completions', { model: 'gpt-4' }, 400],
  ])('model API: a request with %s is refused', async (_, path, body, status) => {
    await start();
    expect((await post(path, body)).status).toBe(status);
  });
});

describe('faults', () => {
  it('model API: a fault can depend on the number of the request', async () => {
    await start({ faults: (_, n) => (n === 1 ? apiFaults.rateLimited(7) : undefined) });
    const [first, second] = [
      await post('/chat/completions', france),
      await post('/chat/completions', france),
    ];
    expect([first.status, first.headers.get('retry-after'), second.status]).toEqual([429, '7', 200]);
  });

  it('model API: a fault can close the connection before a response and within it', async () => {
    await start({ faults: (_, n) => (n === 1 ? { destroy: true } : { destroyAfterBytes: 5 }) });
    await expect(post('/chat/completions', france)).rejects.toThrow();
    const half = await post('/chat/completions', france);
    await expect(half.text()).rejects.toThrow();
    expect(api.requests.map((r) => r.aborted)).toEqual([true, true]);
  });
});

describe('the gate', () => {
  it('model API: holdAfter holds back all later responses until release', async () => {
    await start();
    api.holdAfter(1);
    await post('/chat/completions', france);
    const held = post('/chat/completions', france);
    await api.untilHeld();
    expect(api.counts()).toEqual({ received: 2, answered: 1, aborted: 0, held: 1 });
    api.release();
    expect((await held).status).toBe(200);
    expect(api.counts().held).toBe(0);
  });

  it('model API: a client that disconnects is no longer held', async () => {
    await start();
    api.holdWhen((request) => request.model === 'gpt-4');
    const leave = new AbortController();
    const pending = fetch(`${api.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer key' },
      body: JSON.stringify(france),
      signal: leave.signal,
    });
    await api.untilHeld();
    leave.abort();
    await expect(pending).rejects.toThrow();
    await expect.poll(() => api.counts()).toEqual({ received: 1, answered: 0, aborted: 1, held: 0 });
  });
});

describe('the log', () => {
  it('model API: the log has the hash of the body of each request, but not the key', async () => {
    const logFile = join(temporaryDirectory(), 'requests.jsonl');
    await start({ logFile });
    const seen: number[] = [];
    const stop = api.onRequest((request) => seen.push(request.n));
    const [, response] = await Promise.all([api.untilReceived(1), post('/chat/completions', france)]);
    await response.text();
    stop();
    const bodySha256 = createHash('sha256').update(JSON.stringify(france)).digest('hex');
    expect(seen).toEqual([1]);
    expect(api.requests[0]).toMatchObject({
      n: 1,
      path: '/v1/chat/completions',
      model: 'gpt-4',
      bodySha256,
      status: 200,
    });
    await api.close();
    const log = readFileSync(logFile, 'utf8');
    expect(JSON.parse(log)).toMatchObject({ n: 1, method: 'POST', bodySha256, status: 200, aborted: false });
    expect(log).not.toContain('key');
  });
});
