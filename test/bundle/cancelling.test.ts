/** A job that is cancelled, at any moment: it ends in time, says so, and loses nothing. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completes, completesElsewhere, machineWithSet } from '../helpers/generated-set.ts';
import { signal } from '../helpers/processes.ts';
import type { RunResult } from '../helpers/runner.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { annotations, logOf, type TestMachine } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';
import { until } from '../helpers/waiting.ts';
import { onLinux, theMainProcess } from '../helpers/warm-engine.ts';
import type { CacheRequest } from '../stand-ins/cache-service.ts';

/** An eval that cannot be ended with SIGINT. */
const STUBBORN = `
import signal
from evals.elsuite.basic.match import Match

class Stubborn(Match):
    def run(self, recorder):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return super().run(recorder)
`;

/** Python runs it before anything else. */
const hangsPlanning = (reached: string): string => `
import sys, time
if "host" in sys.orig_argv:
    open("${reached}", "w").close()
    time.sleep(600)
`;

/** A cache service of which one call, once, is never answered; and when that call has come. */
function hangingOnce(wanted: CacheRequest['step']) {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  let before = 0;
  const faults = ({ step }: CacheRequest) => {
    if (step !== wanted || before++ > 0) return undefined;
    resolve();
    return { delayMs: 2 ** 30 };
  };
  return { asked, cache: { faults } };
}

