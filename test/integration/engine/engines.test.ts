/** How engines start, are lost and end. A shell script stands in for a Python that has evals. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EngineLost, type EvalExecution, MAX_LOSSES } from '../../../src/engine/engine.ts';
import { type Engines, engines } from '../../../src/engine/engines.ts';
import { temporaryDirectory } from '../../helpers/builders.ts';
import { isRunning } from '../../helpers/processes.ts';
import { silentLog } from '../../helpers/silent-log.ts';
import { until } from '../../helpers/waiting.ts';

const EXECUTION: EvalExecution = { args: [], env: {}, onLine() {} };

function warmEngines(python: () => Promise<string>): Engines {
  const running = engines({
    engine: 'warm',
    python,
    cwd: temporaryDirectory(),
    env: process.env,
    models: ['dummy'],
    registryPaths: [],
    chatFallback: true,
    log: silentLog,
  });
  onTestFinished(() => running[Symbol.asyncDispose]());
  return running;
}

/** A script to run in place of Python. A host talks to the action over file descriptor 4. */
function scriptedPython(script: string): { readonly path: string; readonly directory: string } {
  const directory = temporaryDirectory();
  const path = join(directory, 'python');
  writeFileSync(path, `#!/bin/sh\nhere=$(dirname "$0")\n${script}\n`, { mode: 0o755 });
  return { path, directory };
}

describe('engines: closed while Python is being installed', () => {
  test('engines: close does not wait for an installation', async () => {
    const running = warmEngines(() => new Promise(() => {}));
    const one = running.open({ evals: ['a'] }).start(EXECUTION);
    one.signal('SIGINT');
    await expect(one.exit).resolves.toEqual({ code: null, signal: 'SIGINT' });
    await expect(running[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  test('engines: a host that starts after close is ended', async () => {
    // It ends when its control connection is closed.
    const { path, directory } = scriptedPython(
      'echo $$ > "$here/pid.new"\nmv "$here/pid.new" "$here/pid"\ncat <&4 >&2',
    );
    const pidFile = join(directory, 'pid');
    const installed = Promise.withResolvers<string>();
    const running = warmEngines(() => installed.promise);
    const one = running.open({ evals: ['a'] }).start(EXECUTION);
    one.signal('SIGINT');
    await running[Symbol.asyncDispose]();
    installed.resolve(path);
    await until('the host has started', () => existsSync(pidFile));
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await until('the host has ended', () => !isRunning(pid));
    expect(isRunning(pid)).toBe(false);
  });
});

describe('engines: a warm host that is killed', () => {
  /** A Python that records the program of each start. */
  function recordingPython(host: string) {
    const { path, directory } = scriptedPython(`
case " $* " in *" host "*) program=host ;; *) program=oaieval ;; esac
echo $program >> "$here/starts"
[ $program = oaieval ] && exit
read -r request <&4
${host}`);
    const starts = () => readFileSync(join(directory, 'starts'), 'utf8').trim().split('\n');
    return { running: warmEngines(async () => path), starts };
  }

  test('engines: a host killed while it plans is replaced once, and the new one makes the plan', async () => {
    const { running, starts } = recordingPython(
      `[ "$(wc -l < "$here/starts")" -eq 1 ] && kill -9 $$\necho '{"planned": true}' >&4\ncat <&4 >&2`,
    );
    expect(await running.planner.plan('question', 'answer')).toBeUndefined();
    expect(starts()).toEqual(['host', 'host']);
  });

  test('engines: a second host killed while it plans is a failure that names the signal', async () => {
    const { running, starts } = recordingPython('echo last words >&2\nkill -9 $$');
    const failure = await running.planner.plan('question', 'answer');
    expect(failure).toMatchObject({ why: expect.stringContaining('SIGKILL'), printed: 'last words' });
    expect(starts()).toEqual(['host', 'host']);
  });

  test('engines: a host that exits while it plans is not replaced', async () => {
    const { running, starts } = recordingPython('exit 3');
    expect(await running.planner.plan('question', 'answer')).toMatchObject({
      why: expect.stringContaining('exit code 3'),
    });
    expect(starts()).toEqual(['host']);
  });

  test('engines: an eval is lost at most MAX_LOSSES times, then it gets its own process', async () => {
    const { running, starts } = recordingPython(`echo '{"ready": true}' >&4\nread -r run <&4\nkill -9 $$`);
    const engine = running.open({ evals: ['a'] });
    for (let losses = 0; losses < MAX_LOSSES; losses += 1)
      await expect(engine.start(EXECUTION).exit).rejects.toBeInstanceOf(EngineLost);
    await expect(engine.start(EXECUTION).exit).resolves.toEqual({ code: 0, signal: null });
    expect(starts()).toEqual([...Array(MAX_LOSSES).fill('host'), 'oaieval']);
  });
});
