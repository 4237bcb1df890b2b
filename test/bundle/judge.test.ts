/** With judge-model, another model grades the model-graded evals of a set, and only those. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { machineWithSharedState, oaievalset } from '../helpers/plain-oaievalset.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import { annotations, logOf, type MachineOptions, runsAgain, TestMachine } from '../helpers/test-machine.ts';
import { LONG, SOAK, testRows } from '../helpers/test-rows.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/judge');
const MODEL = 'gpt-4';
const JUDGE = 'org/judge';
const [MATCH, INCLUDES, FACT] = [
  'test-match.s1.simple-v0',
  'test-includes.s1.simple-v0',
  'logic-fact.dev.v0',
];
/** Of each eval that no model grades. */
const REQUESTS = 3;
/** Of the model-graded eval: its model and its judge get a request for each. */
const SAMPLES = 4;

let python: string;
beforeAll(async () => {
  python = await evalsPython();
});

function machineWithJudge(context: Cleanup, options: Partial<MachineOptions> = {}): Promise<TestMachine> {
  const { inputs, ...rest } = options;
  return TestMachine.make(context, {
    python,
    model: MODEL,
    evalSet: 'mixed',
    api: {},
    env: { PYTHONPATH: join(FIXTURES, 'modules') },
    inputs: {
      'registry-path': join(FIXTURES, 'registry'),
      args: `--max_samples ${SAMPLES}`,
      'judge-model': JUDGE,
      ...inputs,
    },
    ...rest,
  });
}

/** How many different requests each model got. */
function requestsByModel(machine: TestMachine): Record<string, number> {
  const byModel = Map.groupBy(machine.api.requests, ({ model }) => model ?? '');
  return Object.fromEntries(
    [...byModel].map(([model, all]) => [model, new Set(all.map(({ bodySha256 }) => bodySha256)).size]),
  );
}

/** The models of the command of each completed eval, and its judge. */
function judgesOf(machine: TestMachine): Record<string, readonly [string | undefined, unknown]> {
  const records = machine.records().map((record) => ({ ...record }) as typeof record & { judge?: string });
  return Object.fromEntries(records.map(({ eval: key, argv, judge }) => [key, [argv[1], judge]]));
}

const MIXED = {
  [MATCH]: [MODEL, undefined],
  [INCLUDES]: [MODEL, undefined],
  [FACT]: [`${MODEL},${JUDGE}`, JUDGE],
};

