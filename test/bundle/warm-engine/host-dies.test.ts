/** The warm engine when one of its processes is killed: the host, an eval, or the action itself. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processesWith, signal } from '../../helpers/processes.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { LONG, testRows } from '../../helpers/test-rows.ts';
import { until } from '../../helpers/waiting.ts';
import {
  answered,
  asksFor,
  engines,
  evalsOf,
  failures,
  lost,
  machineFor,
  mainProcess,
  onLinux,
  ownPythons,
  startUntilHeld,
  theHost,
  theMainProcess,
  untilNoneIsLeft,
  warm,
} from '../../helpers/warm-engine.ts';

onLinux.concurrent('processes that die', () => {
  test('host killed twice: evals run again without using up an attempt, the second time in Pythons of their own', async (context) => {
    const { machine, mark } = await machineFor(context, 'warm-talking');
    machine.api.holdWhen(asksFor(1));
    const { main, ended } = await startUntilHeld(machine, 4);
    const first = theHost(mark);
    const orphaned = new Set(warm(mark).children.map(({ pid }) => pid));
    signal(first.pid, 'SIGKILL');
    await main.untilLine(/::warning title=Warm engine lost::.*A new one is started/);
    await until(
      'no child outlives its host',
      () => !processesWith(mark).some(({ pid }) => orphaned.has(pid)),
    );

    await until('the second host has forked all evals', () => warm(mark).children.length === 4);
    const second = theHost(mark);
    expect(second.pid).not.toBe(first.pid);
    signal(second.pid, 'SIGKILL');
    await main.untilLine(/::warning title=Warm engine lost::.*each eval runs in its own Python process/);
    await until('each eval has a process', () => ownPythons(mark).length === 4);
    expect(warm(mark)).toEqual({ hosts: [], children: [] });

    machine.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4', failed: '0' });
    expect(lost(result)).toEqual([
      expect.stringContaining('ended with SIGKILL. A new one is started.'),
      expect.stringContaining('ended with SIGKILL. From now on'),
    ]);
    // One attempt is all that there was.
    expect(logOf(result)).not.toMatch(/attempt \d of/);
    expect(answered(machine)).toHaveLength(12);
    expect(new Set(answered(machine)).size).toBe(12);
    expect(result.orphans).toEqual([]);
    expect(processesWith(mark)).toEqual([]);
  });

  testRows(1, [
    ['fails with one attempt', '1', { complete: 'false', fresh: '3', failed: '1' }],
    ['is retried with two attempts', '2', { complete: 'true', fresh: '4', failed: '0' }],
  ] as const)('eval killed: it %s, and no other eval is affected', async ([, attempts, outputs], context) => {
    const { machine, mark } = await machineFor(context, 'warm-talking', { inputs: { attempts } });
    machine.api.holdWhen(asksFor(1));
    const { ended } = await startUntilHeld(machine, 4);
    const [victim] = warm(mark).children;
    expect(victim).toBeDefined();
    signal(victim?.pid ?? 0, 'SIGKILL');
    await until('its end is seen', () => !existsSync(`/proc/${victim?.pid}`));
    machine.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject(outputs);
    expect(Object.values(failures(result))).toEqual(
      attempts === '1' ? [expect.stringContaining('t was killed by SIGKILL')] : [],
    );
    if (attempts === '2') expect(result.lines).toContainEqual(expect.stringContaining('attempt 1 of 2'));
    expect(lost(result)).toEqual([]);
    expect(result.orphans).toEqual([]);
    expect(processesWith(mark)).toEqual([]);
  });

  testRows(1, engines)('action killed, engine %s: no process outlives it', async (engine, context) => {
    const { machine, mark } = await machineFor(context, 'warm-talking', { inputs: { engine } });
    machine.api.holdWhen(asksFor(1));
    const { main, ended } = await startUntilHeld(machine, 4, { phase: 'main', leaveOrphans: true });
    expect(evalsOf(mark)).toHaveLength(4);
    main.kill('SIGKILL');
    await untilNoneIsLeft(mark);
    expect((await ended).signal).toBe('SIGKILL');
  });

  testRows(1, [
    ['the action', 'oaieval'],
    ['the action', 'warm'],
    ['the action and the host', 'warm'],
  ] as const)(
    '%s killed while no thread of the eval gets a turn, engine %s: no process is left',
    async ([who, engine], context) => {
      const { machine, mark } = await machineFor(context, 'warm-never-letting-go', { inputs: { engine } });
      const stuck = join(machine.directory, 'STUCK');
      const ended = machine.run({ cache: false, phase: 'main', leaveOrphans: true, env: { STUCK: stuck } });
      await until('the eval is stuck', () => existsSync(stuck));
      expect(evalsOf(mark)).toHaveLength(1);
      const node = theMainProcess(mark);
      if (who === 'the action and the host') {
        signal(node.pid, 'SIGSTOP');
        signal(theHost(mark).pid, 'SIGKILL');
      }
      signal(node.pid, 'SIGKILL');
      await untilNoneIsLeft(mark);
      expect((await ended).signal).toBe('SIGKILL');
    },
  );

  test(
    'action killed while the host waits for an import that never ends: no process is left',
    LONG,
    async (context) => {
      const { machine, mark } = await machineFor(context, 'warm-hanging');
      const hang = join(machine.directory, 'HANG');
      writeFileSync(hang, '');
      const ended = machine.run({ cache: false, phase: 'main', leaveOrphans: true, env: { HANG: hang } });
      await until('the import hangs', () => existsSync(`${hang}.hangs`));
      expect(warm(mark).hosts).toHaveLength(1);
      signal(mainProcess(mark)?.pid ?? 0, 'SIGKILL');
      await untilNoneIsLeft(mark);
      expect((await ended).signal).toBe('SIGKILL');
    },
  );

  test(
    'cancelled while a restarted host waits for an import that never ends: the action ends by itself',
    LONG,
    async (context) => {
      const { machine, mark } = await machineFor(context, 'warm-hanging');
      const hang = join(machine.directory, 'HANG');
      machine.api.holdAfter(0);
      const { main, ended } = await startUntilHeld(machine, 1, { env: { HANG: hang } });
      writeFileSync(hang, '');
      signal(theHost(mark).pid, 'SIGKILL');
      await until('the import hangs', () => existsSync(`${hang}.hangs`));
      main.cancel();
      const result = await ended;
      // It was not the runner's SIGKILL that ended it.
      expect(result.signal, logOf(result)).toBeNull();
      expect(result.outputs).toMatchObject({ complete: 'false', pending: '1', failed: '0' });
      expect(lost(result)).toEqual([expect.stringContaining('A new one is started.')]);
      expect(result.orphans).toEqual([]);
      expect(processesWith(mark)).toEqual([]);
    },
  );
});
