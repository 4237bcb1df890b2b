/**
 * The recipes of docs/recipes that act can run, as the jobs of one workflow: with the Python of the test instead of an installation,
 * and with stand-ins for the APIs and for actions/upload-artifact. docs/recipes/README.md names what cannot run here.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { EXAMPLE_MODEL } from '../../src/example-model.ts';
import { type ActOptions, startAct } from '../helpers/act.ts';
import type { ActResult } from '../helpers/act-log.ts';
import { makeRepository } from '../helpers/act-repository.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { type RecipeJob, type RecipeStep, recipe } from '../helpers/recipes.ts';
import { writeRegistry } from '../helpers/registry.ts';
import { cleanupAfterAll, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { dialects } from '../stand-ins/dialects.ts';
import { type ModelApi, startModelApi } from '../stand-ins/model-api.ts';

const SAMPLES = Array.from({ length: 24 }, (_, n) => ({ input: `What is ${n} plus 7?`, ideal: `${n + 7}` }));
const knowledge = new Map(SAMPLES.map(({ input, ideal }) => [input, ideal]));

/** Files of a user's repository, at the places that own-registry.yml and anthropic.yml name. */
const FILES = {
  'evals-modules/my_evals/__init__.py': '',
  'evals-modules/my_evals/sums.py': `from evals.elsuite.basic.match import Match


class Sums(Match):
    pass
`,
  'evals-modules/my_evals/assistant.py': `from evals.completion_fns.openai import OpenAIChatCompletionFn


class Assistant(OpenAIChatCompletionFn):
    def __init__(self, **kwargs):
        super().__init__(model="${EXAMPLE_MODEL}", extra_options={"user": "assistant"})
`,
  'evals-registry/completion_fns/assistant.yaml': 'assistant: {class: "my_evals.assistant:Assistant"}\n',
  'evals-registry/solvers/claude.yaml': `claude:
  class: evals.solvers.providers.anthropic.anthropic_solver:AnthropicSolver
  args:
    model_name: claude-of-today
`,
};

const cleanup = cleanupAfterAll();
let directory: string;
let repository: string;
let python: string;
let api: ModelApi;
let azure: ModelApi;
let anthropic: ModelApi;

interface Played {
  readonly result: ActResult;
  /** The context `steps` at the end of a job. */
  readonly steps: (job: string) => Readonly<Record<string, StepContext>>;
}

interface StepContext {
  readonly outcome: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
}

/** A file of this test, by the job that writes it. */
const stepsFile = (job: string): string => join(directory, `${job}.json`);
const artifact = (job: string, name: string): string => join(directory, 'artifacts', `${job}-${name}`);

/** The only job of a recipe, or the one with this name, as act can run it. */
function jobOf(name: string, id = 'evals'): RecipeJob {
  const job = recipe(`${name}.yml`).workflow.jobs[id];
  if (!job) throw new Error(`docs/recipes/${name}.yml has no job ${id}.`);
  return job;
}

function adapted(job: RecipeJob, id: string): RecipeJob {
  const last = {
    if: 'always()',
    env: { STEPS: '${{ toJSON(steps) }}' },
    run: `printf '%s' "$STEPS" > ${stepsFile(id)}`,
  };
  const steps = job.steps.filter(({ uses = '' }) => !uses.startsWith('actions/setup-python@'));
  return { ...job, 'runs-on': 'ubuntu-latest', steps: [...steps.map((step) => adaptedStep(step, id)), last] };
}

function adaptedStep(step: RecipeStep, job: string): RecipeStep {
  const { 'evals-version': version, ...inputs } = step.with ?? {};
  const { uses = '' } = step;
  if (uses.startsWith('actions/upload-artifact@')) {
    const { path = '', name = 'report.html' } = inputs;
    return { if: step.if ?? 'success()', run: `cp -r "${String(path)}" "${artifact(job, String(name))}"` };
  }
  if (!uses.startsWith('oaievalset-action/')) return step;
  expect(version ?? inputs.python).toBeDefined();
  const eval_set = inputs.model === 'assistant' ? 'own-set' : inputs['eval-set'];
  const state = { 'state-directory': join(directory, 'state', job) };
  return {
    id: 'evals',
    ...step,
    uses: './',
    // The step of self-hosted.yml has a directory of its own.
    with: { ...state, ...inputs, python, 'eval-set': eval_set, 'parallel-evals': '1' },
  };
}

/** Jobs of act run side by side. */
async function play(
  event: ActOptions['event'] & string,
  jobs: Readonly<Record<string, RecipeJob>>,
): Promise<Played> {
  const all = Object.entries(jobs).map(([id, job]) => [id, adapted(job, id)]);
  const act = await startAct({
    directory: join(directory, event),
    repository,
    workflow: stringify({ name: 'evals', on: event, permissions: {}, jobs: Object.fromEntries(all) }),
    event,
    env: { OPENAI_BASE_URL: api.url, ANTHROPIC_BASE_URL: anthropic.url },
    variables: { AZURE_OPENAI_BASE_URL: azure.url },
    secrets: {
      OPENAI_API_KEY: 'key-of-the-test',
      AZURE_OPENAI_API_KEY: 'key-of-azure',
      ANTHROPIC_API_KEY: 'key-of-anthropic',
      EVALS_ENCRYPTION_KEY: 'text-that-encrypts-checkpoints-here',
    },
  });
  cleanup.onTestFinished(() => act.stop());
  const result = await act.finished;
  return {
    result,
    steps: (job) =>
      existsSync(stepsFile(job))
        ? (parse(readFileSync(stepsFile(job), 'utf8')) as Readonly<Record<string, StepContext>>)
        : {},
  };
}

