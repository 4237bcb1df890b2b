import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type ActOptions,
  type ActResult,
  makeRepository,
  type RunningAct,
  removeDirectory,
  startAct,
} from '../helpers/act.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { knowledgeFrom } from '../stand-ins/knowledge.ts';
import { type ModelApi, startModelApi } from '../stand-ins/model-api.ts';

/** The eval set of these tests, part of evals itself: four evals of three samples, one request each. */
export const evalSet = { model: 'gpt-4', name: 'test-basic', evals: 4, requestsPerEval: 3 } as const;

/** The outputs that a later step of the workflow prints, by name. */
export type Outputs = Readonly<Record<string, string>>;

export interface Attempt {
  readonly runId?: string;
  readonly runAttempt?: number;
  /** Further lines under `with:`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Another workflow than that of the scenario, started by hand with these inputs. */
  readonly workflow?: { readonly text: string; readonly inputs: Readonly<Record<string, string>> };
}

/** A repository with a workflow that runs the action, a model API, and a cache service that outlives machines. */
export interface Scenario {
  readonly model: ModelApi;
  readonly python: string;
  /** Programs in here are found by steps before those of this machine. */
  readonly programs: string;
  readonly stateDirectory: string;
  start(attempt?: Attempt): Promise<RunningAct>;
  run(attempt?: Attempt): Promise<ActResult>;
  /** Evals that the progress file names right now. */
  completedEvals(): string[];
  /** What a job on another machine would not find. */
  removeStateDirectory(): Promise<void>;
}

/** All of it goes away when the test ends. */
export async function makeScenario(): Promise<Scenario> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'e2e-')));
  onTestFinished(() => removeDirectory(root));
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

/** What the workflow's last step printed of the action's outputs. */
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
  'total',
  'completed',
  'fresh',
  'reused',
  'failed',
  'pending',
  'restored-key',
  'saved-key',
];

function workflowWith(python: string, inputs: Readonly<Record<string, string>>): string {
  const all = {
    model: evalSet.model,
    'eval-set': evalSet.name,
    python,
    // One at a time: the scenarios say what was interrupted.
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
      - id: outputs
        if: always()
        run: |
${printed.map((name) => `          echo "output ${name}=\${{ steps.evals.outputs.${name} }}"`).join('\n')}
`;
}
