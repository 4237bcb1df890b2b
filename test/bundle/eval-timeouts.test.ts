/** An eval that hangs is killed and retried: `eval-timeout` and `stall-timeout`. */
import { describe, expect, test } from 'vitest';
import { completesElsewhere, machineWithSet } from '../helpers/generated-set.ts';
import { logOf } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';

describe.concurrent('an eval that hangs', () => {
  test.for([
    ['eval-timeout', 'took longer than the eval-timeout of 15.0 s'],
    ['stall-timeout', 'did nothing for the stall-timeout of 15.0 s'],
  ] as const)(
    '%s: a hanging eval is killed, retried and then fails; its responses are saved',
    LONG,
    async ([input, why], context) => {
      const machine = await machineWithSet(context, { samples: [5] });
      const result = await machine.runUntil({ answered: 3, held: 2 }, () => {}, {
        // Time enough for the first answers on a busy machine.
        inputs: { [input]: '15s', attempts: '2' },
      });
      expect(result.exitCode, logOf(result)).toBe(1);
      const own = result.lines.filter((line) => line.startsWith('attempt '));
      expect(own).toEqual([
        expect.stringContaining(`attempt 1 of 2: it ${why}; its last request or response was `),
      ]);
      const annotation = result.annotations.find(({ title }) => title === 'Eval ask-0 failed');
      expect(annotation?.message).toContain(why);
      expect(annotation?.message).toMatch(/the last line it printed, .* ago, was: \S|it printed nothing/);
      expect(result.orphans, 'its process group is gone').toEqual([]);
      await machine.untilNoneHeld();
      expect(machine.doneEvals()).toEqual([]);
      await completesElsewhere(machine, 5, 3);
    },
  );
});
