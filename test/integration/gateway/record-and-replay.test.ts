/** The gateway in this process, between plain HTTP clients and the stand-in for the model API. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { defaultRetryPolicy } from '../../../src/gateway/call/retry-policy.ts';
import { type Gateway, type Lane, startGateway } from '../../../src/gateway/gateway.ts';
import { providerUrls } from '../../../src/gateway/providers.ts';
import { Journal } from '../../../src/progress/journal.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { recordingLog, sha256, temporaryDirectory } from '../../helpers/builders.ts';
import { apiFaults } from '../../stand-ins/api-faults.ts';
import { type ModelApiOptions, startModelApi } from '../../stand-ins/model-api.ts';

const KEY = 'Bearer sk-test';

async function startWithApi(options: ModelApiOptions = {}) {
  const api = await startModelApi(options);
  const log = recordingLog();
  const gateway: Gateway = await startGateway({
    env: { OPENAI_API_KEY: 'sk-test' },
    models: ['gpt-4'],
    urls: providerUrls({ OPENAI_BASE_URL: api.url }),
    maxRequestsInFlight: 32,
    log,
    retryPolicy: { ...defaultRetryPolicy, initialDelayMs: 5, maxDelayMs: 20, maxAttempts: 4 },
    timeouts: { connectMs: 5000, idleMs: 5000 },
  });
  onTestFinished(async () => {
    await gateway.close();
    await api.close();
  });
  return { api, gateway, log };
}

function newJournal() {
  const owner = { eval: 'a.dev', repository: 'o/r', fingerprint: sha256('x'), parts: {} };
  return Journal.open(statePaths(temporaryDirectory(), 'gpt-4', 'set'), owner).journal;
}

function ask(base: string | undefined, content: unknown, more: object = {}, init: RequestInit = {}) {
  return fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content }], ...more }),
    ...init,
  });
}

test('gateway records responses, and replays them when the eval runs again', async () => {
  const { api, gateway } = await startWithApi();
  const journal = newJournal();
  const lane = gateway.openLane('a', journal);
  const base = lane.env.OPENAI_BASE_URL;
  const first = await (await ask(base, 'ü😀')).json();
  const models = await (await fetch(`${base}/models`, { headers: { authorization: KEY } })).json();
  expect(models).toMatchObject({ object: 'list' });
  const received = api.counts().received;
  lane.restart();
  expect(await (await ask(base, 'ü😀')).json()).toEqual(first);
  expect(api.counts().received).toBe(received);
  expect(lane.traffic()).toMatchObject({ sent: 2, replayed: 1, failed: 0 });
  expect(lane.traffic().tokensReplayed.prompt).toBe(lane.traffic().tokensSent.prompt);
  await ask(base, 'ü😀');
  expect(api.counts().received).toBe(received + 1);
});

describe('gateway refuses requests', () => {
  test.each<[string, (base: string) => string]>([
    ['with an unknown token', (base) => base.replace(/\/[0-9a-f]{48}\//, `/${'0'.repeat(48)}/`)],
    ['without a token', (base) => base.replace(/\/[0-9a-f]{48}\//, '/')],
    ['to an unknown provider', (base) => base.replace(/openai$/, 'constructor')],
  ])('%s', async (_, wrong) => {
    const { api, gateway } = await startWithApi();
    const lane = gateway.openLane('a', undefined);
    const response = await ask(wrong(lane.env.OPENAI_BASE_URL ?? ''), 'x');
    expect(response.status).toBe(403);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(api.requests).toEqual([]);
  });

  test.each<[string, (lane: Lane) => unknown]>([
    ['is closed', (lane) => lane.close()],
    ['is drained', (lane) => lane.drain(new AbortController().signal)],
  ])('to a lane that %s', async (_, end) => {
    const { api, gateway } = await startWithApi();
    const lane = gateway.openLane('a', undefined);
    await end(lane);
    expect((await ask(lane.env.OPENAI_BASE_URL, 'x')).status).toBe(403);
    expect(api.requests).toEqual([]);
  });
});

test('gateway replays a compressed stream whole', async () => {
  const { api, gateway } = await startWithApi({ gzip: true });
  const lane = gateway.openLane('a', newJournal());
  const streamed = () =>
    ask(lane.env.OPENAI_BASE_URL, 'x', { stream: true }).then((response) => response.text());
  const text = await streamed();
  expect(text).toContain('data: [DONE]');
  lane.restart();
  expect(await streamed()).toBe(text);
  expect(api.counts().received).toBe(1);
});

describe('gateway: a fault of the API', () => {
  test.each([
    ['429 with Retry-After', apiFaults.rateLimited(0.01)],
    ['500', apiFaults.serverError()],
  ])('(%s) is retried, and the response is recorded once', async (_, fault) => {
    const { api, gateway } = await startWithApi({ faults: (_request, n) => (n === 1 ? fault : undefined) });
    const journal = newJournal();
    const lane = gateway.openLane('a', journal);
    const response = await ask(lane.env.OPENAI_BASE_URL, 'x');
    expect(response.status).toBe(200);
    await response.json();
    expect(api.counts().received).toBe(2);
    expect(journal.size).toBe(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 1, failed: 0 });
  });

  test('that persists ends with a status that oaieval does not retry', async () => {
    const { api, gateway } = await startWithApi({
      faults: (_, n) => (n > 1 ? apiFaults.serverError() : undefined),
    });
    const journal = newJournal();
    const lane = gateway.openLane('a', journal);
    expect((await ask(lane.env.OPENAI_BASE_URL, 'y')).status).toBe(200);
    const response = await ask(lane.env.OPENAI_BASE_URL, 'x');
    expect(response.status).toBe(424);
    expect(await response.text()).toContain('stopped retrying after 4 attempts');
    expect(api.counts().received).toBe(1 + 4);
    expect(journal.size).toBe(1);
    expect(gateway.unusable.aborted).toBe(false);
  });

  test.each([
    [
      'insufficient_quota',
      apiFaults.insufficientQuota(),
      /429 insufficient_quota: You exceeded your current quota/,
    ],
    ['401', apiFaults.invalidKey(), /401/],
    ['an unknown model', apiFaults.unknownModel('gpt-4'), /404 model_not_found/],
  ])('(%s) ends the job at once, with the message of the provider', async (_, fault, words) => {
    const { api, gateway } = await startWithApi({ faults: () => fault });
    const lane = gateway.openLane('a', newJournal());
    await ask(lane.env.OPENAI_BASE_URL, 'x');
    expect(gateway.unusable.aborted).toBe(true);
    expect(String(gateway.unusable.reason.message)).toMatch(words);
    expect((await ask(lane.env.OPENAI_BASE_URL, 'y')).status).toBe(403);
    expect(api.counts().received).toBe(1);
    expect(lane.unansweredCount(), 'the second request counts as well').toBe(2);
  });
});

test('gateway adapts parameters that a model refuses, and logs each adaptation once', async () => {
  const { api, gateway, log } = await startWithApi({
    faults: ({ body }) => {
      const fields = body as Record<string, unknown>;
      if ('max_tokens' in fields)
        return apiFaults.unsupportedParameter('max_tokens', 'max_completion_tokens');
      if ('temperature' in fields) {
        const message =
          "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported.";
        return {
          status: 400,
          body: {
            error: {
              message,
              type: 'invalid_request_error',
              param: 'temperature',
              code: 'unsupported_value',
            },
          },
        };
      }
      return undefined;
    },
  });
  const journal = newJournal();
  const lane = gateway.openLane('a', journal);
  for (const content of ['x', 'y']) {
    const response = await ask(lane.env.OPENAI_BASE_URL, content, { max_tokens: 5, temperature: 0 });
    expect(response.status).toBe(200);
  }
  expect(api.requests.at(-1)?.body).toMatchObject({ max_completion_tokens: 5 });
  expect(api.counts().received).toBe(4);
  expect(log.lines).toHaveLength(2);
  lane.restart();
  await ask(lane.env.OPENAI_BASE_URL, 'x', { max_tokens: 5, temperature: 0 });
  expect(api.counts().received).toBe(4);
});
