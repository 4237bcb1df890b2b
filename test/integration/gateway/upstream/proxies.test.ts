/** The gateway behind HTTP, HTTPS and SOCKS5 proxies, with and without a password, and their failures. */

import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { transportFailure } from '../../../../src/gateway/upstream/transport-failure.ts';
import {
  ANSWER,
  ask,
  listening,
  makeCa,
  startApi,
  startProxy,
  startSocksProxy,
} from '../../../helpers/network.ts';

const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: unknown) => transportFailure(error),
  );

const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

describe('proxy for an https API:', () => {
  test.each([
    ['HTTPS_PROXY', 'http://', 'user:p%40ss@', 'user:p@ss'],
    ['https_proxy', 'http://', 'user:p%40ss@', 'user:p@ss'],
    ['ALL_PROXY', 'http://', 'user@', 'user:'],
    ['all_proxy', '', 'user:%zz%C3%BC@', 'user:%zzü'],
    ['HTTPS_PROXY', '', '', undefined],
  ])('%s=%s%sHOST opens a tunnel with that password', async (variable, scheme, login, expected) => {
    const ca = makeCa();
    const api = await startApi(undefined, { tls: ca.server() });
    const proxy = await startProxy();
    const env = { SSL_CERT_FILE: ca.file, [variable]: `${scheme}${login}${proxy.host}` };
    expect((await ask(`${api.origin}/v1`, { env })).body).toBe(ANSWER);
    expect(proxy.tunnels).toEqual([`127.0.0.1:${api.port}`]);
    expect(proxy.authorizations).toEqual([expected && basic(expected)]);
    expect(api.arrivals[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('HTTP_PROXY is ignored, as in Python', async () => {
    const ca = makeCa();
    const api = await startApi(undefined, { tls: ca.server() });
    const proxy = await startProxy();
    expect((await ask(api.origin, { env: { SSL_CERT_FILE: ca.file, HTTP_PROXY: proxy.url } })).status).toBe(
      200,
    );
    expect(proxy.tunnels).toEqual([]);
  });

  test('HTTPS_PROXY with https:// uses TLS to the proxy, with the same CAs as for the API', async () => {
    const ca = makeCa();
    const api = await startApi(undefined, { tls: ca.server() });
    const proxy = await startProxy({ tls: ca.server() });
    const env = { SSL_CERT_FILE: ca.file, HTTPS_PROXY: proxy.url.replace('//', '//user:pass@') };
    expect((await ask(api.origin, { env })).body).toBe(ANSWER);
    expect(proxy.tunnels).toEqual([`127.0.0.1:${api.port}`]);
    expect(proxy.authorizations).toEqual([basic('user:pass')]);
  });
});

describe('proxy for an http API:', () => {
  test.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])(
    '%s receives the absolute address',
    async (variable) => {
      const api = await startApi();
      const proxy = await startProxy();
      const env = { [variable]: proxy.url.replace('//', '//user:pass@') };
      expect((await ask(`${api.origin}/v1/models?a=b`, { env, method: 'GET', body: '' })).body).toBe(ANSWER);
      expect(proxy.forwarded).toEqual([`GET ${api.origin}/v1/models?a=b`]);
      expect(proxy.authorizations).toEqual([basic('user:pass')]);
    },
  );

  test('the lower-case variable wins, and disables the proxy when it is empty', async () => {
    const api = await startApi();
    const proxy = await startProxy();
    expect((await ask(api.origin, { env: { http_proxy: '', HTTP_PROXY: proxy.url } })).status).toBe(200);
    expect(proxy.forwarded).toEqual([]);
    await ask(api.origin, { env: { http_proxy: proxy.url, HTTP_PROXY: 'http://127.0.0.1:9' } });
    expect(proxy.forwarded).toHaveLength(1);
  });
});

describe('proxy with SOCKS5:', () => {
  test.each([
    ['socks5', 'http'],
    ['socks5', 'https'],
    ['socks5h', 'http'],
    ['socks5h', 'https'],
  ])('%s carries %s with a password', async (scheme, kind) => {
    const ca = makeCa();
    const api = await startApi(undefined, kind === 'https' ? { tls: ca.server() } : {});
    const proxy = await startSocksProxy({ username: 'user', password: 'p@ss' });
    const env = { SSL_CERT_FILE: ca.file, ALL_PROXY: `${scheme}://user:p%40ss@${proxy.host}` };
    expect((await ask(api.origin, { env })).body).toBe(ANSWER);
    expect(proxy.connections).toEqual([`127.0.0.1:${api.port}`]);
  });

  test('a wrong password is a permanent failure', async () => {
    const api = await startApi();
    const proxy = await startSocksProxy({ username: 'user', password: 'right' });
    const failure = await failureOf(
      ask(api.origin, { env: { ALL_PROXY: `socks5://user:wrong@${proxy.host}` } }),
    );
    expect(failure).toMatchObject({ permanent: true, why: expect.stringMatching(/proxy.*user name/) });
    expect(JSON.stringify(failure)).not.toContain('wrong@');
  });
});

describe('proxy failure:', () => {
  test.each([
    [407, true, /proxy requires a user name and a password/],
    [403, true, /proxy refused to connect to the API \(403\)/],
    [405, true, /proxy refused to connect to the API \(405\)/],
    [502, false, /proxy refused to connect to the API \(502\)/],
    [503, false, /proxy refused to connect to the API \(503\)/],
    [429, false, /proxy refused to connect to the API \(429\)/],
  ])('a response of %i to CONNECT (permanent: %s)', async (refuse, permanent, why) => {
    const proxy = await startProxy({ refuse });
    const failure = await failureOf(ask('https://127.0.0.1:9', { env: { HTTPS_PROXY: proxy.url } }));
    expect(failure).toMatchObject({ permanent, why: expect.stringMatching(why) });
    expect(failure?.advice !== undefined).toBe(permanent);
  });

  test('a 407 to a forwarded request is attributed to the proxy, not the API', async () => {
    const proxy = await startProxy({ refuse: 407 });
    const failure = await failureOf(ask('http://127.0.0.1:9', { env: { HTTP_PROXY: proxy.url } }));
    expect(failure).toMatchObject({ permanent: true, why: expect.stringMatching(/^the proxy requires/) });
  });

  test('a proxy that accepts the connection and never responds times out', async () => {
    const server = createServer(() => {});
    const { port } = await listening(server);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    expect(
      await failureOf(ask('https://127.0.0.1:9', { env, timeouts: { connectMs: 100, idleMs: 500 } })),
    ).toMatchObject({
      permanent: false,
    });
  });

  test.each([
    ['socks4://127.0.0.1:9', /HTTPS_PROXY names a proxy with the scheme socks4/],
    ['"http://127.0.0.1:9"', /HTTPS_PROXY names an invalid URL/],
    ['http://user:pa/ss@127.0.0.1:9', /HTTPS_PROXY names an invalid URL/],
  ])('%s cannot be used, and the message does not show the password', async (value, why) => {
    const failure = await failureOf(ask('https://127.0.0.1:9', { env: { HTTPS_PROXY: value } }));
    expect(failure).toMatchObject({ permanent: true, why: expect.stringMatching(why) });
    expect(JSON.stringify(failure)).not.toContain('pa/ss');
  });

  test('an invalid proxy does not affect an address in NO_PROXY', async () => {
    const api = await startApi();
    const env = { HTTP_PROXY: 'socks4://127.0.0.1:9', NO_PROXY: '127.0.0.1' };
    expect((await ask(api.origin, { env })).status).toBe(200);
  });

  test('proxy variables of this process are ignored: only the given environment counts', async () => {
    const api = await startApi();
    const before = process.env.http_proxy;
    process.env.http_proxy = 'http://127.0.0.1:9';
    onTestFinished(() => {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
    });
    expect((await ask(api.origin)).status).toBe(200);
  });
});
