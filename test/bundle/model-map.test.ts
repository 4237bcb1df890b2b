/** An eval of evals' own registry whose opponent was shut down, among others, with and without the input model-map. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { chat } from '../helpers/gateway-rig.ts';
import { type Cleanup, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { annotations, logOf, runsAgain, TestMachine } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';
import type { ModelApiOptions } from '../stand-ins/model-api.ts';

beforeAll(async () => {
  await evalsPython();
});

const DEAD = 'gpt-4-turbo-preview';
const LIVE = 'gpt-4o-mini';

/** In five games the candidate asks 20 questions, which `gpt-4-turbo-preview` answers: its game master in the registry. */
const OPPOSED = 'twenty_questions.shortlist.dev5';
const GAMES = 5;
const QUESTIONS = GAMES * 20;

async function machineWithDeadOpponent(context: Cleanup, api: ModelApiOptions = {}): Promise<TestMachine> {
  const registry = temporaryDirectory(context);
  mkdirSync(join(registry, 'eval_sets'));
  const evals = ['test-match', OPPOSED, 'test-includes'];
  writeFileSync(join(registry, 'eval_sets/mixed.yaml'), JSON.stringify({ mixed: { evals } }));
  return TestMachine.make(context, {
    python: await evalsPython(),
    model: 'gpt-4',
    evalSet: 'mixed',
    inputs: { 'registry-path': registry },
    // A stand-in for the ranks that tiktoken would download.
    env: { PYTHONPATH: join(import.meta.dirname, '../fixtures/same-results/modules') },
    api: {
      catalog: { retired: [DEAD] },
      faults: ({ model }) => (model === 'gpt-4' ? { status: 200, body: chat('Is it alive?') } : undefined),
      ...api,
    },
  });
}

const asked = (machine: TestMachine, model: string): number =>
  machine.api.requests.filter((request) => request.model === model && request.method === 'POST').length;

describe.concurrent('an eval whose opponent was shut down', () => {
  test('model map: the error proposes the line; with it the eval resumes, also after a kill, and no other eval runs again', async (context) => {
    const machine = await machineWithDeadOpponent(context);
    const without = await machine.run({ runAttempt: 1 });
    expect(without.outputs, logOf(without)).toMatchObject({ fresh: '2', failed: '1', pending: '0' });
    expect(annotations(without)[0]).toContain(`The model \`${DEAD}\` has been deprecated`);
    expect(annotations(without)[0]).toContain(`set the input model-map: ${DEAD}=<live model>`);
    const before = asked(machine, 'gpt-4');

    machine.api.forget();
    const inputs = { 'model-map': `${DEAD} = ${LIVE}\nnever-asked=${LIVE}` };
    const RECORDED = 20;
    let live = 0;
    machine.api.holdWhen(({ model }) => model === LIVE && ++live > RECORDED);
    const killed = await machine.runUntil({ held: 1 }, (main) => main.kill('SIGKILL'), {
      runAttempt: 2,
      inputs,
    });
    expect(killed.post?.exitCode, logOf(killed)).toBe(0);
    expect(runsAgain(killed), logOf(killed)).toEqual({});
    expect(killed.lines).toContainEqual(expect.stringContaining('3 evals, 2 reused, 1 to run'));
    expect(asked(machine, DEAD)).toBe(0);
    await machine.untilNoneHeld();
    const between = asked(machine, 'gpt-4');

    machine.forgetState();
    machine.api.release();
    machine.api.forget();
    const resumed = await machine.run({ runAttempt: 3, inputs });
    expect(resumed.exitCode, logOf(resumed)).toBe(0);
    expect(resumed.outputs).toMatchObject({ complete: 'true', fresh: '1', reused: '2' });
    expect(asked(machine, DEAD)).toBe(0);
    // One request of each game was in flight when the step was killed.
    expect(asked(machine, LIVE)).toBeLessThanOrEqual(QUESTIONS - RECORDED + GAMES);
    // The other two evals asked it three times each.
    expect(before + between + asked(machine, 'gpt-4')).toBeLessThanOrEqual(3 + 3 + QUESTIONS + GAMES);
    const record = machine.records().find((each) => each.eval.startsWith('twenty_questions'));
    expect(record).toMatchObject({ models: { 'gpt-4': 'gpt-4', [DEAD]: LIVE } });
    expect(resumed.summary).toContain(`\`${DEAD}\`: \`${LIVE}\` (1 eval)`);
    expect(annotations(resumed)).toEqual([
      expect.stringMatching(/^warning: No eval of the set asked for this name .*: never-asked\. Check/),
    ]);
    // Plain oaievalset resumes from the same lines.
    expect(readFileSync(machine.path('progress.txt'), 'utf8')).not.toContain(LIVE);
  });

  test(
    'model map: another live model runs only the evals that asked for the name again',
    LONG,
    async (context) => {
      const machine = await machineWithDeadOpponent(context);
      const engine = 'oaieval';
      const first = await machine.run({ inputs: { engine, 'model-map': `${DEAD}=${LIVE}` } });
      expect(first.outputs, logOf(first)).toMatchObject({ complete: 'true', fresh: '3' });
      machine.api.forget();
      const other = await machine.run({ runId: '2', inputs: { engine, 'model-map': `${DEAD}=gpt-5` } });
      expect(other.outputs, logOf(other)).toMatchObject({ complete: 'true', fresh: '1', reused: '2' });
      expect(Object.values(runsAgain(other))).toEqual([expect.stringMatching(/^model map changed/)]);
      expect([asked(machine, 'gpt-5'), asked(machine, LIVE)]).toEqual([QUESTIONS, 0]);
      expect(other.exitCode).toBe(0);

      machine.api.forget();
      const same = await machine.run({ runId: '3', inputs: { engine, 'model-map': `${DEAD}=gpt-5` } });
      expect(same.outputs, logOf(same)).toMatchObject({ complete: 'true', fresh: '0', reused: '3' });
      expect([machine.api.requests, machine.api.ownLookups.length]).toEqual([[], 2]);
    },
  );

  test(
    'model map: a live model that the API does not know fails the eval, and its line is named',
    LONG,
    async (context) => {
      const machine = await machineWithDeadOpponent(context, { catalog: { retired: [DEAD, 'gone'] } });
      const result = await machine.run({ inputs: { 'model-map': `${DEAD}=gone` } });
      expect(result.outputs, logOf(result)).toMatchObject({ fresh: '2', failed: '1' });
      expect(annotations(result)[0]).toContain(`Correct the line ${DEAD}=gone of the input model-map.`);
    },
  );
});

