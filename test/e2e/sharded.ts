/** A workflow that runs an eval set of evals in shards, the API that its shards use, and one machine on which all jobs run. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { parseResults } from '../../src/artifact/results-file.ts';
import type { Results } from '../../src/model/results.ts';
import { type RunningAct, startAct } from '../helpers/act.ts';
import { makeRepository } from '../helpers/act-repository.ts';
import { countingPython } from '../helpers/counting-python.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { field, parseJson } from '../stand-ins/json-fields.ts';
import { type ModelApi, startModelApi } from '../stand-ins/model-api.ts';
import type { ModelRequest } from '../stand-ins/model-request.ts';
import { printOutputs } from './scenario.ts';

export const MODEL = 'gpt-4';

export interface ShardedSet {
  readonly name: string;
  readonly args: string;
}

export interface ShardedRun {
  readonly shards: number;
  readonly runId: string;
  readonly runAttempt?: number;
  /** The jobs of the matrix that run, as in a re-run of failed jobs. By default all. */
  readonly only?: readonly number[];
  /** The shards whose job fails before the step of the action. */
  readonly broken?: readonly number[];
}

export interface Sharded {
  readonly model: ModelApi;
  /** How many times Python was started. */
  pythonStarts(): number;
  /** The path of a file of the state of a shard, such as `2/3`, or of the merged one. */
  path(name: string, shard?: string): string;
  /** The results that the last merge wrote. */
  results(): Results;
  start(run: ShardedRun): Promise<RunningAct>;
  /** Makes the next jobs start like those on other machines. */
  removeStateDirectory(): Promise<void>;
}

/** Makes what is removed when the test ends. */
export async function makeSharded(set: ShardedSet): Promise<Sharded> {
  const root = temporaryDirectory();
  const model = await startModelApi();
  onTestFinished(() => model.close());
  const { python, starts } = countingPython(root, await evalsPython());
  const repository = join(root, 'repository');
  await makeRepository(repository);
  const [stateDirectory, reportDirectory] = [join(root, 'state'), join(root, 'report')];
  return {
    model,
    pythonStarts: starts,
    path: (name, shard) => {
      const base = shard === undefined ? '' : `shard-${shard.replace('/', '-of-')}`;
      return join(stateDirectory, base, `${MODEL}.${set.name}.${name}`);
    },
    results: () => {
      const parsed = parseResults(readFileSync(join(reportDirectory, 'results.json'), 'utf8'));
      if ('problem' in parsed) throw new Error(parsed.problem);
      return parsed.results;
    },
    start: async ({ shards, only = [], broken = [], ...run }) => {
      const act = await startAct({
        ...run,
        directory: join(root, 'machine'),
        repository,
        workflow: workflowOf({
          set,
          shards,
          broken,
          python,
          stateDirectory,
          reportDirectory,
          directory: repository,
        }),
        matrix: only.map((shard) => `shard:${shard}`),
        env: { OPENAI_BASE_URL: model.url },
        secrets: { OPENAI_API_KEY: 'key-of-shard' },
      });
      onTestFinished(() => act.stop());
      return act;
    },
    removeStateDirectory: () => rm(stateDirectory, { recursive: true, force: true }),
  };
}

/** The number of the shard that sent a request. */
export function shardOf({ headers }: ModelRequest): number {
  const [, shard = ''] = /^Bearer key-of-shard-(\d+)$/.exec(headers.authorization ?? '') ?? [];
  return Number(shard);
}

interface WorkflowOptions {
  readonly set: ShardedSet;
  readonly shards: number;
  readonly broken: readonly number[];
  readonly python: string;
  readonly stateDirectory: string;
  /** Of the merge. */
  readonly reportDirectory: string;
  /**
   * Where the evals run. A hosted runner has all checkouts at one path, and act has each at another, which would make another
   * plan.
   */
  readonly directory: string;
}

function workflowOf(options: WorkflowOptions): string {
  const { set, shards, broken, python, stateDirectory, reportDirectory, directory } = options;
  const inputs = {
    model: MODEL,
    'eval-set': set.name,
    args: set.args,
    'working-directory': directory,
    'state-directory': stateDirectory,
  };
  const brokenShards = broken.map((shard) => `matrix.shard == ${shard}`).join(' || ');
  return stringify({
    name: 'evals',
    on: 'push',
    permissions: {},
    jobs: {
      evals: {
        'runs-on': 'ubuntu-latest',
        strategy: {
          'fail-fast': false,
          matrix: { shard: Array.from({ length: shards }, (_, at) => at + 1) },
        },
        steps: [
          { uses: 'actions/checkout@v7' },
          { if: `\${{ ${brokenShards || 'false'} }}`, run: 'exit 1' },
          {
            id: 'evals',
            uses: './',
            // The API sees by the key which shard sends a request.
            env: { OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}-${{ matrix.shard }}' },
            // With two evals at a time, a test knows how many of them a kill interrupts.
            with: { ...inputs, shard: `\${{ matrix.shard }}/${shards}`, python, 'parallel-evals': '2' },
          },
          printOutputs('evals'),
        ],
      },
      merge: {
        needs: ['evals'],
        if: '${{ !cancelled() }}',
        'runs-on': 'ubuntu-latest',
        steps: [
          { uses: 'actions/checkout@v7' },
          {
            id: 'merge',
            uses: './merge',
            with: { ...inputs, shards: String(shards), 'report-directory': reportDirectory },
          },
          printOutputs('merge'),
        ],
      },
    },
  });
}

/** Tells the eval of a request by its prompt: no two evals of the set have one in common. */
export type EvalOf = (request: ModelRequest) => string;

/**
 * Reads the data of evals below a directory of evals' registry, each file of which belongs to one eval.
 * @param data such as `raven-matrices`
 * @returns the path of the file that has the prompt of a request
 */
export async function evalsByPrompt(data: string): Promise<EvalOf> {
  const directory = join(await registryOfEvals(), 'data', data);
  const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.jsonl'));
  const byPrompt = new Map<string, string>();
  for (const name of names) {
    for await (const line of createInterface({ input: createReadStream(join(directory, name)) }))
      byPrompt.set(hashOf(field(parseJson(line), 'input')), name);
  }
  return ({ body }) => {
    const name = byPrompt.get(hashOf(field(body, 'messages')));
    if (name === undefined) throw new Error(`No eval has the prompt of ${JSON.stringify(body)}.`);
    return name;
  };
}

async function registryOfEvals(): Promise<string> {
  const print = 'import importlib.util as u; print(u.find_spec("evals").submodule_search_locations[0])';
  const text = execFileSync(await evalsPython(), ['-c', print], { encoding: 'utf8' });
  return join(text.trim(), 'registry');
}

function hashOf(messages: unknown): string {
  return createHash('sha256').update(JSON.stringify(messages)).digest('base64');
}
