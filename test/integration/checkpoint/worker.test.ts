/** A cache worker that does not do what ours does: it holds no run up, and brings none down. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import type { WorkerRequest } from '../../../src/checkpoint/cache/protocol.ts';
import {
  runWorker,
  type WorkerOptions,
  type WorkerRun,
} from '../../../src/checkpoint/cache/worker-process.ts';
import { machine, type Rig, test } from '../../helpers/cache-rig.ts';

const SAVE: WorkerRequest = { operation: 'save', key: 'k' };
const ANSWER = `fs.writeSync(3, '{"available":false}');`;

/** Runs a worker that does what `body` says. */
function strange(
  rig: Rig,
  body: string,
  { request = SAVE, ...options }: Partial<WorkerOptions> & { request?: WorkerRequest } = {},
): Promise<WorkerRun> {
  const directory = rig.scratch();
  const program = join(directory, 'worker.mjs');
  writeFileSync(program, `import fs from 'node:fs'; import { spawn } from 'node:child_process';\n${body}`);
  return runWorker(request, { program, cwd: directory, env: machine(), ...options });
}

describe.concurrent('a worker', () => {
  test.for<[string, string]>([
    ['that answers nothing', ''],
    ['whose answer is cut short', `fs.writeSync(3, '{"available":tr');`],
    ['whose answer is no JSON', `fs.writeSync(3, '<html>');`],
    ['that leaves a child behind', `spawn('sleep', ['1000'], { stdio: 'inherit' }); process.exit(0);`],
  ])('%s has died', async ([, body], { rig }) => {
    expect(await strange(rig, body)).toEqual({ ended: 'died', stdout: '', stderr: '', exit: 'exit code 0' });
  });

  test('that is killed has died of that', async ({ rig }) => {
    expect(
      await strange(rig, `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1e6);`),
    ).toMatchObject({
      ended: 'died',
      exit: 'SIGTERM',
    });
  });

  test('that cannot be started at all has died of that', async ({ rig }) => {
    const cwd = join(rig.scratch(), 'gone');
    expect(await strange(rig, ANSWER, { cwd })).toMatchObject({
      ended: 'died',
      exit: expect.stringMatching(/^spawn .* ENOENT$/),
    });
  });

  test('that ends before it has read what it is asked is heard all the same', async ({ rig }) => {
    const request: WorkerRequest = { operation: 'restore', key: 'k', restoreKeys: ['x'.repeat(2_000_000)] };
    const run = await strange(rig, `${ANSWER} process.exit(0);`, { request });
    expect(run).toMatchObject({ ended: 'answered', result: { available: false } });
  });

  test('that answered before it was stopped has answered', async ({ rig }) => {
    const answered = join(rig.scratch(), 'answered');
    const stop = new AbortController();
    const running = strange(
      rig,
      `${ANSWER} fs.writeFileSync(${JSON.stringify(answered)}, ''); setInterval(() => {}, 1e6);`,
      { signal: stop.signal },
    );
    await vi.waitFor(() => expect(existsSync(answered)).toBe(true), { timeout: 30_000 });
    stop.abort();
    expect(await running).toMatchObject({ ended: 'answered', result: { available: false }, exit: 'SIGKILL' });
  });

  test('that prints without end fills no memory', async ({ rig }) => {
    const { ended, stdout, stderr } = await strange(
      rig,
      `for (let n = 0; n < 100; n += 1) for (const fd of [1, 2]) fs.writeSync(fd, 'x'.repeat(99_999) + '\\n');
       fs.writeSync(1, 'last'); fs.writeSync(2, 'last'); ${ANSWER}`,
    );
    expect(ended).toBe('answered');
    for (const text of [stdout, stderr]) {
      expect(text).toHaveLength(4 * 1024 * 1024);
      expect(text.endsWith('\nlast')).toBe(true);
    }
  });
});