describe.concurrent('judge-model', () => {
  testRows(1, [{ engine: 'warm' }, { engine: 'oaieval' }])(
    'judge-model: a killed run of a mixed set on engine $engine continues with the same judge',
    async ({ engine }, context) => {
      // The unmodified oaieval knows only chat models of these names.
      const judge = engine === 'warm' ? JUDGE : 'gpt-3.5-turbo';
      const machine = await machineWithJudge(context, { inputs: { engine, 'judge-model': judge } });
      let judged = 0;
      machine.api.holdWhen(({ model }) => model === judge && ++judged > 2);
      const killed = await machine.runUntil({ held: 1 }, (main) => main.kill('SIGKILL'), { phase: 'main' });
      expect(machine.doneEvals(), logOf(killed)).toEqual([MATCH, INCLUDES]);
      await machine.untilNoneHeld();
      machine.api.release();

      const resumed = await machine.run({ runAttempt: 2 });
      expect(resumed.exitCode, logOf(resumed)).toBe(0);
      expect(resumed.outputs).toMatchObject({ complete: 'true', fresh: '1', reused: '2' });
      expect(Number(resumed.outputs['requests-replayed'])).toBeGreaterThan(0);
      expect(requestsByModel(machine)).toEqual({ [MODEL]: 2 * REQUESTS + SAMPLES, [judge]: SAMPLES });
      expect(judgesOf(machine)).toEqual({ ...MIXED, [FACT]: [`${MODEL},${judge}`, judge] });
      expect(resumed.lines).toContain(`${judge} grades the answers in 1 model-graded eval: logic-fact.`);
      expect(resumed.summary).toContain(`1 model-graded eval: judge \`${judge}\`.`);
      expect(resumed.annotations).toEqual([]);
    },
  );

  test('judge-model: another judge, and none, run only the model-graded evals again, and the log says why', async (context) => {
    const machine = await machineWithJudge(context);
    const first = await machine.run();
    expect(first.outputs, logOf(first)).toMatchObject({ complete: 'true', fresh: '3' });

    machine.api.forget();
    const other = await machine.run({ runId: '2', inputs: { 'judge-model': 'other-judge' } });
    expect(other.outputs, logOf(other)).toMatchObject({ complete: 'true', fresh: '1', reused: '2' });
    expect(runsAgain(other)).toEqual({
      'logic-fact': expect.stringMatching(/^judge changed \([0-9a-f]{4}… → [0-9a-f]{4}…\)$/),
    });
    expect(requestsByModel(machine)).toEqual({ [MODEL]: SAMPLES, 'other-judge': SAMPLES });

    machine.api.forget();
    const none = await machine.run({ runId: '3', inputs: { 'judge-model': '' } });
    expect(none.outputs, logOf(none)).toMatchObject({ complete: 'true', fresh: '1', reused: '2' });
    expect(runsAgain(none)).toEqual({
      'logic-fact': expect.stringMatching(/^judge removed \(was [0-9a-f]{4}…\)$/),
    });
    expect(requestsByModel(machine)).toEqual({ [MODEL]: 2 * SAMPLES });
    expect(none.annotations).toEqual([
      {
        level: 'notice',
        title: 'The model grades itself',
        message: `The model ${MODEL} grades its own answers in 1 model-graded eval: logic-fact. To have another model grade them, set the input judge-model.`,
      },
    ]);

    // A judge that is the model adds nothing to the command, and ends the notice.
    machine.api.forget();
    const itself = await machine.run({ runId: '4', inputs: { 'judge-model': MODEL } });
    expect(itself.outputs, logOf(itself)).toMatchObject({ complete: 'true', fresh: '0', reused: '3' });
    expect(itself.annotations).toEqual([]);
    expect(itself.summary).toContain(
      `1 model-graded eval: judge \`${MODEL}\`, which graded its own answers.`,
    );
    expect(judgesOf(machine)).toMatchObject({ [FACT]: [MODEL, MODEL] });

    // Results of each judge stay: going back to one sends nothing.
    machine.api.forget();
    const back = await machine.run({ runId: '5' });
    expect(back.outputs, logOf(back)).toMatchObject({ complete: 'true', fresh: '0', reused: '3' });
    expect(machine.api.counts().received).toBe(0);
  });

  test('judge-model: a completion function of a registry grades without the API', async (context) => {
    const machine = await machineWithJudge(context, { inputs: { 'judge-model': 'judge-fn' } });
    const result = await machine.run();
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '3' });
    expect(requestsByModel(machine)).toEqual({ [MODEL]: 2 * REQUESTS + SAMPLES });
    expect(machine.records().find((record) => record.eval === FACT)?.metrics).toMatchObject({
      'counts/C': SAMPLES,
    });
  });

  test('judge-model: classes derived from ModelBasedClassify get the judge', SOAK, async (context) => {
    const machine = await machineWithJudge(context, { evalSet: 'derived' });
    const result = await machine.run();
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '3' });
    expect(judgesOf(machine)).toEqual({
      [MATCH]: [MODEL, undefined],
      'judge-derived.dev.v0': [`${MODEL},${JUDGE}`, JUDGE],
      'judge-again.dev.v0': [`${MODEL},${JUDGE}`, JUDGE],
    });
  });

  test('judge-model: two candidates are compared by the judge', SOAK, async (context) => {
    const machine = await machineWithJudge(context, { model: 'gpt-4,gpt-3.5-turbo', evalSet: 'compared' });
    const result = await machine.run();
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
    expect(judgesOf(machine)).toEqual({ 'best.dev.v0': [`gpt-4,gpt-3.5-turbo,${JUDGE}`, JUDGE] });
    expect(requestsByModel(machine)).toEqual({
      'gpt-4': SAMPLES,
      'gpt-3.5-turbo': SAMPLES,
      [JUDGE]: SAMPLES,
    });
  });

  test('judge-model: a judge that the API does not know ends the job, and the error names it', async (context) => {
    const message = `The model \`${JUDGE}\` does not exist or you do not have access to it.`;
    const error = { message, type: 'invalid_request_error', param: null, code: 'model_not_found' };
    const machine = await machineWithJudge(context, {
      api: { faults: ({ model }) => (model === JUDGE ? { status: 404, body: { error } } : undefined) },
    });
    const result = await machine.run();
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(machine.doneEvals()).toEqual([MATCH, INCLUDES]);
    expect(annotations(result).join('\n')).toMatch(/"org\/judge".*\[API_REFUSED\]/s);
  });

  test(
    'judge-model: what the judge refuses is adapted, retried and recorded as for any model',
    LONG,
    async (context) => {
      let failed = 0;
      const machine = await machineWithJudge(context, {
        api: {
          faults({ model, body }) {
            if (model !== JUDGE) return undefined;
            if ('max_tokens' in (body as object)) return { status: 400, body: { error: MAX_TOKENS } };
            return ++failed === 1 ? { status: 500, body: { error: { message: 'try later' } } } : undefined;
          },
        },
      });
      const result = await machine.run();
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '3' });
      expect(result.summary).toContain(`\`${JUDGE}\`: max\\_tokens`);
    },
  );
});

