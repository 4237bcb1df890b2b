/** The arguments of oaieval that change results, and what the names of models stand for. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompletionFn } from '../../../src/plan/registry-plan.ts';
import {
  ANY_COUNT_SET,
  evalOf,
  problemsOf,
  RegistryPlanner,
  registry,
} from '../../helpers/registry-planner.ts';

let planner: RegistryPlanner;
beforeAll(async () => {
  planner = await RegistryPlanner.start();
});
afterAll(() => planner.close());

const registryPaths = [registry('own')];

describe.concurrent('arguments of oaieval', () => {
  test('oaieval arguments: those that change results are read as oaieval reads them', async () => {
    const args = ['--max_samp', '2', '--seed=7', '--extra_eval_params', 'num_few_shot=0,max_tokens=few'];
    const include = ['own-capitals'];
    const found = await planner.plan('own', { args: [...args, '--debug'], include, registryPaths });
    expect(found.arguments).toEqual({
      maxSamples: 2,
      seed: 7,
      extraEvalParams: { num_few_shot: 0, max_tokens: 'few' },
      completionArgs: {},
    });
    expect(evalOf(found, 'own-capitals.dev.v0')).toMatchObject({
      spec: { args: { num_few_shot: 0, max_tokens: 'few', samples_jsonl: 'own/capitals.jsonl' } },
      samples: 2,
    });
  });

  test('oaieval arguments: the defaults are those of oaieval', async () => {
    const found = await planner.sharedPlan('test-basic');
    expect(found.arguments).toEqual({
      maxSamples: null,
      seed: 20220722,
      extraEvalParams: {},
      completionArgs: {},
    });
  });

  test.each([
    [
      ['--max_samples', 'few'],
      "invalid-argument: --max_samples few: argument --max_samples: invalid int value: 'few'",
    ],
    [['--no-such', '1'], 'invalid-argument: --no-such 1: unrecognized arguments: --no-such 1'],
    [['--he'], 'invalid-argument: --he: it only prints help'],
    [
      ['--extra_eval_params', 'a=1=2'],
      "invalid-argument: --extra_eval_params: 'a=1=2' does not have the form key=value",
    ],
  ])('oaieval arguments: %j is refused', async (args, problem) => {
    const error = await planner.refusal('test-basic', { args });
    expect(problemsOf(error)).toEqual([problem]);
    expect(error.next).toBe('Correct the input args.');
  });

  test('oaieval arguments: those that move or hide results are refused, abbreviated or not', async () => {
    const args = ['--record_p=x', '--registry=y', '--http-run', '--no-local', '--dry-run', '--log_to', 'z'];
    const problems = problemsOf(await planner.refusal('test-basic', { args }));
    expect(problems.map((line) => line.split(': ').slice(0, 2).join(' '))).toEqual([
      'forbidden-argument --record_path',
      'forbidden-argument --registry_path',
      // Both move results away, for the same reason.
      'forbidden-argument --http-run, --no-local-run',
      'forbidden-argument --dry-run',
      'forbidden-argument --log_to_file',
    ]);
  });
});

/** What a model name stands for. */
async function completionFn(model: string, args: readonly string[] = []): Promise<CompletionFn> {
  const { completionFns } = await planner.plan('test-basic', { model, args, registryPaths });
  const [found] = completionFns;
  if (found === undefined) throw new Error(`the plan does not describe ${model}`);
  return found;
}

describe.concurrent('completion functions', () => {
  test('completion functions: a name that evals knows needs no registry', async () => {
    const model = 'dummy,gpt-3.5-turbo,gpt-4o-mini,own-ecko';
    const { completionFns } = await planner.plan(ANY_COUNT_SET, { model, registryPaths });
    expect(completionFns.map(({ name, kind, needsApiKey, near }) => [name, kind, needsApiKey, near])).toEqual(
      [
        ['dummy', 'dummy', false, []],
        // evals knows gpt-3.5-turbo… and gpt-4-… as chat models. Only the API knows about other names.
        ['gpt-3.5-turbo', 'openai-chat', true, []],
        ['gpt-4o-mini', 'api-model', true, []],
        ['own-ecko', 'api-model', true, ['own-echo']],
      ],
    );
  });

  test('completion functions: one of the user’s has its class, arguments and files', async () => {
    const echo = await completionFn('own-echo', ['--completion_args', 'prefix=said,']);
    expect(echo).toMatchObject({
      kind: 'registry',
      needsApiKey: false,
      spec: { cls: 'own_evals.echo:Echo', args: { prefix: 'said', template: 'own/template.txt' } },
      sources: [{ label: 'own_evals/echo.py' }],
      data: [{ name: 'template', label: 'own/template.txt' }],
      references: [],
    });
  });

  test('completion functions: the others that its arguments name belong to it', async () => {
    const nested = await completionFn('own-nested');
    expect(nested.references.map(({ name, kind }) => [name, kind])).toEqual([
      ['own-judge', 'registry'],
      ['gpt-3.5-turbo', 'openai-chat'],
      ['own-echo', 'registry'],
    ]);
    expect(nested.needsApiKey).toBe(true);
  });

  test('completion functions: one that names another API needs no key of OpenAI', async () => {
    expect(await completionFn('own-elsewhere')).toMatchObject({ needsApiKey: false, references: [] });
  });

  test("completion functions: a solver that is nested in one of evals' own belongs to it", async () => {
    const cot = await completionFn('already_said_that/cot/gpt-3.5-turbo');
    expect(cot).toMatchObject({ kind: 'registry', needsApiKey: true, sources: [] });
    expect(cot.references.map(({ name }) => name)).toEqual([
      'evals.solvers.providers.openai.openai_solver:OpenAISolver',
    ]);
  });

  test('completion functions: a missing class, an empty name and an alias of itself are refused', async () => {
    const error = await planner.refusal(ANY_COUNT_SET, {
      model: 'own-missing,,alias-fn',
      registryPaths: [registry('own'), registry('aliases')],
    });
    expect(problemsOf(error)).toEqual([
      'unknown-class: own-missing: there is no module own_evals.nowhere',
      'empty-model-name: own-missing,,alias-fn: the list of models contains an empty name',
      'bad-registry: alias-fn: each id names the next, in a circle: alias-fn -> alias-fn',
    ]);
  });
});
