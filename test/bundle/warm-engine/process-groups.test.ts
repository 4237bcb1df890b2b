/** Processes that evals and their modules start, and what is left of them. */
import { expect, test } from 'vitest';
import { processesWith, signal } from '../../helpers/processes.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { LONG, LONG_ON_EACH_PYTHON, testRows } from '../../helpers/test-rows.ts';
import { asksFor, engines, machineFor, onLinux, startUntilHeld, theHost } from '../../helpers/warm-engine.ts';

/** What an eval or its module has started on the machine with this mark. */
const sleeping = (mark: string) =>
  processesWith(mark).filter(({ command }) => command.startsWith('sleep 1000'));

onLinux.concurrent('process groups of evals', () => {
  test(
    'host killed whose module started a process that holds its output open: the set completes',
    LONG,
    async (context) => {
      const { machine, mark } = await machineFor(context, 'warm-with-process');
      machine.api.holdWhen(asksFor(1));
      const { main, ended } = await startUntilHeld(machine, 1);
      expect(sleeping(mark)).toHaveLength(1);
      signal(theHost(mark).pid, 'SIGKILL');
      await main.untilLine(/::warning title=Warm engine lost::/);
      machine.api.release();
      const result = await ended;
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
      expect(result.orphans).toEqual([]);
      expect(processesWith(mark)).toEqual([]);
    },
  );

  testRows(1, engines)(
    'engine %s: a process that an eval leaves behind is killed',
    async (engine, context) => {
      const { machine, mark } = await machineFor(context, 'warm-starting', { inputs: { engine } });
      machine.api.holdAfter(0);
      const { ended } = await startUntilHeld(machine, 1);
      expect(sleeping(mark)).toHaveLength(1);
      machine.api.release();
      const result = await ended;
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
      expect(result.orphans).toEqual([]);
      expect(processesWith(mark)).toEqual([]);
    },
  );

  testRows(1, engines)(
    'engine %s: a daemon that left its group and holds all files of its eval does not block the run',
    async (engine, context) => {
      const { machine } = await machineFor(context, 'warm-starting-daemon', { inputs: { engine } });
      const result = await machine.run({ cache: false });
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
      // The action cannot find a process that left its group.
      expect(result.orphans).toHaveLength(1);
    },
  );

  test.for(engines)(
    'engine %s: an eval uses multiprocessing with fork, spawn and forkserver',
    LONG_ON_EACH_PYTHON,
    async (engine, context) => {
      const { machine, mark } = await machineFor(context, 'warm-starting-python', { inputs: { engine } });
      const result = await machine.run({ cache: false });
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
      expect(machine.records()[0]?.metrics).toMatchObject({ fork: 42, spawn: 42, forkserver: 42 });
      expect(result.orphans).toEqual([]);
      expect(processesWith(mark)).toEqual([]);
    },
  );
});
