import { createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { answer, askOf, CHAT, openJournal, startRig, startStandInApi } from '../../../helpers/gateway-rig.ts';
import { listening, makeCa, startProxy } from '../../../helpers/network.ts';

describe('gateway and an API with a private CA:', () => {
  test.each([
    ['without the CA', {}],
    ['with an SSL_CERT_FILE that does not exist', { SSL_CERT_FILE: '/nowhere/ca.pem' }],
  ])('%s, the request fails with a message about the certificate', async (_, env) => {
    const api = await startStandInApi((_, response) => answer(response), makeCa().server());
    const gateway = await startRig({ openai: api.origin, env });
    const journal = openJournal();
    const { status, headers, body } = await askOf(gateway.openLane('a', journal), 'x');
    expect(status).toBe(424);
    expect(headers['x-should-retry']).toBe('false');
    expect(JSON.parse(body.toString()).error.message).toMatch(
      /does not retry this request: .*certificate.* not trusted/,
    );
    expect(api.arrivals).toEqual([]);
    expect(journal.size).toBe(0);
  });

  test('a stalled handshake is retried', async () => {
    const ca = makeCa();
    const api = await startStandInApi((_, response) => answer(response), ca.server());
    let connections = 0;
    // A stand-in for a load balancer that drops its first connection.
    const balancer = createTcpServer((socket) => {
      connections += 1;
      if (connections > 1) api.server.emit('connection', socket);
    });
    const { port } = await listening(balancer);
    const gateway = await startRig({
      openai: `https://127.0.0.1:${port}`,
      env: { SSL_CERT_FILE: ca.file },
      timeouts: { connectMs: 2000, idleMs: 5000 },
    });
    const lane = gateway.openLane('a', openJournal());
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(connections).toBe(2);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 1, failed: 0 });
  });
});

describe('gateway between an eval and a proxy:', () => {
  test('a request goes through the tunnel of HTTPS_PROXY, with the CA of SSL_CERT_FILE', async () => {
    const ca = makeCa();
    const api = await startStandInApi((_, response) => answer(response), ca.server());
    const proxy = await startProxy();
    const env = { SSL_CERT_FILE: ca.file, HTTPS_PROXY: `http://user:p%40ss@${proxy.host}` };
    const gateway = await startRig({ openai: `${api.origin}/v1`, env });
    const { status, body } = await askOf(gateway.openLane('a', openJournal()), 'x');
    expect(status).toBe(200);
    expect(body.toString()).toBe(CHAT);
    expect(proxy.tunnels).toEqual([new URL(api.origin).host]);
    expect(api.arrivals.map(({ path }) => path)).toEqual(['/v1/chat/completions']);
    expect(api.arrivals[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test.each([
    ['nothing is set', {}, '127.0.0.1'],
    ['NO_PROXY is set', { NO_PROXY: 'a.example,.b.example' }, 'a.example,.b.example,127.0.0.1'],
    ['no_proxy wins, as in Python', { no_proxy: 'a.example', NO_PROXY: 'b.example' }, 'a.example,127.0.0.1'],
    ['no_proxy is empty', { no_proxy: '' }, '127.0.0.1'],
    // Python's urllib understands `*` only when it is the whole value.
    ['NO_PROXY is *', { NO_PROXY: '*' }, '*'],
  ])('the eval reaches the gateway directly when %s', async (_, given, expected) => {
    const gateway = await startRig({ env: { HTTP_PROXY: 'http://127.0.0.1:9', ...given } });
    const { env } = gateway.openLane('a', undefined);
    expect(env).toMatchObject({ NO_PROXY: expected, no_proxy: expected });
  });
});
