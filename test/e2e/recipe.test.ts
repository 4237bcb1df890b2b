import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pinTo } from '../../scripts/release/pins.ts';
import { EXAMPLE_MODEL } from '../../src/example-model.ts';
import { recipe } from '../helpers/recipes.ts';
import { apiFaults } from '../stand-ins/api-faults.ts';
import { evalSet, makeScenario, type Scenario } from './scenario.ts';

const { evals, requestsPerEval } = evalSet;
const longSet = recipe('long-set.yml').text;

/** The workflow with the checkout, the eval set and the Python of the test, and with a budget of seconds. */
function adapted(text: string, { python, stateDirectory }: Scenario): string {
  const changes: readonly (readonly [string, string])[] = [
    ['oaievalset-action/oaievalset-action@main', './'],
    [`model: ${EXAMPLE_MODEL}`, `model: ${evalSet.model}`],
    ['eval-set: my-set', `eval-set: ${evalSet.name}`],
    ['          registry-path: evals-registry\n', ''],
    ['      - uses: actions/setup-python@v6\n        with:\n          python-version: "3.12"\n', ''],
    [
      'evals-version: 3.0.1.post1',
      [`python: ${python}`, `state-directory: ${stateDirectory}`, 'parallel-evals: 1', 'attempts: 1'].join(
        `\n${' '.repeat(10)}`,
      ),
    ],
    ['time-budget: 5h30m', 'time-budget: 12s'],
  ];
  return changes.reduce(
    (result, [from, to]) => {
      expect(result).toContain(from);
      return result.replace(from, to);
      // The recipe names the newest release, which the test need not know.
    },
    pinTo(text, 'main'),
  );
}

/** A stand-in for the command `gh`. It records its calls, and fails as many times as `refuse` says. */
function standInForGh({ programs }: Scenario): { calls(): string[]; refuse(times: number): void } {
  mkdirSync(programs, { recursive: true });
  const [log, refusals] = [join(programs, 'calls'), join(programs, 'refusals')];
  writeFileSync(
    join(programs, 'gh'),
    `#!/bin/sh\n# act calls gh auth to get a token.\n[ "$1" = auth ] && exit 1\necho "$@" >> ${log}\nif [ -s ${refusals} ]; then sed -i 1d ${refusals}; exit 1; fi\n`,
  );
  chmodSync(join(programs, 'gh'), 0o755);
  // The recipe sleeps between its retries: here it does not wait.
  writeFileSync(join(programs, 'sleep'), '#!/bin/sh\n');
  chmodSync(join(programs, 'sleep'), 0o755);
  return {
    calls() {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
      rmSync(log, { force: true });
      return lines;
    },
    refuse: (times) => writeFileSync(refusals, 'no\n'.repeat(times)),
  };
}

describe('recipe', () => {
  it('recipe: an incomplete run re-runs its job until the set is complete', async () => {
    const scenario = await makeScenario();
    const { model, run, completedEvals, removeStateDirectory } = scenario;
    const gh = standInForGh(scenario);
    const workflow = { text: adapted(longSet, scenario), inputs: {} };

    // The second eval gets no response, so that the time budget stops the run.
    model.holdWhen(() => completedEvals().length > 0);
    const first = await run({ runId: '400', runAttempt: 1, workflow });
    expect(first.resultOf('evals'), first.text).toBe('failure');
    expect(first.text).toContain('the time-budget of 12.0 s is used up');
    expect(completedEvals(), first.text).toHaveLength(1);
    const asked = gh.calls();
    expect(asked, first.text).toEqual([
      'workflow run resume.yml --repo octo-org/octo-repo --ref main -f run-id=400',
    ]);

    // GitHub refuses to re-run a job while its run is in progress.
    gh.refuse(2);
    const id = /run-id=(\d+)/.exec(asked[0] ?? '')?.[1] ?? '';
    const resume = await run({ workflow: { text: recipe('resume.yml').text, inputs: { 'run-id': id } } });
    expect(resume.exitCode, resume.text).toBe(0);
    expect(gh.calls()).toEqual(Array(3).fill('run rerun 400 --repo octo-org/octo-repo --failed'));

    // The re-run starts with only the checkpoint.
    model.release();
    model.forget();
    await removeStateDirectory();
    const second = await run({ runId: '400', runAttempt: 2, workflow });
    expect(second.exitCode, second.text).toBe(0);
    expect(completedEvals()).toHaveLength(evals);
    expect(model.counts().received).toBe(requestsPerEval * (evals - 1));
    expect(gh.calls()).toEqual([]);
  });

  it('recipe: the tenth attempt starts no other', async () => {
    const scenario = await makeScenario();
    const gh = standInForGh(scenario);
    scenario.model.holdWhen(() => true);
    const text = adapted(longSet, scenario).replace('12s', '6s');
    const last = await scenario.run({ runId: '401', runAttempt: 10, workflow: { text, inputs: {} } });
    expect(last.text).toContain('the time-budget of 6.0 s is used up');
    expect(last.resultOf('evals'), last.text).toBe('failure');
    expect(gh.calls()).toEqual([]);
  });

  it('recipe: an attempt with a failed eval starts no other', async () => {
    const scenario = await makeScenario();
    const gh = standInForGh(scenario);
    scenario.model.setFaults(() => apiFaults.badRequest('refused by the test'));
    const workflow = { text: adapted(longSet, scenario).replace('12s', '1h'), inputs: {} };
    const failed = await scenario.run({ runId: '402', runAttempt: 1, workflow });
    expect(failed.resultOf('evals'), failed.text).toBe('failure');
    expect(gh.calls()).toEqual([]);
  });
});
