/** A model API that fails most requests for a while: the log says so while it lasts, and the end of the run names it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { completesElsewhere, machineWithSet } from '../helpers/generated-set.ts';
import type { RunResult } from '../helpers/runner.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import { annotations, logOf } from '../helpers/test-machine.ts';
import { LONG, testRows } from '../helpers/test-rows.ts';
import type { Fault } from '../stand-ins/api-faults.ts';

beforeAll(async () => {
  await evalsPython();
});

const RATE_LIMITED: Fault = {
  status: 429,
  body: {
    error: { message: 'Rate limit reached for gpt-4.', type: 'requests', code: 'rate_limit_exceeded' },
  },
};

/** Whole seconds in which this machine, as busy as it is, starts evals several times over. */
async function secondsToStart(context: Cleanup): Promise<number> {
  const machine = await machineWithSet(context, { samples: [1] });
  const began = Date.now();
  const result = await machine.run({ phase: 'main' });
  expect(result.exitCode, logOf(result)).toBe(0);
  return Math.ceil((3 * (Date.now() - began)) / 1000);
}

const warnings = (result: RunResult) => annotations(result).filter((text) => text.startsWith('warning: '));

describe.concurrent('trouble of the API', () => {
  testRows(1, ['SIGINT', 'SIGKILL'] as const)(
    'API trouble: an API that is down from the start is reported while it lasts, and in the summary after %s',
    async (signal, context) => {
      const machine = await machineWithSet(context, { samples: [5, 5] });
      await machine.api.close();
      const { main, ended } = machine.start();
      const running = await main;
      await running.untilLine(/The API has refused connections for \d+ s/);
      running.kill(signal);
      const result = await ended;
      const [first, ...others] = warnings(result);
      expect(first).toMatch(
        /^warning: The API has refused connections for \d+ s: \d+ requests failed, retries included, and none succeeded\. Last error: .*ECONNREFUSED\)\. Failed requests are retried\./,
      );
      if (signal === 'SIGKILL') {
        expect(others).toEqual([
          expect.stringMatching(/^warning: The step was interrupted\. The API had refused connections since/),
        ]);
        expect(result.post?.summary).toMatch(/The API had refused connections since \d\d:\d\d:\d\d UTC/);
        return;
      }
      expect(others).toEqual([]);
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(annotations(result).at(-1)).toMatch(
        /^error: .*the job was cancelled\. .*When the run ended, the API had refused connections .*\[INCOMPLETE\]$/s,
      );
      expect(result.summary).toContain('When the run ended, the API had refused connections');
    },
  );

  test(
    'API trouble: an API that is down in the middle of a run is reported with its end, and the set completes',
    LONG,
    async (context) => {
      const inputs = { 'max-requests-in-flight': '4' };
      const machine = await machineWithSet(context, { samples: [30] }, { inputs });
      let sent = 0;
      machine.api.setFaults(({ method }) =>
        method === 'POST' && ++sent > 5 ? { destroy: true } : undefined,
      );
      const { main, ended } = machine.start();
      await (await main).untilLine(/The API has closed connections/);
      machine.api.setFaults();
      const result = await ended;
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.lines).toContainEqual(
        expect.stringMatching(/^The API responds again\. It had closed connections/),
      );
      expect(annotations(result)).toEqual([
        expect.stringMatching(/^warning: The API has closed connections/),
      ]);
      expect(result.summary).toMatch(
        /During the run, the API had closed connections .*: \d+ requests failed/,
      );
    },
  );

  test(
    'API trouble: the end of a time-budget names the rate limit that used it up',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [20] });
      machine.api.setFaults(({ method }) => (method === 'POST' ? RATE_LIMITED : undefined));
      const seconds = 12 + (await secondsToStart(context));
      const result = await machine.run({ inputs: { 'time-budget': `${seconds}s` } });
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(warnings(result)).toHaveLength(1);
      expect(annotations(result).at(-1)).toMatch(
        /the time-budget of .* is used up\. .*When the run ended, the API had limited the rate of requests for .*: \d+ requests failed, retries included, and none succeeded\. Last error: 429 rate_limit_exceeded: Rate limit reached for gpt-4\./,
      );
      machine.api.setFaults();
      await completesElsewhere(machine, 20, 0);
    },
  );
});
