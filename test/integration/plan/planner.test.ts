/** The Python process that makes a plan, and what happens when it makes none. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ANY_COUNT_SET,
  envWithoutKey,
  modules,
  problemsOf,
  RegistryPlanner,
  registry,
  usualEnv,
} from '../../helpers/registry-planner.ts';

let planner: RegistryPlanner;
let python = '';
beforeAll(async () => {
  planner = await RegistryPlanner.start();
  ({ python } = planner);
});
afterAll(() => planner.close());

describe.concurrent('a process that plans', () => {
  test('planner: the imports of a class may print, and leave threads behind', async () => {
    const { evals } = await planner.plan('own-noisy', { python, registryPaths: [registry('own')] });
    expect(evals.map(({ key }) => key)).toEqual(['own-noisy.dev.v0']);
  });

  test('planner: it finds no classes in the working directory, as oaieval finds none there', async () => {
    const error = await planner.refusal('own', {
      python,
      registryPaths: [registry('own')],
      workingDirectory: modules,
      env: envWithoutKey,
    });
    expect(problemsOf(error)).toEqual([
      expect.stringMatching(/^module-not-on-path: own-capitals\.dev\.v0: the module own_evals is in /),
    ]);
    expect(error.next).toContain('PYTHONPATH');
  });

  test('planner: it sends no request to the API', async () => {
    const requests: string[] = [];
    const api = createServer((message, response) => {
      requests.push(`${message.method} ${message.url}`);
      response.end('{"data": []}');
    });
    await new Promise<void>((done) => api.listen(0, '127.0.0.1', done));
    try {
      const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/v1`;
      const env = { ...usualEnv, OPENAI_API_KEY: 'unused', OPENAI_BASE_URL: url };
      await planner.plan(ANY_COUNT_SET, { python, model: 'gpt-4o-mini,cot/text-davinci-003', env });
      expect(requests).toEqual([]);
    } finally {
      await new Promise((done) => api.close(done));
    }
  });

  test('planner: an interpreter without evals fails with the last lines that it printed', async () => {
    const bare = planner.newDirectory('bare-');
    await promisify(execFile)(python, ['-m', 'venv', '--without-pip', bare]);
    const error = await planner.refusal('test-basic', {
      python: join(bare, 'bin/python'),
      env: envWithoutKey,
    });
    expect(error.code).toBe('PLAN_FAILED');
    expect(error.message).toMatch(
      /ended with exit code 1\. It printed last:\n[\s\S]*No module named 'evals'$/,
    );
  });

  test('planner: an interpreter that does not exist fails with its path', async () => {
    const error = await planner.refusal('test-basic', { python: join(dirname(python), 'no-python') });
    expect(error.code).toBe('PLAN_FAILED');
    expect(error.message).toContain('no-python');
  });
});

test('planner: it leaves nothing in the temporary directory', async () => {
  await planner.plan('test-basic');
  await planner.refusal('no-such-set');
  expect(readdirSync(planner.temporaryDirectory)).toEqual([]);
});
