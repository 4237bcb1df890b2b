import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ActOptions, type RunningAct, startAct } from '../helpers/act.ts';
import type { ActResult } from '../helpers/act-log.ts';
import { makeRepository } from '../helpers/act-repository.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { knowledgeFrom } from '../stand-ins/knowledge.ts';
import { type ModelApi, startModelApi } from '../stand-ins/model-api.ts';

/** The eval set of these tests, which is part of evals: four evals of three samples, with one request for each sample. */
export const evalSet = { model: 'gpt-4', name: 'test-basic', evals: 4, requestsPerEval: 3 } as const;

/** The outputs of the action that the last step of the workflow prints, by name. */
export type Outputs = Readonly<Record<string, string>>;

export interface Attempt {
  readonly runId?: string;
  readonly runAttempt?: number;
  /** Further lines under `with:`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Runs this workflow instead of that of the scenario, with these inputs. */
  readonly workflow?: { readonly text: string; readonly inputs: Readonly<Record<string, string>> };
}

/** A repository with a workflow that runs the action, a model API, and a cache service that outlives machines. */
export interface Scenario {
  readonly model: ModelApi;
  readonly python: string;
  /** A directory that comes first in the PATH of every step. */
  readonly programs: string;
  readonly stateDirectory: string;
  start(attempt?: Attempt): Promise<RunningAct>;
  run(attempt?: Attempt): Promise<ActResult>;
  /** The evals in the progress file. */
  completedEvals(): string[];
  /** Makes the next job start like one on another machine. */
  removeStateDirectory(): Promise<void>;
}

/** Makes a scenario that is removed when the test ends. */
export async function makeScenario(): Promise<Scenario> {
  const root = temporaryDirectory();
  const knowledge = await knowledgeFrom(join(import.meta.dirname, '../fixtures/model-api/test-basic.jsonl'));
  const model = await startModelApi({ knowledge });
  onTestFinished(() => model.close());

  const python = await evalsPython();
  const repository = join(root, 'repository');
  await makeRepository(repository);
  const stateDirectory = join(root, 'state');
  const progressFile = join(stateDirectory, `${evalSet.model}.${evalSet.name}.progress.txt`);
  let machines = 0;

  const programs = join(root, 'programs');

  const start = async ({ inputs = {}, workflow, ...attempt }: Attempt = {}): Promise<RunningAct> => {
    machines += 1;
    const options: ActOptions = {
      ...attempt,
      directory: join(root, `machine-${machines}`),
      cacheDirectory: join(root, 'actions-cache'),
      repository,
      workflow: workflow?.text ?? workflowWith(python, { 'state-directory': stateDirectory, ...inputs }),
      ...(workflow ? { dispatch: workflow.inputs } : {}),
      path: [programs],
      env: { OPENAI_BASE_URL: model.url },
      secrets: { OPENAI_API_KEY: 'key-of-the-test' },
    };
    const act = await startAct(options);
    onTestFinished(() => act.stop());
    return act;
  };

  return {
    model,
    python,
    programs,
    stateDirectory,
    start,
    run: async (attempt) => (await start(attempt)).finished,
    completedEvals: () => {
      if (!existsSync(progressFile)) return [];
      const lines = readFileSync(progressFile, 'utf8').trimEnd().split('\n');
      return lines.filter((line) => line !== '').map((line) => String((JSON.parse(line) as unknown[])[2]));
    },
    removeStateDirectory: () => rm(stateDirectory, { recursive: true, force: true }),
  };
}

/** The outputs of the action that the last step of the workflow printed. */
export function outputsOf(result: ActResult): Outputs {
  return Object.fromEntries(
    result
      .outputOf('outputs')
      .map((line) => /^output (\S+)=(.*)$/.exec(line))
      .flatMap((match) => (match ? [[match[1] ?? '', match[2] ?? '']] : [])),
  );
}

const printed = [
  'complete',
  'verdict',
  'total',
  'completed',
  'fresh',
  'reused',
  'failed',
  'pending',
  'requests-sent',
  'requests-replayed',
  'cost',
  'restored-key',
  'saved-key',
];

/** The step that prints the outputs of another one for `outputsOf`. */
export function printOutputs(step: string): {
  readonly id: string;
  readonly if: string;
  readonly run: string;
} {
  const lines = printed.map((name) => `echo "output ${name}=\${{ steps.${step}.outputs.${name} }}"`);
  return { id: 'outputs', if: 'always()', run: lines.join('\n') };
}

function workflowWith(python: string, inputs: Readonly<Record<string, string>>): string {
  const all = {
    model: evalSet.model,
    'eval-set': evalSet.name,
    python,
    // With one eval at a time, a scenario knows which eval it interrupts.
    'parallel-evals': '1',
    ...inputs,
  };
  return `
name: evals
on: push
permissions: {}
jobs:
  evals:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v7
      - id: evals
        uses: ./
        env:
          OPENAI_API_KEY: \${{ secrets.OPENAI_API_KEY }}
        with:
${Object.entries(all)
  .map(([name, value]) => `          ${name}: ${JSON.stringify(value)}`)
  .join('\n')}
      - id: on-failure
        if: failure()
        run: echo "the failure step runs"
      - ${JSON.stringify(printOutputs('evals'))}
`;
}