const MAX_TOKENS = {
  message:
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
  type: 'invalid_request_error',
  param: 'max_tokens',
  code: 'unsupported_parameter',
};

describe.concurrent('judge-model and plain oaievalset', () => {
  const args = ['--max_samples', String(SAMPLES), '--registry_path', join(FIXTURES, 'registry')];
  const inputs = {
    'judge-model': JUDGE,
    'registry-path': join(FIXTURES, 'registry'),
    args: `--max_samples ${SAMPLES}`,
  };

  test('judge-model: plain oaievalset skips what no model grades, and its self-graded result stays beside ours', async (context) => {
    const machine = await machineWithSharedState(context, { python, evalSet: 'mixed', inputs });
    const first = await machine.run();
    expect(first.outputs, logOf(first)).toMatchObject({ complete: 'true', fresh: '3' });

    machine.api.forget();
    const [, toRun = ''] = (await oaievalset(context, python, machine, ...args)).split('Going to run');
    expect(toRun).toContain(`oaieval ${machine.model} ${FACT}`);
    expect(toRun).not.toMatch(/test-match|test-includes/);
    expect(requestsByModel(machine)).toEqual({ [machine.model]: 2 * SAMPLES });
    expect(machine.doneEvals()).toEqual([MATCH, INCLUDES, FACT, FACT]);

    machine.api.forget();
    const after = await machine.run({ runAttempt: 2 });
    expect(after.outputs, logOf(after)).toMatchObject({ complete: 'true', fresh: '0', reused: '3' });
    expect(after.summary).toContain(`1 model-graded eval: judge \`${JUDGE}\`.`);
    expect(machine.api.counts().received).toBe(0);
  });

  test('judge-model: the action reuses what plain oaievalset did, and runs the self-graded evals again', async (context) => {
    const machine = await machineWithSharedState(context, { python, evalSet: 'mixed', inputs });
    await oaievalset(context, python, machine, ...args);

    machine.api.forget();
    const after = await machine.run();
    expect(after.outputs, logOf(after)).toMatchObject({ complete: 'true', fresh: '1', reused: '2' });
    expect(requestsByModel(machine)).toEqual({ [machine.model]: SAMPLES, [JUDGE]: SAMPLES });
    expect(judgesOf(machine)).toEqual({ [FACT]: [`${machine.model},${JUDGE}`, JUDGE] });
    expect(machine.doneEvals()).toEqual([MATCH, INCLUDES, FACT, FACT]);
  });
});

describe.concurrent('the API key of the judge', () => {
  testRows(1, [
    { evalSet: 'mixed', judge: 'gpt-4', says: /\[API_KEY_MISSING\]/ },
    { evalSet: 'mixed', judge: 'judge-fn', says: /all 3 evals are done/ },
    { evalSet: 'ungraded', judge: 'gpt-4', says: /judge-model is not used/ },
  ])('API key: of $evalSet with judge $judge and no key', async ({ evalSet, judge, says }, context) => {
    const machine = await machineWithJudge(context, {
      model: 'judge-fn',
      evalSet,
      inputs: { 'judge-model': judge },
    });
    const result = await machine.run({ env: { OPENAI_API_KEY: '' } });
    expect([...result.lines, ...annotations(result), result.summary].join('\n')).toMatch(says);
    expect(machine.api.counts().received).toBe(0);
  });
});
