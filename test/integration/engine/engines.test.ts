/** How engines begin and end, with processes that stand in for a Python that has evals. */
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

describe('cancelled while Python is being installed', () => {
  test('nobody waits for the installation', { timeout: 10_000 }, async () => {
    const running = warmEngines(() => new Promise(() => {}));
    const one = running.open({ evals: ['a'] }).start({ args: [], env: {}, onLine() {} });
    one.signal('SIGINT');
    await expect(one.exit).resolves.toEqual({ code: null, signal: 'SIGINT' });
    await running.close();
  });

  test('a host that starts after all is ended', async () => {
    const directory = temporaryDirectory();
    const [python, started] = [join(directory, 'python'), join(directory, 'started')];
    // It ends when it is told to: when nobody talks to it any more.
    writeFileSync(python, `#!/bin/sh\necho $$ > ${started}.new\nmv ${started}.new ${started}\ncat <&4 >&2\n`);
    chmodSync(python, 0o755);
    const installed = Promise.withResolvers<string>();
    const running = warmEngines(() => installed.promise);
    const one = running.open({ evals: ['a'] }).start({ args: [], env: {}, onLine() {} });
    one.signal('SIGINT');
    await running.close();
    installed.resolve(python);
    await until('it starts', () => existsSync(started));
    const pid = Number(readFileSync(started, 'utf8'));
    await until('it has ended', () => !alive(pid));
  });
});

describe('a host that is killed while it plans', () => {
  /** A Python that writes down each start, and does this when it is asked for a plan. */
  function engineWith(answer: string): { running: Engines; starts: () => number } {
    const directory = temporaryDirectory();
    const [python, starts] = [join(directory, 'python'), join(directory, 'starts')];
    writeFileSync(python, `#!/bin/sh\necho >> ${starts}\nread -r question <&4\n${answer}\n`, { mode: 0o755 });
    const count = () => readFileSync(starts, 'utf8').length;
    return { running: warmEngines(async () => python), starts: () => count() };
  }

  test('is replaced once, and the plan is made', async () => {
    const { running, starts } = engineWith(
      `[ "$(wc -l < "$(dirname "$0")/starts")" -eq 1 ] && kill -9 $$\necho '{"planned": true}' >&4\ncat <&4 >&2`,
    );
    expect(await running.planner.plan('question', 'answer')).toBeUndefined();
    expect(starts()).toBe(2);
    await running.close();
  });

  test('and again is a failure that says so', async () => {
    const { running, starts } = engineWith('echo last words >&2\nkill -9 $$');
    const failure = await running.planner.plan('question', 'answer');
    expect(failure).toMatchObject({ why: expect.stringContaining('SIGKILL'), printed: 'last words' });
    expect(starts()).toBe(2);
    await running.close();
  });

  test('is not replaced when it ended of its own', async () => {
    const { running, starts } = engineWith('exit 3');
    expect(await running.planner.plan('question', 'answer')).toMatchObject({
      why: expect.stringContaining('exit code 3'),
    });
    expect(starts()).toBe(1);
    await running.close();
  });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
