/** An eval set of the tests about verdicts, with enough samples to tell a drop from chance, and models that differ in what they know. */
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type RunningAct, startAct } from '../helpers/act.ts';
import { makeRepository } from '../helpers/act-repository.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { writeRegistry } from '../helpers/registry.ts';
import { type Cleanup, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { answerTo } from '../stand-ins/model-answers.ts';
import { type ModelApi, startModelApi } from '../stand-ins/model-api.ts';

/** The numbers of samples. One is too few for any verdict. */
const SAMPLES = { sums: 24, products: 24, few: 3 } as const;

export const ARITHMETIC = { name: 'arithmetic', evals: 3, requests: 51 } as const;

/** All names are of models that evals knows, so that no test depends on how it takes others. */
export const models = {
  /** Answers everything correctly. */
  good: 'gpt-4',
  /** Gets 12 of the 24 sums wrong, and 2 of the 24 products: the one is no chance, the other may be. */
  worse: 'gpt-3.5-turbo',
  /** The API refuses its requests for products. */
  refusing: 'gpt-4-turbo',
  /** The API does not respond to its requests for products. */
  silent: 'gpt-4-0613',
  /** No run may ask for it. */
  unasked: 'gpt-4o',
} as const;

interface Task {
  readonly name: keyof typeof SAMPLES;
  readonly number: number;
  readonly input: string;
  readonly ideal: string;
}

const tasks: readonly Task[] = Object.entries(SAMPLES).flatMap(([key, count]) =>
  Array.from({ length: count }, (_, number) => {
    const name = key as Task['name'];
    const isProduct = name === 'products';
    const input = `${name}: what is ${number} ${isProduct ? 'times' : 'plus'} 7?`;
    return { name, number, input, ideal: String(isProduct ? number * 7 : number + 7) };
  }),
);

const all = new Map(tasks.map(({ input, ideal }) => [input, ideal]));
const unknownToWorse = { sums: 12, products: 2, few: 0 };
const fewer = new Map(
  tasks
    .filter(({ name, number }) => number >= unknownToWorse[name])
    .map(({ input, ideal }) => [input, ideal]),
);

export interface Arithmetic {
  readonly model: ModelApi;
  readonly python: string;
  readonly repository: string;
  /** Exists only for this test. */
  readonly directory: string;
  /** A directory that comes first in the PATH of every step. */
  readonly programs: string;
  /** Of the repository, the same eval set with another class: samples are compared by another rule. */
  readonly otherRegistry: string;
  /** Starts a workflow. The next one starts on another machine, without a cache. */
  start(workflow: string): Promise<RunningAct>;
}

/** @param cleanup when the tests share it, that of the file */
export async function makeArithmetic(cleanup: Cleanup): Promise<Arithmetic> {
  const directory = temporaryDirectory(cleanup);
  const model = await startModelApi({
    dialect: {
      basePath: '/v1',
      respond: (request) => {
        const knowledge = request.model === models.worse ? fewer : all;
        return answerTo(request, { knowledge, rightShare: 1, catalog: {} });
      },
    },
  });
  cleanup.onTestFinished(() => model.close());
  const repository = join(directory, 'repository');
  await makeRepository(repository);
  writeSet(join(repository, 'evals-registry'));
  writeSet(join(repository, 'other-registry'), 'evals.elsuite.basic.includes:Includes');
  const programs = join(directory, 'programs');
  let machines = 0;
  return {
    model,
    python: await evalsPython(),
    repository,
    directory,
    programs,
    otherRegistry: 'other-registry',
    start: async (workflow) => {
      machines += 1;
      const act = await startAct({
        directory: join(directory, `machine-${machines}`),
        repository,
        workflow,
        path: [programs],
        runId: String(1000 + machines),
        env: { OPENAI_BASE_URL: model.url },
        secrets: { OPENAI_API_KEY: 'key-of-the-test' },
      });
      cleanup.onTestFinished(() => act.stop());
      return act;
    },
  };
}

function writeSet(registry: string, className?: string): void {
  const evals = Object.keys(SAMPLES).map((name) => ({
    name,
    className,
    samples: tasks.filter((task) => task.name === name).map(({ input, ideal }) => ({ input, ideal })),
  }));
  writeRegistry(registry, ARITHMETIC.name, evals);
}

export interface WorkflowStep {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

/** Inputs that make the action run this eval set, and start fresh for each `stateDirectory`. */
export function setInputs({ python }: Arithmetic, stateDirectory: string): Readonly<Record<string, string>> {
  return {
    'eval-set': ARITHMETIC.name,
    'registry-path': 'evals-registry',
    python,
    'state-directory': stateDirectory,
    'parallel-evals': '1',
  };
}

/**
 * A workflow with one job, in which a step that fails does not keep the next ones from running. Its last step writes what later
 * steps see of the others, as `stepsOf` reads it.
 */
export function workflowOf(steps: readonly WorkflowStep[], stepsFile: string): string {
  return stringify({
    name: 'evals',
    on: 'push',
    jobs: {
      evals: {
        'runs-on': 'ubuntu-latest',
        steps: [
          { uses: 'actions/checkout@v6' },
          ...steps.map((step) => ({ ...step, 'continue-on-error': true })),
          {
            if: 'always()',
            env: { STEPS: '${{ toJSON(steps) }}' },
            run: `printf '%s' "$STEPS" > ${stepsFile}`,
          },
        ],
      },
    },
  });
}

export interface StepContext {
  readonly outcome: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
}

/** The context `steps` of a workflow, by the id of the step. */
export function stepsOf(json: string): Readonly<Record<string, StepContext>> {
  return parse(json) as Readonly<Record<string, StepContext>>;
}
