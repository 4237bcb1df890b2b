/** What modules change when they are imported: no eval sees what another one's module did. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { processesWith } from '../../helpers/processes.ts';
import type { Cleanup } from '../../helpers/temporary-directory.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { LONG, testRows } from '../../helpers/test-rows.ts';
import { machineFor, onLinux, startUntilHeld } from '../../helpers/warm-engine.ts';

onLinux.concurrent('what modules change when they are imported', () => {
  const OWN_PROCESS = /Running each eval in its own Python process.*?: (.*)\.$/;

  async function metricsOf(context: Cleanup, evalSet: string, engine: string) {
    const { machine, mark } = await machineFor(context, evalSet, { inputs: { engine } });
    const result = await machine.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', failed: '0' });
    expect(result.annotations).toEqual([]);
    expect(result.orphans).toEqual([]);
    expect(processesWith(mark)).toEqual([]);
    const why = result.lines.flatMap((line) => OWN_PROCESS.exec(line)?.[1] ?? []);
    return {
      machine,
      why,
      metrics: Object.fromEntries(machine.records().map((each) => [each.eval, each.metrics])),
    };
  }

  testRows(1, [
    ['the working directory', 'warm-changing-directory', 'the working directory'],
    ['the environment', 'warm-changing-environment', 'the environment variable SET_BY_A_MODULE'],
    ['signals', 'warm-changing-signals', 'the handler of SIGCHLD'],
    ['what random numbers are drawn', 'warm-seeding', 'the seed of random, the seed of numpy.random'],
  ] as const)(
    'an import that changes %s: each eval sees what it would see alone',
    async ([, evalSet, what], context) => {
      const [warm, plain] = await Promise.all([
        metricsOf(context, evalSet, 'warm'),
        metricsOf(context, evalSet, 'oaieval'),
      ]);
      expect(warm.metrics).toEqual(plain.metrics);
      expect(warm.why).toEqual([
        `modules of this eval set change process-wide state when imported (${what})`,
      ]);
    },
  );

  test(
    'an import that changes random seeds is noticed when the plan is recalled, too',
    LONG,
    async (context) => {
      const { machine } = await metricsOf(context, 'warm-seeding', 'warm');
      rmSync(machine.path('progress.txt'));
      const again = await machine.run({ cache: false, runAttempt: 2 });
      expect(again.outputs, logOf(again)).toMatchObject({ complete: 'true', reused: '0' });
      expect(again.lines).toContainEqual(expect.stringMatching(OWN_PROCESS));
    },
  );

  test(
    'a temporary directory that a module makes is not removed by the first eval that ends',
    LONG,
    async (context) => {
      const { machine } = await machineFor(context, 'warm-temporary');
      machine.api.holdAfter(0);
      const { main, ended } = await startUntilHeld(machine, 1);
      await main.untilLine(/warm-ends-with-temporary … done in/);
      machine.api.release();
      const result = await ended;
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
      expect(machine.records().map(({ metrics }) => metrics.is_there)).toContain(true);
      expect(result.lines).toContainEqual(expect.stringMatching(OWN_PROCESS));
    },
  );

  test(
    'what libraries set for themselves, and random numbers without a seed, do not count as a change',
    LONG,
    async (context) => {
      const { why } = await metricsOf(context, 'warm-changing-nothing', 'warm');
      expect(why).toEqual([]);
    },
  );

  test('warm engine: the end of an eval is found although its SIGCHLD is lost', LONG, async (context) => {
    const { why } = await metricsOf(context, 'warm-changing-signals-at-fork', 'warm');
    expect(why).toEqual([]);
  });
});
