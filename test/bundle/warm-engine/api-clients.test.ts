/** API clients that evals and their modules make: all their requests go to the gateway. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { Cleanup } from '../../helpers/temporary-directory.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { LONG, testRows } from '../../helpers/test-rows.ts';
import { machineFor, onLinux } from '../../helpers/warm-engine.ts';

onLinux.concurrent('API clients', () => {
  test('API clients: no request to the gateway goes to a proxy', async (context) => {
    const proxy = await startProxy(context);
    const { machine } = await machineFor(context, 'warm-asking', {
      // What the gateway asks goes past the proxy as the user says; that evals reach the gateway is not for the user to say.
      env: { http_proxy: proxy.url, HTTP_PROXY: proxy.url, no_proxy: 'localhost', NO_PROXY: 'localhost' },
    });
    const result = await machine.run({
      cache: false,
      env: { OPENAI_BASE_URL: machine.api.url.replace('127.0.0.1', 'localhost') },
    });
    expect(proxy.seen).toEqual([]);
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'requests-sent': '1' });
  });

  testRows(1, [
    ['for module-level calls', 'warm-module-client', { has_the_key: true }],
    [
      'of another API, and of a class of its own',
      'warm-other-clients',
      { azure: 'https://ours.example.com/openai/' },
    ],
  ] as const)(
    'API clients: a module that makes a client %s uses the gateway',
    async ([, evalSet, metrics], context) => {
      const found = await Promise.all(
        ['warm', 'oaieval'].map(async (engine) => {
          const { machine } = await machineFor(context, evalSet, { inputs: { engine } });
          const result = await machine.run({ cache: false });
          // Sent by way of the gateway.
          expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'requests-sent': '1' });
          expect(result.annotations).toEqual([]);
          expect(logOf(result)).not.toContain('its own Python process');
          return machine.records()[0]?.metrics;
        }),
      );
      expect(found[0]).toMatchObject(metrics);
      expect(found[0]).toEqual(found[1]);
    },
  );

  test.for([
    ['the key of the environment', {}, 0],
    ['a key of its own', { args: '--completion_args api_key=other' }, 1],
  ] as const)(
    'API clients: %s does not make a client for each request',
    LONG,
    async ([, inputs, made], context) => {
      const [warm, plain] = await Promise.all(
        ['warm', 'oaieval'].map(async (engine) => {
          const { machine } = await machineFor(context, 'warm-counting-clients', {
            inputs: { engine, ...inputs },
          });
          const result = await machine.run({ cache: false });
          expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'requests-sent': '10' });
          expect(logOf(result)).not.toContain('its own Python process');
          return machine.records().map(({ metrics }) => metrics.clients);
        }),
      );
      // The first one is made before there are evals.
      expect(warm).toEqual([made, made]);
      expect(plain).toEqual([5, 5]);
    },
  );

  test(
    'API clients: when the client of a module cannot be redirected, each eval gets a Python of its own',
    LONG,
    async (context) => {
      const { machine } = await machineFor(context, 'warm-stubborn-client');
      const result = await machine.run({ cache: false });
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'requests-sent': '1' });
      expect(result.annotations).toEqual([]);
      expect(result.lines).toContainEqual(
        expect.stringMatching(/Running each eval in its own Python process.*\(Stubborn\)/),
      );
    },
  );

  /** A proxy that records its requests and refuses them. */
  async function startProxy({ onTestFinished }: Cleanup) {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.writeHead(403).end();
    });
    server.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
  }
});