onLinux.concurrent('a job that is cancelled', () => {
  test('cancel: eight running evals end, and all their responses are in the checkpoint', async (context) => {
    const machine = await machineWithSet(
      context,
      // None of them can be done with the 60 answers that come.
      { samples: Array.from({ length: 8 }, () => 61) },
      { inputs: { 'parallel-evals': '8', 'max-requests-in-flight': '24' } },
    );
    const result = await machine.runUntil({ answered: 60, held: 24 }, (main) => main.kill('SIGINT'));
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^error: .*the job was cancelled.*0 of 8 evals are done; 60 responses of \d unfinished evals? are recorded and .*\[INCOMPLETE\]$/s,
      ),
    ]);
    expect(result.outputs).toMatchObject({ complete: 'false', pending: '8', failed: '0' });
    expect(result.orphans).toEqual([]);
    expect(machine.api.counts(), 'no further request was sent').toMatchObject({ received: 84, held: 0 });
    expect(machine.openSegments(), 'the state is sealed').toEqual([]);
    expect(machine.cache.entries().map(({ key }) => key)).toEqual([result.outputs['saved-key']]);
    expect(result.post?.lines, 'nothing is left for post').toEqual([]);
    await completesElsewhere(machine, 488, 60, { 'parallel-evals': '8' });
  });

  test('cancel: a second signal, while an eval ignores the first, ends main at once, and post saves', async (context) => {
    const modules = temporaryDirectory(context);
    writeFileSync(join(modules, 'stubborn.py'), STUBBORN);
    const machine = await machineWithSet(
      context,
      { samples: [10], className: 'stubborn:Stubborn' },
      { env: { PYTHONPATH: modules } },
    );
    const result = await machine.runUntil({ answered: 4, held: 6 }, async (main) => {
      main.kill('SIGINT');
      await main.untilLine(/^Received SIGINT: /);
      main.kill('SIGTERM');
    });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.lines).toContainEqual(expect.stringMatching(/^Received SIGTERM as well: exiting at once/));
    expect(result.lines).not.toContainEqual(expect.stringMatching(/^Saved the checkpoint/));
    expect(result.post?.exitCode, logOf(result)).toBe(0);
    expect(result.post?.lines).toContainEqual(expect.stringMatching(/^Saved the checkpoint/));
    expect(result.post?.orphans).toEqual([]);
    await completesElsewhere(machine, 10, 4);
  });

  test(
    'cancel: a second signal, while the save hangs, ends main at once, and post saves under the next number',
    LONG,
    async (context) => {
      const { asked, cache } = hangingOnce('create');
      const machine = await machineWithSet(context, { samples: [10] }, { cache });
      const result = await machine.runUntil({ answered: 4, held: 6 }, async (main) => {
        main.kill('SIGINT');
        await asked;
        main.kill('SIGTERM');
      });
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(result.lines).toContainEqual(expect.stringMatching(/^Received SIGTERM as well/));
      expect(result.post?.exitCode, logOf(result)).toBe(0);
      expect(result.post?.orphans).toEqual([]);
      expect(machine.cache.entries().map(({ key }) => key)).toEqual([expect.stringMatching(/-2$/)]);
      await completesElsewhere(machine, 10, 4);
    },
  );

  test('cancel: main ends in time although its save hangs, and post saves instead', LONG, async (context) => {
    const { cache } = hangingOnce('create');
    const machine = await machineWithSet(context, { samples: [10] }, { cache });
    const result = await machine.runUntil({ answered: 4, held: 6 }, (main) => main.kill('SIGINT'));
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.lines).not.toContainEqual(expect.stringMatching(/as well/));
    expect(result.outputs).toMatchObject({ complete: 'false', 'saved-key': '' });
    expect(result.post?.lines).toContainEqual(expect.stringMatching(/^Saved the checkpoint .*-2$/));
    expect(result.summary).toContain('4 responses of 1 unfinished eval are recorded');
    expect(result.post?.summary, 'main has shown the results').toBe('');
    await completesElsewhere(machine, 10, 4);
  });

  test('cancel: during the restore, the step says so and changes nothing', async (context) => {
    const { asked, cache } = hangingOnce('lookup');
    const id = randomUUID();
    const mark = `OAIEVALSET_TEST=${id}`;
    const machine = await machineWithSet(context, { samples: [2] }, { cache, env: { OAIEVALSET_TEST: id } });
    const ended = machine.run();
    await asked;
    signal(theMainProcess(mark).pid, 'SIGINT');
    const result = await ended;
    expectCancelled(result);
    expect(result.orphans).toEqual([]);
    expect(leftovers(machine)).toEqual([]);
    expect(existsSync(machine.stateDirectory), 'nothing was begun').toBe(false);
    await completes(machine, 2, 0);
  });

  test('cancel: a hanging Python helper is not waited for, and is killed', LONG, async (context) => {
    const id = randomUUID();
    const mark = `OAIEVALSET_TEST=${id}`;
    const folder = temporaryDirectory(context);
    const [python, reached] = [join(folder, 'python'), join(folder, 'reached')];
    writeFileSync(python, `#!/bin/sh\n: > ${reached}\nexec sleep 600\n`, { mode: 0o755 });
    const machine = await machineWithSet(context, { samples: [2] }, { env: { OAIEVALSET_TEST: id } });
    const ended = machine.run({ inputs: { python } });
    await until('the helper hangs', () => existsSync(reached));
    signal(theMainProcess(mark).pid, 'SIGINT');
    const result = await ended;
    expectCancelled(result);
    expect(result.orphans).toEqual([]);
    await completes(machine, 2, 0);
  });

  test('cancel: during planning, the step says so and changes nothing', LONG, async (context) => {
    const id = randomUUID();
    const mark = `OAIEVALSET_TEST=${id}`;
    const modules = temporaryDirectory(context);
    const reached = join(modules, 'reached');
    writeFileSync(join(modules, 'sitecustomize.py'), hangsPlanning(reached));
    const machine = await machineWithSet(
      context,
      { samples: [2] },
      { env: { OAIEVALSET_TEST: id, PYTHONPATH: modules } },
    );
    const ended = machine.run();
    await until('the helper hangs', () => existsSync(reached));
    signal(theMainProcess(mark).pid, 'SIGINT');
    const result = await ended;
    expectCancelled(result);
    expect(result.orphans).toEqual([]);
    rmSync(join(modules, 'sitecustomize.py'));
    await completes(machine, 2, 0);
  });
});

function expectCancelled(result: RunResult): void {
  expect(result.exitCode, logOf(result)).toBe(1);
  expect(result.signal).toBeNull();
  expect(annotations(result)).toEqual([
    expect.stringMatching(
      /^error: The job was cancelled before an eval was started\..*Re-run the failed jobs.*\[INCOMPLETE\]$/s,
    ),
  ]);
  expect(result.post?.exitCode).toBe(0);
}

/** What calls of the cache left in the runner's temporary directory. */
function leftovers(machine: TestMachine): string[] {
  return readdirSync(join(machine.directory, 'work/_temp')).filter((name) => name.startsWith('oaievalset'));
}