beforeAll(async () => {
  directory = temporaryDirectory(cleanup);
  repository = join(directory, 'repository');
  python = await evalsPython();
  api = await startModelApi({ knowledge, rightShare: 1 });
  azure = await startModelApi({ knowledge, rightShare: 1, dialect: dialects.azure });
  anthropic = await startModelApi({ dialect: dialects.anthropic });
  for (const server of [api, azure, anthropic]) cleanup.onTestFinished(() => server.close());
  await makeRepository(repository, FILES);
  const registry = join(repository, 'evals-registry');
  writeRegistry(registry, 'my-set', [{ name: 'sums', samples: SAMPLES }]);
  writeRegistry(registry, 'own-set', [
    { name: 'own-sums', className: 'my_evals.sums:Sums', samples: SAMPLES },
  ]);
  mkdirSync(join(directory, 'artifacts'));
});

/** The set has one eval. Jobs that run the same may reuse each other's. */
const COMPLETE = { complete: 'true', verdict: 'passed', completed: '1' };

describe('recipes on a pull request', () => {
  const withoutSecrets = (job: RecipeJob): RecipeJob =>
    JSON.parse(JSON.stringify(job).replaceAll('secrets.OPENAI_API_KEY', 'secrets.NOT_GIVEN')) as RecipeJob;
  let played: Played;

  beforeAll(async () => {
    const names = ['pull-request', 'mini-and-nightly', 'own-registry', 'forks', 'report', 'self-hosted'];
    played = await play('pull_request', {
      ...Object.fromEntries(
        [...names, 'azure', 'anthropic', 'encryption'].map((name) => [name, jobOf(name)]),
      ),
      'forks-without-secrets': withoutSecrets(jobOf('forks')),
      models: jobOf('models'),
    });
  });

  it.each([
    'pull-request',
    'own-registry',
    'forks',
    'report',
    'self-hosted',
    'azure',
    'anthropic',
    'encryption',
  ])('recipe %s: it completes the set', (name) => {
    expect(played.steps(name).evals, played.result.text).toMatchObject({
      outcome: 'success',
      outputs: COMPLETE,
    });
  });

  it('recipe mini-and-nightly: a pull request runs 20 samples', () => {
    expect(played.steps('mini-and-nightly').evals, played.result.text).toMatchObject({
      outcome: 'success',
      outputs: { complete: 'true', 'requests-sent': '20' },
    });
  });

  it('recipe own-registry: the completion function of the repository asks the model', () => {
    const users = api.requests.filter(({ body }) => JSON.stringify(body).includes('"user":"assistant"'));
    expect(users, played.result.text).toHaveLength(SAMPLES.length);
  });

  it.each([
    ['azure', () => azure, 'my-deployment'],
    ['anthropic', () => anthropic, 'claude-of-today'],
  ] as const)('recipe %s: its server is asked for its model', (_, server, model) => {
    expect(server().requests.map((request) => request.model)).toEqual(SAMPLES.map(() => model));
  });

  it('recipe forks: a run without secrets skips the evals and passes', () => {
    const steps = played.steps('forks-without-secrets');
    expect(steps.evals, played.result.text).toMatchObject({ outcome: 'skipped' });
    expect(existsSync(artifact('forks-without-secrets', 'evals'))).toBe(false);
    expect(played.result.exitCode, played.result.text).toBe(0);
  });

  it('recipe models: each model leaves a report of its own', () => {
    const modelOf = (label: string): unknown => {
      const file = join(artifact('models', `model-${label}`), 'results.json');
      return (JSON.parse(readFileSync(file, 'utf8')) as { model: unknown }).model;
    };
    expect(['luna', 'candidate'].map(modelOf), played.result.text).toEqual([EXAMPLE_MODEL, 'org/candidate']);
  });

  it('recipe report: the page and all files are uploaded', () => {
    expect(readFileSync(artifact('report', 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
    for (const name of ['results.json', 'samples.jsonl'])
      expect(existsSync(join(artifact('report', 'evals'), name))).toBe(true);
  });
});

describe('recipes at night', () => {
  it('recipes mini-and-nightly and nightly: a scheduled run runs all samples', async () => {
    const played = await play('schedule', {
      'mini-and-nightly': jobOf('mini-and-nightly'),
      nightly: jobOf('nightly'),
    });
    for (const name of ['mini-and-nightly', 'nightly'])
      expect(played.steps(name).evals, played.result.text).toMatchObject({
        outcome: 'success',
        outputs: { ...COMPLETE, 'requests-sent': '24' },
      });
    expect(played.steps('nightly').evals?.outputs['saved-key'], played.result.text).not.toBe('');
  });
});
