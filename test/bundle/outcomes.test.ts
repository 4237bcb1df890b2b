/** Every way an eval can end, and what each means for the step, the outputs, the records and the next run. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { commandsHolding } from '../helpers/runner.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import { logOf, type MachineOptions, TestMachine } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';
import { until } from '../helpers/waiting.ts';

const fixtures = join(import.meta.dirname, '../fixtures/outcomes');
const registry = join(fixtures, 'registry');
const more = join(fixtures, 'more');

let python: string;
beforeAll(async () => {
  python = await evalsPython();
});

async function machineFor(
  context: Cleanup,
  evalSet: string,
  options: Partial<MachineOptions> = {},
): Promise<TestMachine> {
  const { inputs, ...rest } = options;
  const machine = await TestMachine.make(context, {
    python,
    evalSet,
    env: { PYTHONPATH: join(fixtures, 'modules') },
    inputs: { 'registry-path': registry, attempts: '1', ...inputs },
    ...rest,
  });
  return machine;
}

/** Where an eval notes each of its executions. */
const ledger = (machine: TestMachine): Record<string, string> => ({
  EXECUTIONS: join(machine.directory, 'executions'),
});

function executions(machine: TestMachine): string[] {
  const path = join(machine.directory, 'executions');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

/** Resolves when an eval of this name has begun. */
async function executedBy(machine: TestMachine, name: string): Promise<void> {
  await until(`${name} has begun`, () => executions(machine).some((line) => line.startsWith(name)));
}

const [first, raises, last] = ['ending-first.dev.v0', 'ending-raises.dev.v0', 'ending-last.dev.v0'];

describe.concurrent('an eval that fails', () => {
  test('post after kill -9: the summary names the eval that failed, why it failed, and what is pending', async (context) => {
    const machine = await machineFor(context, 'ending-waiting');
    const killed = await machine.run({
      env: ledger(machine),
      onLine: (line, main) => {
        if (main.phase === 'main' && line.includes('failed after') && line.includes('RuntimeError'))
          void executedBy(machine, 'ending-waits').then(() => main.kill('SIGKILL'));
      },
    });
    const rows = (killed.post?.summary ?? '')
      .split('\n')
      .filter((line) => /`ending-\w+` \||^- not/.test(line));
    expect(rows, logOf(killed)).toEqual([
      expect.stringMatching(/failed \| `ending-raises` \| .*the reactor melted/),
      expect.stringMatching(/^- not completed when the step ended: `ending-waits`/),
      expect.stringMatching(/fresh \| `ending-first` \|/),
    ]);
  });

  test('failed eval: it is annotated, not recorded, stops no other eval, and runs again in the next attempt', async (context) => {
    const machine = await machineFor(context, 'ending-failing');
    const result = await machine.run({ env: ledger(machine) });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.outputs).toMatchObject({
      complete: 'false',
      total: '3',
      completed: '2',
      fresh: '2',
      failed: '1',
      pending: '0',
    });
    const errors = result.annotations.filter(({ level }) => level === 'error');
    expect(errors).toEqual([
      {
        level: 'error',
        title: 'Eval ending-raises failed',
        message: expect.stringMatching(
          /^It ended with RuntimeError: the reactor melted in outcome_evals\/endings\.py:\d+\. The eval is not recorded/,
        ),
      },
      {
        level: 'error',
        title: undefined,
        message: expect.stringMatching(
          /1 of 3 evals failed: ending-raises \(it ended with RuntimeError: .*\[EVALS_FAILED\]/s,
        ),
      },
    ]);
    expect(result.lines.slice(-6), 'the end of the log').toEqual([
      expect.stringMatching(/^Status +Eval +Samples +Time +Result$/),
      expect.stringMatching(/^failed +ending-raises +RuntimeError: the reactor melted in /),
      expect.stringMatching(/^fresh +ending-first +[\d.]+ s {2}accuracy 1$/),
      expect.stringMatching(/^fresh +ending-last +[\d.]+ s {2}accuracy 1$/),
      expect.stringMatching(
        /^Failed: 1 of 3 evals failed, 2 are done \(2 fresh\)\. .* from the checkpoint oaievalset-/,
      ),
      expect.stringMatching(/^::error::1 of 3 evals failed/),
    ]);
    expect(result.summary).toContain('❌&nbsp;failed');
    expect(machine.doneEvals()).toEqual([first, last]);
    expect(machine.records().map((record) => record.eval)).toEqual([first, last]);

    machine.forgetState();
    const again = await machine.run({ env: { ...ledger(machine), MENDED: 'yes' }, runAttempt: 2 });
    expect(again.exitCode, logOf(again)).toBe(0);
    expect(again.outputs).toMatchObject({ complete: 'true', fresh: '1', reused: '2', failed: '0' });
    expect(executions(machine)).toEqual([first, raises, last, raises]);
  });

  test(
    'attempts and exit-on-error: after the last attempt the remaining evals stay pending',
    LONG,
    async (context) => {
      const machine = await machineFor(context, 'ending-failing', {
        inputs: { attempts: '3', 'exit-on-error': 'true' },
      });
      const result = await machine.run({ env: ledger(machine) });
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(executions(machine)).toEqual([first, raises, raises, raises]);
      expect(result.outputs).toMatchObject({ complete: 'false', fresh: '1', failed: '1', pending: '1' });
      expect(machine.doneEvals()).toEqual([first]);
      expect(result.lines).toContainEqual(expect.stringContaining('attempt 2 of 3'));
      expect(result.summary).toContain('### 1 pending eval');
    },
  );

  test('failed eval: exit code 0 without a final report is a failure', LONG, async (context) => {
    const machine = await machineFor(context, 'ending-vanishing');
    const result = await machine.run({ env: ledger(machine) });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.outputs).toMatchObject({ fresh: '1', failed: '1', pending: '0' });
    expect(result.annotations).toContainEqual(
      expect.objectContaining({
        title: 'Eval ending-vanishes failed',
        message: expect.stringContaining('recorded no final report'),
      }),
    );
    expect(machine.doneEvals()).toEqual([last]);
  });
});

