/** A set is narrowed and widened with include and exclude. What an eval has done outlives the runs that leave it out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { counts } from '../helpers/completed-set.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { key, machineWithSet, registryOf, untilRecorded } from '../helpers/generated-set.ts';
import { annotations, logOf, TestMachine } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';

const SAMPLES = 6;
const NO_MODULE = 'no_such_module:Eval';

describe.concurrent('include and exclude', () => {
  test('include and exclude: a narrowed set completes, and a widened set runs only what was left out', async (context) => {
    const machine = await TestMachine.make(context, { python: await evalsPython(), model: 'gpt-4', api: {} });
    const inputs = { include: 'test-includes*\ntest-match', exclude: '*-ignore-case' };
    const narrow = await machine.run({ inputs });
    expect(narrow.exitCode, logOf(narrow)).toBe(0);
    expect(narrow.outputs).toMatchObject({ ...counts(2, 0, {}, 2), 'left-out': '2', pending: '0' });
    expect(narrow.summary).toContain(
      'Passed: 2 evals are done (2 fresh), and 2 evals of the set are left out.',
    );
    expect(narrow.lines).toContain(
      'Left out by include and exclude, 2 of 4 evals: test-fuzzy-match.s1.simple-v0, test-includes-ignore-case.s1.simple-v0',
    );
    expect(machine.doneEvals()).toEqual(['test-match.s1.simple-v0', 'test-includes.s1.simple-v0']);

    machine.forgetState();
    machine.api.forget();
    const wide = await machine.run({ runAttempt: 2 });
    expect(wide.exitCode, logOf(wide)).toBe(0);
    expect(wide.outputs).toMatchObject({ ...counts(2, 2, {}, 4), 'left-out': '0', 'requests-sent': '6' });

    machine.forgetState();
    machine.api.forget();
    const other = await machine.run({ runAttempt: 3, inputs: { include: '*ignore*' } });
    expect(other.outputs, logOf(other)).toMatchObject({ ...counts(0, 1, {}, 1), 'requests-sent': '0' });
    expect(machine.doneEvals()).toHaveLength(4);
    expect(machine.records()).toHaveLength(4);
  });

  test('exclude: an interrupted eval that is left out resumes with its recorded responses when it comes back', async (context) => {
    const machine = await machineWithSet(context, { samples: [1, SAMPLES, 1] });
    const threads = { EVALS_THREADS: '1' };
    const killed = await machine.startUntil({ held: 1, answered: 4 }, { env: threads });
    await untilRecorded(machine, 3);
    killed.main.kill('SIGKILL');
    await killed.ended;
    expect(machine.doneEvals()).toEqual([key(0)]);

    machine.forgetState();
    machine.api.release();
    machine.api.forget();
    const narrow = await machine.run({ runAttempt: 2, env: threads, inputs: { exclude: 'ask-1' } });
    expect(narrow.exitCode, logOf(narrow)).toBe(0);
    expect(narrow.outputs).toMatchObject({ ...counts(1, 1, {}, 2), 'left-out': '1', 'requests-sent': '1' });

    machine.forgetState();
    machine.api.forget();
    const wide = await machine.run({ runAttempt: 3, env: threads });
    expect(wide.exitCode, logOf(wide)).toBe(0);
    expect(wide.outputs).toMatchObject({
      ...counts(1, 2, {}, 3),
      'requests-sent': String(SAMPLES - 3),
      'requests-replayed': '3',
    });
    expect(annotations(wide)).toEqual([]);
  });

  test('exclude: after kill -9 the post step counts without what was left out, and says how much that is', async (context) => {
    const machine = await machineWithSet(context, { samples: [1, 1, 1, 1] });
    const killed = await machine.runUntil({ held: 1, answered: 1 }, (main) => main.kill('SIGKILL'), {
      inputs: { exclude: 'ask-3' },
    });
    expect(killed.post?.summary, logOf(killed)).toContain(
      'Incomplete: 1 of 3 evals is done (1 fresh), 2 are pending, and 1 eval of the set is left out.',
    );
  });

  test('exclude: a set with an eval that cannot be loaded runs with the line that its error proposes', async (context) => {
    const machine = await machineWithSet(context, { samples: [1, 1], className: [undefined, NO_MODULE] });
    const refused = await machine.run();
    expect(refused.exitCode).toBe(1);
    const [error = ''] = annotations(refused);
    expect(error).toContain('there is no module no_such_module');
    expect(error).toContain('To run the set without this eval, add to the inputs:\nexclude: ask-1\n');
    expect(machine.api.counts().received).toBe(0);

    const result = await machine.run({ inputs: { exclude: 'ask-1' } });
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(result.outputs).toMatchObject({ ...counts(1, 0, {}, 1), complete: 'true', 'left-out': '1' });
  });

  test(
    'exclude: a line that an old oaievalset wrote for an eval that is left out keeps its arguments with blanks',
    LONG,
    async (context) => {
      const args = ['--user', 'one of us'];
      const machine = await machineWithSet(
        context,
        { samples: [1, 1] },
        { inputs: { args: '--user "one of us"' } },
      );
      const command = ['oaieval', machine.model, key(0), ...args, '--registry_path', registryOf(machine)];
      mkdirSync(machine.stateDirectory);
      writeFileSync(machine.path('progress.txt'), `${command.join(' ')}\n`);
      const narrow = await machine.run({ inputs: { exclude: 'ask-0' } });
      expect(narrow.outputs, logOf(narrow)).toMatchObject(counts(1, 0, {}, 1));
      const wide = await machine.run({ runAttempt: 2 });
      expect(wide.outputs, logOf(wide)).toMatchObject(counts(0, 2, {}, 2));
    },
  );

  test(
    'include and exclude: each of two steps with its own part of a set keeps what the other one did',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [2, 2, 2] });
      const env = (step: string) => ({ GITHUB_ACTION: step });
      const first = await machine.run({ env: env('first'), inputs: { include: 'ask-0' } });
      const second = await machine.run({ env: env('second'), inputs: { exclude: 'ask-0' } });
      expect(first.outputs, logOf(first)).toMatchObject(counts(1, 0, {}, 1));
      expect(second.outputs, logOf(second)).toMatchObject(counts(2, 0, {}, 2));
      machine.forgetState();
      const whole = await machine.run({ env: env('second'), runAttempt: 2 });
      expect(whole.outputs, logOf(whole)).toMatchObject({ ...counts(0, 3, {}, 3), 'requests-sent': '0' });
    },
  );

  test(
    "exclude: evals' own set stock-options runs without the two evals that it cannot load",
    LONG,
    async (context) => {
      const machine = await TestMachine.make(context, {
        python: await evalsPython(),
        model: 'gpt-4',
        evalSet: 'stock-options',
        api: {},
        inputs: { args: '--max_samples 1', 'parallel-evals': '4' },
      });
      const refused = await machine.run();
      const [, proposed = ''] =
        /add to the inputs:\nexclude: \|\n((?: {2}.*\n)+)/.exec(annotations(refused)[0] ?? '') ?? [];
      const result = await machine.run({ inputs: { exclude: proposed } });
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject({ complete: 'true', total: '10', 'left-out': '2' });
    },
  );
});