describe.concurrent('the model of the job', () => {
  test('model that was shut down: the job ends and names similar models of the API', async (context) => {
    const catalog = { listed: ['gpt-4o', 'gpt-4.1', 'o3-mini', 'claude-x'], retired: ['gpt-4'] };
    const machine = await TestMachine.make(context, {
      python: await evalsPython(),
      model: 'gpt-4',
      api: { catalog },
    });
    const result = await machine.run();
    expect(annotations(result), logOf(result)).toEqual([expect.stringMatching(/\[API_REFUSED\]$/)]);
    expect(annotations(result)[0]).toContain(
      'Check the name of the model "gpt-4", and that the API key may use it. It may have been shut down. The API has models with similar names: gpt-4o, gpt-4.1.',
    );
    expect(machine.api.ownLookups.map(({ path }) => path)).toEqual(['/v1/models']);
  });

  test('model that will be shut down: a warning says when', async (context) => {
    const shutdownDay = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    const machine = await TestMachine.make(context, {
      python: await evalsPython(),
      model: 'gpt-4',
      api: { catalog: { shutdownDates: { 'gpt-4': shutdownDay, 'gpt-5': '2020-01-01' } } },
    });
    const result = await machine.run();
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(annotations(result)).toEqual([
      expect.stringContaining(
        `warning: The API announces that the model gpt-4 will be shut down on ${shutdownDay}`,
      ),
    ]);
  });

  test('model that takes only its own temperature: summary and record say so, also after a resume', async (context) => {
    const machine = await TestMachine.make(context, {
      python: await evalsPython(),
      model: 'gpt-4',
      api: {
        faults: ({ body }) =>
          (body as { temperature?: number } | null)?.temperature === 0
            ? {
                status: 400,
                body: {
                  error: {
                    message:
                      "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
                    type: 'invalid_request_error',
                    param: 'temperature',
                    code: 'unsupported_value',
                  },
                },
              }
            : undefined,
      },
    });
    const first = await machine.run();
    expect(first.outputs, logOf(first)).toMatchObject({ complete: 'true', fresh: '4' });
    const again = await machine.run({ runAttempt: 2 });
    for (const { summary } of [first, again])
      expect(summary).toContain(
        "Sampled at the model's own temperature, so two runs may differ: `gpt-4` (2 evals).",
      );
    expect(machine.records()[0]).toMatchObject({
      adaptations: [{ model: 'gpt-4', param: 'temperature', value: expect.any(String), renamedTo: null }],
    });
  });
});
