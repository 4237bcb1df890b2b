/** However an eval ends, the warm engine reports it as the engine oaieval does. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processesWith, signal } from '../../helpers/processes.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { LONG, testRows } from '../../helpers/test-rows.ts';
import { until } from '../../helpers/waiting.ts';
import {
  engines,
  failures,
  lost,
  machineFor,
  mainProcess,
  onLinux,
  warm,
} from '../../helpers/warm-engine.ts';

onLinux.concurrent('evals that end in their own way', () => {
  test('warm engine: failures of all kinds are reported as by engine oaieval', LONG, async (context) => {
    const reported = await Promise.all(
      ['warm', 'oaieval'].map(async (engine) => {
        const { machine, mark } = await machineFor(context, 'warm-endings', { inputs: { engine } });
        const result = await machine.run({ cache: false });
        expect(result.outputs, logOf(result)).toMatchObject({ complete: 'false', fresh: '1', failed: '5' });
        expect(lost(result)).toEqual([]);
        expect(result.orphans).toEqual([]);
        expect(processesWith(mark)).toEqual([]);
        return failures(result);
      }),
    );
    expect(reported[0]).toEqual({
      'warm-raises': expect.stringMatching(/^It ended with \w+/),
      'warm-exits': expect.stringContaining('t exited with code 3'),
      'warm-vanishes': expect.stringContaining('t exited with code 3'),
      'warm-aborts': expect.stringContaining('t was killed by SIGABRT'),
      'warm-nameless-signal': expect.stringContaining('is not recorded as completed'),
    });
    const { 'warm-nameless-signal': _, ...named } = reported[0] ?? {};
    expect(reported[1]).toMatchObject(named);
  });

  testRows({ short: 1, long: 1 }, [
    ['raises when it is imported', 'warm-raising-at-import', 'this module is not for you'],
    ['ends Python when it is imported', 'warm-exiting-at-import', 'this module has had enough'],
    ['is not there', 'warm-no-module', 'no_such_module'],
  ] as const)(
    'warm engine: a class whose module %s is reported as by engine oaieval',
    async ([, evalSet, why], context) => {
      const [one, other] = await Promise.all(
        ['warm', 'oaieval'].map(async (engine) => {
          const { machine, mark } = await machineFor(context, evalSet, { inputs: { engine } });
          const result = await machine.run({ cache: false });
          expect(result.exitCode, logOf(result)).toBe(1);
          expect(logOf(result)).toContain(why);
          expect(lost(result)).toEqual([]);
          expect(result.orphans).toEqual([]);
          expect(processesWith(mark)).toEqual([]);
          const errors = result.annotations.filter(({ level }) => level === 'error');
          return {
            outputs: result.outputs.failed,
            errors: errors.map(({ title, message }) => [title, message.split('\n')[0]]),
          };
        }),
      );
      expect(one?.errors.length).toBeGreaterThan(0);
      expect(one).toEqual(other);
    },
  );

  test.for(engines)(
    'engine %s: a class that breaks after it was planned fails its eval',
    LONG,
    async (engine, context) => {
      const { machine } = await machineFor(context, 'warm-breaking', { inputs: { engine } });
      const broken = join(machine.directory, 'BROKEN');
      const first = await machine.run({ cache: false, env: { BROKEN: broken } });
      expect(first.outputs, logOf(first)).toMatchObject({ fresh: '1', failed: '1' });
      writeFileSync(broken, '');
      // The plan is recalled, so no process imports the class before the host does.
      const result = await machine.run({ cache: false, env: { BROKEN: broken }, runAttempt: 2 });
      expect(result.outputs, logOf(result)).toMatchObject({ reused: '1', failed: '1' });
      expect(failures(result)).toEqual({
        'warm-breaks': expect.stringContaining('t ended with RuntimeError: broken since then'),
      });
      expect(result.lines).toContain('│ RuntimeError: broken since then');
      expect(lost(result)).toEqual([]);
    },
  );

  test(
    'warm engine: the last lines of an eval are logged even when it ends before they are read',
    LONG,
    async (context) => {
      const { machine, mark } = await machineFor(context, 'warm-speaking');
      const ended = machine.run({ cache: false });
      await until('the eval stopped the action', () => mainProcess(mark)?.state === 'T');
      await until('the eval has ended', () => warm(mark).children.length === 0);
      signal(mainProcess(mark)?.pid ?? 0, 'SIGCONT');
      const result = await ended;
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'false', failed: '1' });
      const group = result.groups.find(({ title }) => title.includes('warm-speaks … failed'));
      expect(group?.lines).toEqual(expect.arrayContaining(['│ the last words', '│ the last complaint']));
    },
  );

  test('warm engine: a fork that fails fails only its eval', LONG, async (context) => {
    const { machine } = await machineFor(context, 'warm-unforkable');
    const result = await machine.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'false', fresh: '1', failed: '1' });
    expect(Object.values(failures(result))).toEqual([
      expect.stringMatching(/could not be started: .*Resource temporarily unavailable/),
    ]);
    expect(lost(result)).toEqual([]);
  });

  test(
    'warm engine: when an import starts a thread, each eval gets a Python of its own',
    LONG,
    async (context) => {
      const { machine, mark } = await machineFor(context, 'warm-threading');
      const result = await machine.run({ cache: false });
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '2' });
      expect(result.lines).toContainEqual(
        expect.stringMatching(/Running each eval in its own Python process.*\(wanderer\)/),
      );
      expect(result.annotations).toEqual([]);
      expect(result.orphans).toEqual([]);
      expect(processesWith(mark)).toEqual([]);
    },
  );

  test('warm engine: output that is no text, has endless lines or has no end is bounded', async (context) => {
    const { machine } = await machineFor(context, 'warm-printing');
    const result = await machine.run({ cache: false });
    expect(result.outputs, logOf(result).slice(-5_000)).toMatchObject({ complete: 'true', fresh: '3' });
    const group = (name: string) => result.groups.find(({ title }) => title.includes(name))?.lines ?? [];
    const bytes = group('warm-prints-bytes');
    expect(bytes).toContain('│ caf\ufffd after');
    expect(bytes).toContain('│ the last words: é');
    const long = group('warm-prints-long-lines');
    expect(long).toContain('│ the last words');
    expect(long.join('').length).toBeLessThan(1_500_000);
    const many = group('warm-prints-many-lines');
    expect(many).toContain('│ line 99999');
    expect(many).toContainEqual(expect.stringMatching(/^\(9\d,\d{3} earlier lines are left out\)$/));
    expect(many.length).toBeLessThan(2_010);
  });
});
