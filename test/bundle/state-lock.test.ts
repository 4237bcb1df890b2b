/** Two runs at once on one machine: those of one eval set share a lock. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { key, machineWithSet, registryOf, untilRecorded } from '../helpers/generated-set.ts';
import type { RunResult } from '../helpers/runner.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import { annotations, logOf, TestMachine } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';
import { until } from '../helpers/waiting.ts';

describe.concurrent('two runs at once', () => {
  /** Another job on the same machine with the same state directory. */
  async function besides(context: Cleanup, machine: TestMachine): Promise<TestMachine> {
    const other = await TestMachine.make(context, {
      python: await evalsPython(),
      model: machine.model,
      evalSet: machine.evalSet,
      stateDirectory: machine.stateDirectory,
      env: { OPENAI_BASE_URL: machine.api.url },
      inputs: { 'registry-path': registryOf(machine) },
    });
    return other;
  }

  test('state lock: a second run of one set fails at once and changes nothing; a holder killed with SIGKILL releases it', async (context) => {
    const machine = await machineWithSet(context, { samples: [2, 4] });
    const second = await besides(context, machine);
    let refused: RunResult | undefined;
    const first = await machine.runUntil(
      { answered: 3, held: 1 },
      async (main) => {
        refused = await second.run({ runId: '2000' });
        await untilRecorded(machine, 1);
        main.kill('SIGKILL');
      },
      { phase: 'main' },
    );
    if (!refused) throw new Error('the second run did not end');
    expect(refused.exitCode, logOf(refused)).toBe(1);
    expect(annotations(refused)).toEqual([
      expect.stringMatching(/^error: Another run of this eval set is using .*\[STATE_LOCKED\]$/s),
    ]);
    expect(refused.post?.lines, 'post has nothing to save').toEqual([]);
    expect(second.cache.entries()).toEqual([]);
    expect(first.signal).toBe('SIGKILL');
    expect(machine.doneEvals()).toEqual([key(0)]);
    expect(machine.quarantined()).toEqual([]);

    const left = join(machine.path('live'), 'records/left-behind.jsonl');
    mkdirSync(join(left, '..'), { recursive: true });
    writeFileSync(left, 'of an eval that does not run any more');
    machine.api.release();
    machine.api.forget();
    const next = await second.run({ runId: '2000', runAttempt: 2 });
    expect(next.outputs, logOf(next)).toMatchObject({
      complete: 'true',
      reused: '1',
      'requests-replayed': '1',
    });
    expect(machine.api.counts().received).toBe(3);
    // A lock file that is deleted could be locked twice: see src/progress/lock.ts.
    const locks = readdirSync(machine.stateDirectory).filter((name) => name.includes('lock'));
    expect(locks).toEqual([expect.stringMatching(/\.lock$/)]);
    expect(existsSync(left), 'what the killed run left in progress is removed').toBe(false);
  });

  test(
    'state lock: the post step of a killed run leaves the state to the run that took it over',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [6] });
      const second = await besides(context, machine);
      const killed = await machine.runUntil(
        { answered: 2, held: 4 },
        async (main) => {
          await untilRecorded(machine, 2);
          main.kill('SIGKILL');
        },
        { phase: 'main' },
      );
      // What the killed one had sent is still arriving.
      await machine.untilNoneHeld();
      machine.api.forget();
      machine.api.release();
      machine.api.holdAfter(2);
      const { main, ended } = second.start();
      await machine.untilAnswered(2, 2);
      // An answer is in the journal before it is answered here, and the first of them makes it.
      const live = await until('a journal is open', () => {
        const found = machine.openSegments();
        return found.length > 0 && found;
      });
      const post = await machine.run({ phase: 'post', state: killed.state });
      expect(post.exitCode, logOf(post)).toBe(0);
      expect(post.lines).toContainEqual(expect.stringContaining('Another run is using the state now'));
      expect(machine.openSegments()).toEqual(live);
      expect(machine.cache.entries()).toEqual([]);
      machine.api.release();
      await main;
      const result = await ended;
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'requests-sent': '4' });
    },
  );

  test(
    'state lock: runs of different sets in one state directory do not block each other',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [2] });
      const other = await machineWithSet(
        context,
        { samples: [2] },
        { stateDirectory: machine.stateDirectory, model: 'gpt-5' },
      );
      let inside: RunResult | undefined;
      const outside = await machine.runUntil({ answered: 1, held: 1 }, async () => {
        inside = await other.run();
        machine.api.release();
      });
      for (const result of [inside, outside])
        expect(result?.outputs, result && logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
      expect([...machine.doneEvals(), ...other.doneEvals()]).toEqual([key(0), key(0)]);
    },
  );
});
