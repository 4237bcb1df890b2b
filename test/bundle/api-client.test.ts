/** The shipped action reaches the model API wherever the clients of evals reach it by themselves. */
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { machineWithSet } from '../helpers/generated-set.ts';
import { listening, makeCa, reverseProxyTo, startProxy } from '../helpers/network.ts';
import { annotations, logOf } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';
import { apiFaults } from '../stand-ins/api-faults.ts';

beforeAll(async () => {
  await evalsPython();
});

const samples = [3];

describe('API client: a set completes', () => {
  test(
    'API client: a user name and a password in OPENAI_BASE_URL are used, and written nowhere',
    LONG,
    async (context) => {
      const login = `Basic ${Buffer.from('ci:p@ss-word').toString('base64')}`;
      const machine = await machineWithSet(context, { samples }, { api: {} });
      // A web server in front of the model that asks for a password, and has a key of its own for the model.
      const onward = reverseProxyTo(machine.api.port);
      const { port } = await listening(
        createServer((request, response) => {
          if (request.headers.authorization !== login)
            return void response.writeHead(401).end('<h1>401</h1>');
          request.headers.authorization = 'Bearer own-key';
          onward(request, response);
        }),
      );
      const result = await machine.run({
        env: { OPENAI_BASE_URL: `http://ci:p%40ss-word@127.0.0.1:${port}/v1` },
      });
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject({ complete: 'true', fresh: '1', 'requests-sent': '3' });
      expect(annotations(result)).toEqual([]);
      expect(logOf(result)).not.toMatch(/ss-word|c3Mtd29yZ/);
      // Another password is the same API.
      const again = await machine.run({ env: { OPENAI_BASE_URL: `http://ci:changed@127.0.0.1:${port}/v1` } });
      expect(again.outputs).toMatchObject({ complete: 'true', reused: '1' });
    },
  );

  test('API client: a proxy with a password, a CA of its own and a line break after the base URL', async (context) => {
    const ca = makeCa();
    const machine = await machineWithSet(context, { samples }, { api: {} });
    const secure = createTlsServer(ca.server(), reverseProxyTo(machine.api.port));
    const { port } = await listening(secure);
    const proxy = await startProxy();
    const env = {
      OPENAI_BASE_URL: `https://127.0.0.1:${port}/v1\n`,
      HTTPS_PROXY: `http://user:p%40ss@${proxy.host}`,
      SSL_CERT_FILE: ca.file,
    };
    // The stand-in for GitHub's cache is no part of what the proxy leads to.
    const result = await machine.run({ env, cache: false });
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(result.outputs).toMatchObject({ complete: 'true', fresh: '1', 'requests-sent': '3' });
    expect(annotations(result)).toContainEqual(
      expect.stringMatching(/^warning: .*OPENAI_BASE_URL starts or ends with white space/),
    );
    expect(new Set(proxy.tunnels)).toEqual(new Set([`127.0.0.1:${port}`]));
    expect(new Set(proxy.authorizations)).toEqual(
      new Set([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]),
    );
  });

  test('API client: an API that redirects to another path', LONG, async (context) => {
    const machine = await machineWithSet(
      context,
      { samples },
      {
        api: {
          faults: ({ path }) =>
            path.startsWith('/old')
              ? { status: 307, headers: { location: path.slice('/old'.length) } }
              : undefined,
        },
      },
    );
    const result = await machine.run({ env: { OPENAI_BASE_URL: machine.api.url.replace('/v1', '/old/v1') } });
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(result.outputs).toMatchObject({ complete: 'true', fresh: '1', 'requests-sent': '3' });
  });
});

test('API client: a base URL in quotation marks is an error before anything runs', async (context) => {
  const machine = await machineWithSet(
    context,
    { samples },
    { api: { faults: () => apiFaults.serverError(500) } },
  );
  const result = await machine.run({ env: { OPENAI_BASE_URL: `"${machine.api.url}"` } });
  expect(result.exitCode).toBe(1);
  expect(annotations(result)).toEqual([
    expect.stringMatching(/^error: .*OPENAI_BASE_URL.*is in quotation marks.*\[INPUT_INVALID\]$/s),
  ]);
  expect(machine.api.requests).toEqual([]);
});
