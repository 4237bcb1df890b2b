/** A cache worker that misbehaves neither blocks the run nor makes it fail. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { WorkerRequest } from '../../../src/checkpoint/cache/protocol.ts';
import {
  runWorker,
  type WorkerOptions,
  type WorkerRun,
} from '../../../src/checkpoint/cache/worker-process.ts';
import { machine, type Rig, test } from '../../helpers/cache-rig.ts';
import { until } from '../../helpers/waiting.ts';

const SAVE: WorkerRequest = { operation: 'save', key: 'k' };
const RESULT = `fs.writeSync(3, '{"available":false}');`;

/** Runs a worker with this program. */
function run(
  rig: Rig,
  body: string,
  { request = SAVE, ...options }: Partial<WorkerOptions> & { request?: WorkerRequest } = {},
): Promise<WorkerRun> {
  const directory = rig.scratch();
  const program = join(directory, 'worker.mjs');
  writeFileSync(program, `import fs from 'node:fs'; import { spawn } from 'node:child_process';\n${body}`);
  return runWorker(request, { program, cwd: directory, env: machine(), ...options });
}

describe.concurrent('misbehaving worker', () => {
  test.for<[string, string]>([
    ['writes no result', ''],
    ['writes a part of a result', `fs.writeSync(3, '{"available":tr');`],
    ['writes a result that is not JSON', `fs.writeSync(3, '<html>');`],
    ['leaves a child behind', `spawn('sleep', ['1000'], { stdio: 'inherit' }); process.exit(0);`],
  ])('misbehaving worker: one that %s has died', async ([, body], { rig }) => {
    expect(await run(rig, body)).toEqual({ ended: 'died', stdout: '', stderr: '', exit: 'exit code 0' });
  });

  test('misbehaving worker: one that is killed has died of the signal', async ({ rig }) => {
    expect(await run(rig, `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1e6);`)).toMatchObject(
      {
        ended: 'died',
        exit: 'SIGTERM',
      },
    );
  });

  test('misbehaving worker: one that cannot be started has died of the reason', async ({ rig }) => {
    const cwd = join(rig.scratch(), 'gone');
    expect(await run(rig, RESULT, { cwd })).toMatchObject({
      ended: 'died',
      exit: expect.stringMatching(/^spawn .* ENOENT$/),
    });
  });

  test('misbehaving worker: the result of one that ends before it reads its request counts', async ({
    rig,
  }) => {
    const request: WorkerRequest = { operation: 'restore', key: 'k', restoreKeys: ['x'.repeat(2_000_000)] };
    const ended = await run(rig, `${RESULT} process.exit(0);`, { request });
    expect(ended).toMatchObject({ ended: 'responded', result: { available: false } });
  });

  test('misbehaving worker: a result that was written before the kill counts', async ({ rig }) => {
    const written = join(rig.scratch(), 'written');
    const stop = new AbortController();
    const running = run(
      rig,
      `${RESULT} fs.writeFileSync(${JSON.stringify(written)}, ''); setInterval(() => {}, 1e6);`,
      { signal: stop.signal },
    );
    await until('the worker has written its result', () => existsSync(written));
    stop.abort();
    expect(await running).toMatchObject({
      ended: 'responded',
      result: { available: false },
      exit: 'SIGKILL',
    });
  });

  test('misbehaving worker: one that prints too much does not fill the memory', async ({ rig }) => {
    const { ended, stdout, stderr } = await run(
      rig,
      `for (let n = 0; n < 100; n += 1) for (const fd of [1, 2]) fs.writeSync(fd, 'x'.repeat(99_999) + '\\n');
       fs.writeSync(1, 'last'); fs.writeSync(2, 'last'); ${RESULT}`,
    );
    expect(ended).toBe('responded');
    for (const text of [stdout, stderr]) {
      expect(text).toHaveLength(4 * 1024 * 1024);
      expect(text.endsWith('\nlast')).toBe(true);
    }
  });
});
