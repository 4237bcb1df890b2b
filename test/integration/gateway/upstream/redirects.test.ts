/** Redirects of the API: followed on the host that the user named as httpx follows them, and nowhere else. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { providerUrls } from '../../../../src/gateway/providers.ts';
import { transportFailure } from '../../../../src/gateway/upstream/transport-failure.ts';
import { evalsPython } from '../../../helpers/evals-venv.ts';
import { askOf, openJournal, startRig } from '../../../helpers/gateway-rig.ts';
import { ANSWER, ask, makeCa, type Script, type ScriptedApi, startApi } from '../../../helpers/network.ts';

const REST = '/chat/completions';

const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: unknown) => transportFailure(error),
  );

/** Redirects what is below `/old` to the same below `/new`, and answers there. */
const moved =
  (status: number, to: (path: string) => string = (path) => path.replace('/old', '/new')): Script =>
  ({ path }, response) =>
    path.startsWith('/old')
      ? response.writeHead(status, { location: to(path) }).end('<h1>Moved</h1>')
      : response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);

const openai = (base: string) => ({ urls: providerUrls({ OPENAI_BASE_URL: base }) });

const askBelow = (base: string, more: object = {}) => ask(`${base}${REST}`, { ...openai(base), ...more });

const seen = (api: ScriptedApi) =>
  api.arrivals.map(({ method, path, body, headers }) => ({
    method,
    path,
    body: body.toString(),
    authorization: headers.authorization,
  }));

describe('redirect on the same host:', () => {
  test('each status is followed as the client of OpenAI does', async () => {
    const apis = await Promise.all([301, 302, 303, 307, 308].map((status) => startApi(moved(status))));
    const bases = apis.map((api) => `${api.origin}/old/v1`);
    const clients = `
import sys, openai
for base in sys.argv[1:]:
    client = openai.OpenAI(base_url=base, api_key="sk-test", max_retries=0)
    client.post("${REST}", body={"model": "m"}, cast_to=object)
    client.get("/models", cast_to=object)`;
    const env = { PATH: process.env.PATH ?? '' };
    await promisify(execFile)(await evalsPython(), ['-c', clients, ...bases], { env });
    const theirs = apis.map(seen);
    expect(theirs.map((requests) => requests.length)).toEqual([4, 4, 4, 4, 4]);
    for (const base of bases) {
      expect((await askBelow(base)).body).toBe(ANSWER);
      expect((await ask(`${base}/models`, { method: 'GET', body: '' })).body).toBe(ANSWER);
    }
    expect(apis.map((api) => seen(api).slice(4))).toEqual(theirs);
  });

  test('a password of the base URL is sent again', async () => {
    const api = await startApi(moved(307));
    await ask(`${api.origin.replace('//', '//ci:secret@')}/old/v1${REST}`);
    expect(seen(api).map(({ authorization }) => authorization)).toEqual([
      'Basic Y2k6c2VjcmV0',
      'Basic Y2k6c2VjcmV0',
    ]);
  });

  test('a user name and password in the location are ignored', async () => {
    const api = await startApi(({ path, headers }, response) =>
      path === '/old'
        ? response.writeHead(307, { location: `//other:login@${headers.host}/new` }).end()
        : response.end(ANSWER),
    );
    await ask(`${api.origin}/old`);
    expect(seen(api).map(({ authorization }) => authorization)).toEqual(['Bearer sk-test', 'Bearer sk-test']);
  });

  test('a redirect from http to https is followed', async () => {
    const ca = makeCa();
    const secure = await startApi(undefined, { tls: ca.server() });
    const api = await startApi((_, response) =>
      response.writeHead(308, { location: `${secure.origin}/v1${REST}` }).end(),
    );
    expect((await askBelow(`${api.origin}/v1`, { env: { SSL_CERT_FILE: ca.file } })).body).toBe(ANSWER);
  });

  test('another port gets the request without the key, as from httpx', async () => {
    const other = await startApi();
    const api = await startApi((_, response) =>
      response.writeHead(307, { location: `${other.origin}/v1${REST}` }).end(),
    );
    const headers = { 'x-api-key': 'sk-ant', 'api-key': 'azure', cookie: 'a=b' };
    expect((await askBelow(`${api.origin}/v1`, { headers })).body).toBe(ANSWER);
    expect(other.arrivals[0]?.body).toEqual(api.arrivals[0]?.body);
    expect(Object.keys(other.arrivals[0]?.headers ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(authorization|x-api-key|api-key|cookie)$/)]),
    );
  });

  test('a doubled location header is read once', async () => {
    const api = await startApi(({ path }, response) =>
      path === '/old'
        ? response.writeHead(307, ['location', '/new', 'location', '/new']).end()
        : response.end(ANSWER),
    );
    expect((await ask(`${api.origin}/old`)).body).toBe(ANSWER);
  });

  test.each([
    ['a 302 without a location', 302, {}],
    ['300', 300, { location: '/new' }],
    ['304', 304, { location: '/new' }],
  ])('%s is not a redirect', async (_, status, headers) => {
    const api = await startApi((_, response) => response.writeHead(status, headers).end());
    expect((await ask(api.origin)).status).toBe(status);
    expect(api.arrivals).toHaveLength(1);
  });
});