describe.concurrent('what an eval prints and sees', () => {
  test('eval output: no line of it acts as a workflow command', async (context) => {
    const machine = await machineFor(context, 'ending-commands');
    const result = await machine.run({ env: ledger(machine) });
    expect(result.outputs, logOf(result)).toMatchObject({ fresh: '1', failed: '1' });
    expect(result.outputs).not.toHaveProperty('stolen');
    expect(result.lines).toContainEqual(expect.stringContaining('::add-mask::marker'));
    // The title of the group and the errors of the eval and the step quote the eval, as their data; nothing else may hold its text.
    const obeyed = commandsHolding(result, 'marker');
    expect(obeyed.map(({ name, properties }) => [name, properties.title])).toEqual([
      ['group', undefined],
      ['error', 'Eval ending-commands-raises failed'],
      ['error', undefined],
    ]);
  });

  test(
    'eval environment: it has the variables of the user, not the channels of the runner',
    LONG,
    async (context) => {
      const machine = await machineFor(context, 'ending-environment');
      const seen = join(machine.directory, 'seen.json');
      const env = { ...ledger(machine), SEEN: seen, MY_OWN: 'mine', OPENAI_API_KEY: 'my-key' };
      const result = await machine.run({ env, inputs: { args: `--user "a b" --completion_args ''` } });
      expect(result.exitCode, logOf(result)).toBe(0);
      const started = JSON.parse(readFileSync(seen, 'utf8')) as {
        env: Record<string, string>;
        argv: string[];
      };
      expect(started.env).toMatchObject({ MY_OWN: 'mine', OPENAI_API_KEY: 'my-key' });
      const channels = Object.keys(started.env).filter((name) =>
        /^(ACTIONS_|INPUT_|STATE_|GITHUB_(OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)$)/.test(name),
      );
      expect(channels).toEqual([]);
      expect(started.argv.slice(1, 7)).toEqual([
        'dummy',
        'ending-environment.dev.v0',
        '--user',
        'a b',
        '--completion_args',
        '',
      ]);
      expect(machine.records()[0]?.argv.slice(3, 7)).toEqual(['--user', 'a b', '--completion_args', '']);
    },
  );

  test('metrics: NaN and Infinity are recorded as text, and shown', async (context) => {
    const machine = await machineFor(context, 'ending-nan');
    const result = await machine.run({ env: ledger(machine) });
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(machine.records()[0]?.metrics).toMatchObject({ accuracy: 'NaN', best: 'Infinity' });
    expect(result.summary).toMatch(/\| `ending-nan` \| \*\*NaN\*\* \|/);
  });
});

describe.concurrent('names and paths', () => {
  test.for([
    ['a model with a slash makes nested files', 'org/model', 1],
    ['several models are separated by commas', 'dummy,org/model', 2],
  ] as const)('%s, and two registry paths are used', async ([, model, models], context) => {
    const machine = await machineFor(context, 'ending-more', {
      model,
      inputs: { 'registry-path': `${registry}\n${more}` },
    });
    const result = await machine.run({ env: ledger(machine) });
    expect(result.exitCode, logOf(result)).toBe(0);
    const paths = ['--registry_path', registry, more];
    const lines = readFileSync(machine.path('progress.txt'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      ['oaieval', model, first, ...paths],
      ['oaieval', model, 'ending-more.dev.v0', ...paths],
    ]);
    expect(machine.records().map((record) => record.metrics.models)).toEqual([models, models]);
    expect(result.outputs['progress-file']).toBe(
      join(machine.stateDirectory, `${model}.ending-more.progress.txt`),
    );

    machine.forgetState();
    const again = await machine.run({ env: ledger(machine), runAttempt: 2 });
    expect(again.outputs, logOf(again)).toMatchObject({ complete: 'true', fresh: '0', reused: '2' });
    expect(executions(machine)).toHaveLength(2);
  });
});
