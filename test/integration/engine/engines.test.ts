/** How engines start and end, with scripts in place of a Python that has evals. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Engines, engines } from '../../../src/engine/engines.ts';
import { temporaryDirectory } from '../../helpers/builders.ts';
import { silentLog } from '../../helpers/silent-log.ts';

function warmEngines(python: () => Promise<string>): Engines {
  return engines({
    engine: 'warm',
    python,
    cwd: temporaryDirectory(),
    env: process.env,
    models: ['dummy'],
    registryPaths: [],
    chatFallback: true,
    log: silentLog,
  });
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 15_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await pause(20);
  }
}

describe('engines: cancelled while Python is being installed', () => {
  test('close does not wait for the installation', async () => {
    const running = warmEngines(() => new Promise(() => {}));
    const one = running.open({ evals: ['a'] }).start({ args: [], env: {}, onLine() {} });
    one.signal('SIGINT');
    await expect(one.exit).resolves.toEqual({ code: null, signal: 'SIGINT' });
    await expect(running[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  test('a host that starts after close is ended', async () => {
    const directory = temporaryDirectory();
    const [python, started] = [join(directory, 'python'), join(directory, 'started')];
    // It ends when its control connection is closed.
    writeFileSync(python, `#!/bin/sh\necho $$ > ${started}.new\nmv ${started}.new ${started}\ncat <&4 >&2\n`);
    chmodSync(python, 0o755);
    const installed = Promise.withResolvers<string>();
    const running = warmEngines(() => installed.promise);
    const one = running.open({ evals: ['a'] }).start({ args: [], env: {}, onLine() {} });
    one.signal('SIGINT');
    await running[Symbol.asyncDispose]();
    installed.resolve(python);
    await until('it starts', () => existsSync(started));
    const pid = Number(readFileSync(started, 'utf8'));
    await until('it has ended', () => !alive(pid));
    expect(alive(pid)).toBe(false);
  });
});

describe('engines: a warm host that is killed while it plans', () => {
  /** A Python that records each start, and answers the request for a plan like this. */
  function engineWith(answer: string): { running: Engines; starts: () => number } {
    const directory = temporaryDirectory();
    const [python, starts] = [join(directory, 'python'), join(directory, 'starts')];
    writeFileSync(python, `#!/bin/sh\necho >> ${starts}\nread -r question <&4\n${answer}\n`, { mode: 0o755 });
    const count = () => readFileSync(starts, 'utf8').length;
    return { running: warmEngines(async () => python), starts: () => count() };
  }

  test('a killed host is replaced once, and makes the plan', async () => {
    const { running, starts } = engineWith(
      `[ "$(wc -l < "$(dirname "$0")/starts")" -eq 1 ] && kill -9 $$\necho '{"planned": true}' >&4\ncat <&4 >&2`,
    );
    expect(await running.planner.plan('question', 'answer')).toBeUndefined();
    expect(starts()).toBe(2);
    await running[Symbol.asyncDispose]();
  });

  test('a second killed host is a failure that names the signal', async () => {
    const { running, starts } = engineWith('echo last words >&2\nkill -9 $$');
    const failure = await running.planner.plan('question', 'answer');
    expect(failure).toMatchObject({ why: expect.stringContaining('SIGKILL'), printed: 'last words' });
    expect(starts()).toBe(2);
    await running[Symbol.asyncDispose]();
  });

  test('a host that exits by itself is not replaced', async () => {
    const { running, starts } = engineWith('exit 3');
    expect(await running.planner.plan('question', 'answer')).toMatchObject({
      why: expect.stringContaining('exit code 3'),
    });
    expect(starts()).toBe(1);
    await running[Symbol.asyncDispose]();
  });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
