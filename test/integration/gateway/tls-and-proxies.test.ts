import { createServer as createTcpServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  answer,
  askOf,
  CHAT,
  listening,
  makeCertificates,
  openJournal,
  startRig,
  startStandInApi,
  startStandInProxy,
} from '../../helpers/gateway-rig.ts';

describe('TLS with a private CA', () => {
  test('succeeds with the CA in SSL_CERT_FILE', async () => {
    const { ca, server } = makeCertificates();
    const api = await startStandInApi((_, response) => answer(response), server);
    const gateway = await startRig({ openai: api.origin, env: { SSL_CERT_FILE: ca } });
    const lane = gateway.openEval('a', openJournal());
    const { status, body } = await askOf(lane, 'x');
    expect(status).toBe(200);
    expect(body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(1);
  });

  test.each([
    ['without it', {}],
    ['with an SSL_CERT_FILE that is not there', { SSL_CERT_FILE: '/nowhere/ca.pem' }],
  ])('%s, gives up in words that name the certificate', async (_, env) => {
    const { server } = makeCertificates();
    const api = await startStandInApi((_, response) => answer(response), server);
    const gateway = await startRig({ openai: api.origin, env });
    const kept = openJournal();
    const { status, headers, body } = await askOf(gateway.openEval('a', kept), 'x');
    expect(status).toBe(424);
    expect(headers['x-should-retry']).toBe('false');
    expect(JSON.parse(body.toString()).error.message).toMatch(/gave up: .*certificate.* not trusted/);
    expect(api.arrivals).toEqual([]);
    expect(kept.size).toBe(0);
  });

  test('a handshake that stalls is begun again', async () => {
    const { ca, server } = makeCertificates();
    const api = await startStandInApi((_, response) => answer(response), server);
    let connections = 0;
    // A stand-in for a load balancer whose first connection leads nowhere.
    const balancer = createTcpServer((socket) => {
      connections += 1;
      if (connections > 1) api.server.emit('connection', socket);
    });
    const { port } = await listening(balancer);
    const gateway = await startRig({
      openai: `https://127.0.0.1:${port}`,
      env: { SSL_CERT_FILE: ca },
      timeouts: { connect: 1000, idle: 5000 },
    });
    const lane = gateway.openEval('a', openJournal());
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(connections).toBe(2);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 1, failed: 0 });
  });
});

describe('through a proxy', () => {
  test.each([
    ['HTTPS_PROXY', 'HTTPS_PROXY', 'http://'],
    ['https_proxy', 'https_proxy', 'http://'],
    ['an HTTPS_PROXY without a scheme', 'HTTPS_PROXY', ''],
  ])('https goes through %s, in a tunnel', async (_, variable, scheme) => {
    const { ca, server } = makeCertificates();
    const api = await startStandInApi((_, response) => answer(response), server);
    const proxy = await startStandInProxy();
    const env = { SSL_CERT_FILE: ca, [variable]: `${scheme}user:p%40ss@${proxy.host}` };
    const gateway = await startRig({ openai: `${api.origin}/v1`, env });
    const { status } = await askOf(gateway.openEval('a', openJournal()), 'x');
    expect(status).toBe(200);
    expect(proxy.tunnels).toEqual([new URL(api.origin).host]);
    expect(proxy.forwarded).toEqual([]);
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
    expect(api.arrivals).toHaveLength(1);
    expect(api.arrivals[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('http goes through HTTP_PROXY, by its absolute URI', async () => {
    const api = await startStandInApi((_, response) => answer(response));
    const proxy = await startStandInProxy();
    const gateway = await startRig({ openai: `${api.origin}/v1`, env: { HTTP_PROXY: proxy.url } });
    const { status, body } = await askOf(gateway.openEval('a', openJournal()), 'x');
    expect(status).toBe(200);
    expect(body.toString()).toBe(CHAT);
    expect(proxy.forwarded).toEqual([`POST ${api.origin}/v1/chat/completions`]);
    expect(api.arrivals.map(({ path }) => path)).toEqual(['/v1/chat/completions']);
  });

  test.each([
    ['the address', '127.0.0.1'],
    ['one of several', 'example.com, 127.0.0.1'],
    ['everything', '*'],
  ])('what NO_PROXY names (%s) is reached directly', async (_, list) => {
    const api = await startStandInApi((_, response) => answer(response));
    const proxy = await startStandInProxy();
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: list };
    const gateway = await startRig({ openai: api.origin, env });
    expect((await askOf(gateway.openEval('a', openJournal()), 'x')).status).toBe(200);
    expect(api.arrivals).toHaveLength(1);
    expect([...proxy.forwarded, ...proxy.tunnels]).toEqual([]);
  });

  test('the proxies of this process are none of those that the gateway was given', async () => {
    const api = await startStandInApi((_, response) => answer(response));
    const proxy = await startStandInProxy();
    const before = process.env.http_proxy;
    process.env.http_proxy = proxy.url;
    onTestFinished(() => {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
    });
    const gateway = await startRig({ openai: api.origin, env: {} });
    expect((await askOf(gateway.openEval('a', openJournal()), 'x')).status).toBe(200);
    expect(proxy.forwarded).toEqual([]);
  });

  test.each([
    ['nothing is set', {}, '127.0.0.1'],
    ['NO_PROXY is set', { NO_PROXY: 'a.example,.b.example' }, 'a.example,.b.example,127.0.0.1'],
    ['no_proxy wins, as in Python', { no_proxy: 'a.example', NO_PROXY: 'b.example' }, 'a.example,127.0.0.1'],
    ['no_proxy is empty', { no_proxy: '' }, '127.0.0.1'],
    // Python's urllib takes `*` for everything only when it stands alone.
    ['NO_PROXY is everything', { NO_PROXY: '*' }, '*'],
  ])('the eval reaches the gateway directly when %s', async (_, given, expected) => {
    const gateway = await startRig({ env: { HTTP_PROXY: 'http://127.0.0.1:9', ...given } });
    const { env } = gateway.openEval('a', undefined);
    expect(env).toMatchObject({ NO_PROXY: expected, no_proxy: expected });
  });
});