describe('redirect that is not followed:', () => {
  test('to another host, with a message that names the target and the variable to set', async () => {
    const other = await startApi();
    const elsewhere = other.origin.replace('127.0.0.1', 'localhost');
    const api = await startApi((_, response) =>
      response
        .writeHead(307, { location: `${elsewhere.replace('//', '//user:secret@')}/api/v2${REST}?key=secret` })
        .end(),
    );
    const failure = await failureOf(askBelow(`${api.origin}/v1`));
    expect(failure).toMatchObject({
      permanent: true,
      why: expect.stringContaining(
        `to another host: from ${api.origin}/v1${REST} to ${elsewhere}/api/v2${REST}`,
      ),
      advice: `If that address is correct, set OPENAI_BASE_URL to ${elsewhere}/api/v2.`,
    });
    expect(JSON.stringify(failure)).not.toContain('secret');
    expect(other.arrivals).toEqual([]);
  });

  test('of a request to Anthropic, with a message that names ANTHROPIC_BASE_URL', async () => {
    const api = await startApi((_, response) =>
      response.writeHead(301, { location: 'https://claude.example/base/v1/messages' }).end(),
    );
    const urls = providerUrls({ ANTHROPIC_BASE_URL: api.origin });
    expect(await failureOf(ask(`${api.origin}/v1/messages`, { urls }))).toMatchObject({
      advice: 'If that address is correct, set ANTHROPIC_BASE_URL to https://claude.example/base.',
    });
  });

  test('to a login page on another host', async () => {
    const api = await startApi((_, response) =>
      response.writeHead(302, { location: 'https://login.example/sso?to=x' }).end(),
    );
    expect(await failureOf(askBelow(`${api.origin}/v1`))).toMatchObject({
      permanent: true,
      why: expect.stringContaining('https://login.example/sso'),
      advice: expect.stringContaining('OPENAI_BASE_URL'),
    });
  });

  test('from https to http', async () => {
    const ca = makeCa();
    const plain = await startApi();
    const api = await startApi(
      (_, response) => response.writeHead(307, { location: `${plain.origin}/v1` }).end(),
      {
        tls: ca.server(),
      },
    );
    expect(await failureOf(ask(api.origin, { env: { SSL_CERT_FILE: ca.file } }))).toMatchObject({
      permanent: true,
      why: expect.stringContaining('without encryption'),
    });
    expect(plain.arrivals).toEqual([]);
  });

  test.each([
    ['to the same address', () => '/old'],
    ['to ever new addresses', (path: string) => `${path}x`],
  ])('%s, more than 20 times', async (_, to) => {
    const api = await startApi(moved(307, to));
    expect(await failureOf(ask(`${api.origin}/old`))).toMatchObject({
      permanent: true,
      why: expect.stringContaining('more than 20 times'),
    });
    expect(api.arrivals).toHaveLength(21);
  });

  test.each(['http://', 'ftp://127.0.0.1/v1', 'https://[::bad/'])('to %s', async (location) => {
    const api = await startApi((_, response) => response.writeHead(307, { location }).end());
    expect(await failureOf(ask(api.origin))).toMatchObject({ permanent: true });
    expect(api.arrivals).toHaveLength(1);
  });
});

describe('redirect whose request the API refuses:', () => {
  const refusing =
    (redirect: number, refusal: number): Script =>
    ({ path }, response) =>
      path.startsWith('/old')
        ? response.writeHead(redirect, { location: path.replace('/old', '/new') }).end()
        : response
            .writeHead(refusal)
            .end('{"error":{"message":"Invalid method for URL (GET /v1/chat/completions)"}}');

  test.each([
    [301, 405],
    [302, 404],
  ])(
    'a %i that became a GET, and the response is %i: the advice names the variable to set',
    async (redirect, refusal) => {
      const api = await startApi(refusing(redirect, refusal));
      expect(await failureOf(askBelow(`${api.origin}/old/v1`))).toMatchObject({
        permanent: true,
        why: expect.stringMatching(
          new RegExp(`sent there as GET and without its body.*was refused \\(${refusal}\\)`),
        ),
        advice: `If that address is correct, set OPENAI_BASE_URL to ${api.origin}/new/v1.`,
      });
    },
  );

  test('to another port without the key: the advice names the variable to set', async () => {
    const other = await startApi((_, response) => response.writeHead(401).end());
    const api = await startApi((_, response) =>
      response.writeHead(308, { location: `${other.origin}/v1${REST}` }).end(),
    );
    expect(await failureOf(askBelow(`${api.origin}/v1`))).toMatchObject({
      why: expect.stringMatching(/without the key.*refused \(401\)/),
      advice: `If that address is correct, set OPENAI_BASE_URL to ${other.origin}/v1.`,
    });
  });

  test.each([429, 503, 408])('a %i is passed on, because a retry may help', async (status) => {
    const api = await startApi(refusing(301, status));
    expect((await askBelow(`${api.origin}/old/v1`)).status).toBe(status);
  });

  test('a refusal of the unchanged request is passed on', async () => {
    const api = await startApi(refusing(307, 400));
    expect((await askBelow(`${api.origin}/old/v1`)).status).toBe(400);
  });
});

test('redirect to another host ends the job with that address, and is not followed', async () => {
  const api = await startApi((_, response) =>
    response.writeHead(307, { location: `https://llm.example/v1${REST}?key=secret` }).end(),
  );
  const gateway = await startRig({ openai: `${api.origin}/v1` });
  const { status, body } = await askOf(gateway.openLane('a', openJournal()), 'x');
  expect(status).toBe(424);
  expect(JSON.parse(body.toString()).error.message).toMatch(/redirected.*https:\/\/llm\.example\/v1/);
  expect(gateway.unusable.reason).toMatchObject({
    message: expect.stringMatching(/^the API cannot be used: the API redirected.*https:\/\/llm\.example/),
    next: 'If that address is correct, set OPENAI_BASE_URL to https://llm.example/v1.',
  });
  expect(`${body} ${gateway.unusable.reason}`).not.toContain('secret');
  expect(api.arrivals).toHaveLength(1);
});
