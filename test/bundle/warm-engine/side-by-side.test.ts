/** The warm engine runs evals side by side, in processes that are forked from one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allProcesses, processesWith } from '../../helpers/processes.ts';
import { logOf, type TestMachine } from '../../helpers/test-machine.ts';
import { LONG } from '../../helpers/test-rows.ts';
import { until } from '../../helpers/waiting.ts';
import {
  answered,
  asksFor,
  engines,
  evalsOf,
  machineFor,
  onLinux,
  startUntilHeld,
  TALKING,
  theMainProcess,
  warm,
} from '../../helpers/warm-engine.ts';

const executions = (machine: TestMachine): string[] =>
  readFileSync(join(machine.directory, 'executions'), 'utf8').trim().split('\n');

onLinux.concurrent('evals side by side', () => {
  test('warm engine: all evals of a set run at once, and the log groups the lines of each', async (context) => {
    const { machine, mark } = await machineFor(context, 'warm-talking');
    machine.api.holdWhen(asksFor(1));
    const { ended } = await startUntilHeld(machine, 4);
    expect(warm(mark).children).toHaveLength(4);
    machine.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4' });
    expect(result.orphans).toEqual([]);
    expect(processesWith(mark)).toEqual([]);

    const groups = result.groups.filter(({ title }) => title.includes('warm-talk'));
    expect(groups.map(({ title }) => title.replace(/ done in \d.*/, '')).toSorted()).toEqual(
      groups.map(({ title }, index) => `[${index + 1}/4] ${/warm-talk-./.exec(title)?.[0]} …`),
    );
    expect(groups.map(({ title }) => /warm-talk-./.exec(title)?.[0]).toSorted()).toEqual(TALKING);
    for (const { title, lines } of groups) {
      const name = /warm-talk-./.exec(title)?.[0];
      const says = lines.filter((line) => line.includes(' says '));
      expect(says).toEqual([0, 1, 2].map((number) => `│ ${name}.dev.v0 says ${number}`));
    }
    const inGroups = groups.flatMap(({ lines }) => lines).filter((line) => line.startsWith('│'));
    expect(result.lines.filter((line) => line.startsWith('│'))).toEqual(inGroups);
  });

  test('warm engine: the samples of all evals of test-basic are requested at once', LONG, async (context) => {
    const { machine, mark } = await machineFor(context, 'test-basic');
    machine.api.holdAfter(0);
    // Four evals of three samples.
    const { ended } = await startUntilHeld(machine, 12);
    expect(warm(mark).children).toHaveLength(4);
    machine.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4' });
    expect(machine.api.counts().received).toBe(12);
  });

  test.for(engines)('engine %s: an eval that has ended leaves no zombie', LONG, async (engine, context) => {
    const { machine, mark } = await machineFor(context, 'warm-talking', { inputs: { engine } });
    machine.api.holdWhen((request) => JSON.stringify(request.body).includes('warm-talk-a'));
    const { main, ended } = await startUntilHeld(machine, 1);
    for (const name of TALKING.slice(1)) await main.untilLine(new RegExp(`${name} … done in`));
    expect(evalsOf(mark)).toHaveLength(1);
    const parents = [theMainProcess(mark), ...warm(mark).hosts].map(({ pid }) => pid);
    expect(parents).toHaveLength(engine === 'warm' ? 2 : 1);
    const zombies = () =>
      allProcesses().filter(({ state, parent }) => state === 'Z' && parents.includes(parent));
    expect(zombies()).toEqual([]);
    const last = [...parents, ...evalsOf(mark).map(({ pid }) => pid)];
    machine.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
    await until(
      'all processes are gone and reaped',
      () => !allProcesses().some(({ pid }) => last.includes(pid)),
    );
  });

  test('exit-on-error: no eval starts after a failure, and running evals finish', async (context) => {
    const { machine } = await machineFor(context, 'warm-stopping', {
      inputs: { 'parallel-evals': '2', 'exit-on-error': 'true' },
    });
    machine.api.holdAfter(0);
    const { main, ended } = await startUntilHeld(machine, 1, {
      env: { EXECUTIONS: join(machine.directory, 'executions') },
    });
    await main.untilLine(/warm-raises … failed after/);
    machine.api.release();
    const result = await ended;
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.outputs, logOf(result)).toMatchObject({
      complete: 'false',
      fresh: '1',
      failed: '1',
      pending: '2',
    });
    expect(executions(machine).toSorted()).toEqual(['warm-asks.dev.v0', 'warm-raises.dev.v0']);
    expect(result.orphans).toEqual([]);
  });

  test('warm engine: each eval draws random numbers of its own', LONG, async (context) => {
    const { machine, mark } = await machineFor(context, 'warm-drawing');
    const result = await machine.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
    expect(processesWith(mark)).toEqual([]);
    const [one, other] = machine.records().map(({ metrics }) => metrics);
    for (const source of ['numpy', 'random', 'default_rng']) {
      expect(one?.[source]).toEqual(expect.any(Number));
      expect(one?.[source]).not.toBe(other?.[source]);
    }
  });

  test(
    'warm engine, cancelled: all evals end, their responses are saved, and no process is left',
    LONG,
    async (context) => {
      const { machine, mark } = await machineFor(context, 'warm-talking');
      machine.api.holdWhen(asksFor(1));
      const { main, ended } = await startUntilHeld(machine, 4);
      main.cancel();
      const result = await ended;
      expect(result.signal).toBeNull();
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(result.outputs).toMatchObject({ complete: 'false', fresh: '0', pending: '4', failed: '0' });
      expect(result.orphans).toEqual([]);
      expect(processesWith(mark)).toEqual([]);

      machine.api.release();
      const again = await machine.run({ cache: false, runAttempt: 2 });
      expect(again.outputs, logOf(again)).toMatchObject({
        complete: 'true',
        'requests-replayed': '4',
        'requests-sent': '8',
      });
      expect(new Set(answered(machine)).size).toBe(answered(machine).length);
    },
  );
});
