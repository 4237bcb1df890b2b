/** The gateway reads a base URL as the clients of OpenAI and Anthropic do: each is run and compared. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type Provider, providerUrls, requestUrl } from '../../../src/gateway/providers.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { type Arrival, ask, startApi, startProxy } from '../../helpers/network.ts';

const VARIABLES = { openai: 'OPENAI_BASE_URL', anthropic: 'ANTHROPIC_BASE_URL' } as const;

/** What the clients append to a base URL. */
const PATHS = { openai: '/chat/completions', anthropic: '/v1/messages' } as const;

const KEY = { authorization: 'Bearer sk-test' };

/** Base URLs, in which HOST stands for the address of the API. */
const BASES = [
  'http://HOST',
  'http://HOST/',
  'http://HOST/v1',
  'http://HOST/v1/',
  'HTTP://HOST/v1',
  'http://HOST/v1#part',
  'http://HOST/a%2Fb%20c/v1',
  'http://HOST/a b/ü',
  'http://HOST/a/../v1',
  'http://ci:secret@HOST/v1',
  'http://ci@HOST/v1',
  'http://:secret@HOST/v1',
  'http://ci:p%40ss%3A%C3%BC@HOST/v1',
  'http://ci:p@ss@HOST/v1',
  'http://ci:%zz@HOST/v1',
];

/** Sends one request to each base URL with each client. */
const CLIENTS = `
import json, sys, openai, anthropic
for base in json.load(sys.stdin):
    openai.OpenAI(base_url=base, api_key="sk-test", max_retries=0).chat.completions.with_raw_response.create(model="m", messages=[])
    anthropic.Anthropic(base_url=base, api_key="sk-test", max_retries=0).messages.with_raw_response.create(model="m", max_tokens=1, messages=[])
`;

const addressed = ({ path, headers: { host, authorization } }: Arrival) => ({ path, host, authorization });

const through = (provider: Provider, base: string, rest: string = PATHS[provider]) =>
  ask(requestUrl(providerUrls({ [VARIABLES[provider]]: base })[provider], rest), { headers: KEY });

test('base URL: path, host and authorization are the same as from the Python clients', async () => {
  const api = await startApi();
  const bases = BASES.map((base) => base.replace('HOST', `127.0.0.1:${api.port}`));
  const run = promisify(execFile)(await evalsPython(), ['-c', CLIENTS], {
    env: { PATH: process.env.PATH ?? '' },
  });
  run.child.stdin?.end(JSON.stringify(bases));
  await run;
  const theirs = api.arrivals.map(addressed);
  expect(theirs).toHaveLength(2 * bases.length);
  // Versions of Anthropic's client send the key differently; a password of the URL replaces either.
  const withKey = ({ authorization, ...rest }: (typeof theirs)[number]) =>
    authorization?.startsWith('Basic') ? { authorization, ...rest } : rest;
  for (const base of bases) {
    await through('openai', base);
    await through('anthropic', base);
  }
  const ours = api.arrivals.slice(theirs.length).map(addressed);
  expect(ours.map(withKey)).toEqual(theirs.map(withKey));
  expect(ours[0]?.authorization).toBe('Bearer sk-test');
});

describe('base URL:', () => {
  test('an IPv6 address is connected to, and sent as the host', async () => {
    const api = await startApi(undefined, { host: '::1' });
    await through('openai', `http://ci:secret@[::1]:${api.port}/v1`);
    expect(api.arrivals.map(addressed)).toEqual([
      {
        path: '/v1/chat/completions',
        host: `[::1]:${api.port}`,
        authorization: `Basic ${Buffer.from('ci:secret').toString('base64')}`,
      },
    ]);
  });

  test('an international host name is used in its ASCII form', async () => {
    const proxy = await startProxy({ refuse: 502 });
    const url = providerUrls({ OPENAI_BASE_URL: 'http://bücher.example/v1' }).openai;
    await ask(requestUrl(url, '/models'), { env: { HTTP_PROXY: proxy.url }, method: 'GET', body: '' });
    expect(proxy.forwarded).toEqual(['GET http://xn--bcher-kva.example/v1/models']);
  });

  // The clients append the path to the query (`?api-version=1chat/completions`), which no server understands.
  test.each([
    ['?api-version=1', '/chat/completions', '/v1/chat/completions?api-version=1'],
    ['/?api-version=1', '/chat/completions', '/v1/chat/completions?api-version=1'],
    ['?api-version=1&key=a%20b+c', '/models?limit=2', '/v1/models?api-version=1&key=a%20b+c&limit=2'],
    ['?api-version=1&limit=9', '/models?limit=2', '/v1/models?api-version=1&limit=2'],
    ['?', '/models', '/v1/models'],
    ['//', '/models', '/v1/models'],
  ])('with %s at its end, %s is requested as %s', async (end, rest, path) => {
    const api = await startApi();
    await through('openai', `${api.origin}/v1${end}`, rest);
    expect(api.arrivals.map((arrival) => arrival.path)).toEqual([path]);
  });

  test('a password does not replace the x-api-key of Anthropic', async () => {
    const api = await startApi();
    const base = `http://ci:secret@127.0.0.1:${api.port}`;
    const url = requestUrl(providerUrls({ ANTHROPIC_BASE_URL: base }).anthropic, '/v1/messages?beta=true');
    await ask(url, { headers: { 'x-api-key': 'sk-ant' } });
    expect(api.arrivals[0]).toMatchObject({
      path: '/v1/messages?beta=true',
      headers: { 'x-api-key': 'sk-ant', authorization: 'Basic Y2k6c2VjcmV0' },
    });
  });
});
