/** Answers that were paid for are never thrown away by the run that paid: real evals, the shipped action. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { machineWithSet, ownModule } from '../../helpers/generated-set.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { LONG, testRows } from '../../helpers/test-rows.ts';

beforeAll(async () => {
  await evalsPython();
});

/** Fails after its last sample. */
const failsAfterwards = (statement: string) => `
from evals.elsuite.basic.match import Match

class Own(Match):
    def run(self, recorder):
        report = super().run(recorder)
        ${statement}
        return report
`;

const SAMPLES = 12;
const asked = (machine: Awaited<ReturnType<typeof machineWithSet>>) =>
  machine.api.requests.filter(({ method }) => method === 'POST').length;

describe.concurrent('an eval that fails after its last sample', () => {
  testRows({ short: 1, long: 1 }, [
    ['a missing file', 'open("weights.txt").close()'],
    [
      'a missing package',
      'exec("import a_package_that_is_not_there") if not __import__("os").path.exists("weights.txt") else None',
    ],
    ['memory', 'if not __import__("os").path.exists("weights.txt"): raise MemoryError'],
    ['a check of its own', 'assert __import__("os").path.exists("weights.txt"), "no weights"'],
  ] as const)(
    'paid responses: an eval that fails for %s afterwards pays once, however often it is run',
    async (row, context) => {
      const folder = temporaryDirectory(context);
      const machine = await machineWithSet(
        context,
        { samples: [SAMPLES], className: 'own:Own' },
        { env: ownModule(context, 'own', failsAfterwards(row[1])), inputs: { 'working-directory': folder } },
      );
      for (const runAttempt of [1, 2]) {
        const result = await machine.run({ runAttempt });
        expect(result.outputs, logOf(result)).toMatchObject({ failed: '1' });
        expect(asked(machine)).toBe(SAMPLES);
        expect(result.lines).toContainEqual(
          `Its ${SAMPLES} recorded responses are kept for the next run. To send all requests again, set the input sample-resume to false for one run.`,
        );
      }
      writeFileSync(join(folder, 'weights.txt'), '');
      machine.forgetState();
      const fixed = await machine.run({ runAttempt: 3 });
      expect(fixed.outputs, logOf(fixed)).toMatchObject({ complete: 'true', 'requests-sent': '0' });
      expect(asked(machine)).toBe(SAMPLES);
      expect(existsSync(machine.path('resume/journal'))).toBe(false);
    },
  );
});

test(
  'paid responses: one odd response among many is requested again once, and no other is',
  LONG,
  async (context) => {
    let odd = true;
    const source = `
from evals.elsuite.basic.match import Match

class Own(Match):
    def eval_sample(self, sample, rng):
        result = self.completion_fn(prompt=sample["input"], temperature=0.0).get_completions()[0]
        if result == "odd":
            raise ValueError("odd")
        return super().eval_sample(sample, rng)
`;
    const machine = await machineWithSet(
      context,
      { samples: [SAMPLES], className: 'own:Own' },
      {
        env: ownModule(context, 'own', source),
        api: {
          faults: ({ body }) =>
            odd && JSON.stringify(body).includes(' 0.3 times')
              ? {
                  status: 200,
                  body: {
                    choices: [
                      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'odd' } },
                    ],
                  },
                }
              : undefined,
        },
      },
    );
    const first = await machine.run();
    expect(first.outputs, logOf(first)).toMatchObject({ failed: '1' });
    const paid = asked(machine);
    odd = false;
    const second = await machine.run({ runAttempt: 2 });
    expect(second.exitCode, logOf(second)).toBe(0);
    expect(second.lines).toContainEqual(
      expect.stringMatching(/^Its last attempt does not use recorded responses/),
    );
    // Each sample asks twice the same.
    expect(paid).toBeLessThanOrEqual(2 * SAMPLES);
    expect(asked(machine) - paid).toBeLessThanOrEqual(3 * SAMPLES);
  },
);
