/** Done means a whole record: evals that end with exit code 0 and a report, and whose records are not what they should be. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { logOf, TestMachine } from '../helpers/test-machine.ts';
import { LONG_ON_EACH_PYTHON } from '../helpers/test-rows.ts';

const fixtures = join(import.meta.dirname, '../fixtures/whole-record');

let python: string;
beforeAll(async () => {
  python = await evalsPython();
});

const key = (name: string): string => `record-${name}.dev.v0`;

const failures: Record<string, RegExp> = {
  unwritable: /Its last events could not be recorded: (TypeError|ValueError)/,
  'half-a-letter': /Its last events could not be recorded: UnicodeEncodeError/,
  'full-disk': /Its last events could not be recorded: OSError.*File too large/,
  torn: /Its record is incomplete, as when the disk is full: it ends in the middle of a line/,
  'without-end': /Its record is incomplete, .*its last line has no newline/,
  gap: /Its record is incomplete, .*1 of its 6 events are missing/,
  nothing: /It evaluated no sample/,
};

test.for(['warm', 'oaieval'])(
  'whole record: engine %s counts only a whole record as a result; a failure says what is missing',
  LONG_ON_EACH_PYTHON,
  async (engine, context) => {
    const machine = await TestMachine.make(context, {
      python,
      evalSet: 'records',
      env: { PYTHONPATH: join(fixtures, 'modules') },
      inputs: { 'registry-path': join(fixtures, 'registry'), attempts: '1', engine },
    });
    const result = await machine.run();
    expect(result.exitCode, logOf(result)).toBe(1);
    const reasons = result.annotations.map(({ title, message }) => `${title}: ${message}`);
    for (const [name, reason] of Object.entries(failures)) {
      expect(reasons).toContainEqual(
        expect.stringMatching(new RegExp(`record-${name} failed: .*${reason.source}`, 's')),
      );
    }
    const worst = 'pear\u2028or\u2029quince\u0085or\rplum\u000bor\u001efig';
    expect(machine.records()).toMatchObject([
      { eval: key('whole'), samples: 6, metrics: { worst: 'apple' } },
      { eval: key('separators'), samples: 6, metrics: { accuracy: 0.5, worst } },
      // Its record has no event, but evals says how many samples it evaluates.
      { eval: key('silent'), samples: 6 },
    ]);
    expect(machine.doneEvals()).toEqual(['whole', 'separators', 'silent'].map(key));

    const again = await machine.run({ runAttempt: 2 });
    expect(again.outputs, logOf(again)).toMatchObject({ reused: '3', fresh: '0', failed: '7' });
  },
);
