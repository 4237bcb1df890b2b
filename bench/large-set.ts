/** A set of as many evals as a benchmark wants: its plan, made from what Python would respond, and its completion records. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompletionRecord } from '../src/model/completion-record.ts';
import { noModelMap } from '../src/model/model-map.ts';
import type { Plan, PlannedEval } from '../src/model/plan.ts';
import { FileHashes } from '../src/plan/file-hashes.ts';
import { makePlan } from '../src/plan/make-plan.ts';

export const MODEL = 'gpt-4';
export const EVAL_SET = 'bench';
export const owner = { repository: 'o/r', cacheKey: '', model: MODEL, evalSet: EVAL_SET };

const responseFile = (root: string): string => join(root, 'response.json');

/** Writes the data files of a set with this many evals, and the response of Python about it. */
export function writeResponse(root: string, count: number): void {
  mkdirSync(join(root, 'data'));
  const paths = Array.from({ length: count }, (_, index) => join(root, 'data', `${index}.jsonl`));
  for (const [index, path] of paths.entries()) writeFileSync(path, `{"input": "${index}", "ideal": "x"}\n`);
  writeFileSync(responseFile(root), pythonResponse(root, paths));
}

/** Makes the plan from the response of Python that `writeResponse` wrote. */
export function planFromResponse(root: string, subject: unknown): Promise<Plan> {
  return makePlan({
    modelMap: noModelMap,
    registryRequest: {
      planner: {
        async plan(_requestFile, planFile) {
          cpSync(responseFile(root), planFile);
          return undefined;
        },
      },
      model: MODEL,
      judgeModel: '',
      evalSet: EVAL_SET,
      include: [],
      exclude: [],
      args: ['--max_samples', '100'],
      registryPaths: [],
      chatFallback: true,
      sharesRegistry: true,
      temporaryDirectory: root,
    },
    env: {},
    hashes: new FileHashes(),
    key: subject,
    lockedRoots: async () => [],
  });
}

export function recordOf(
  { key, command, fingerprint, samples }: PlannedEval,
  index: number,
): CompletionRecord {
  const started = 1_700_000_000_000 + index * 1000;
  return {
    version: 1,
    eval: key,
    argv: [...command],
    fingerprint: fingerprint.value,
    parts: fingerprint.parts,
    written: [],
    metrics: { accuracy: 0.5, boostrap_std: 0.01, usage_prompt_tokens: 1000, usage_total_tokens: 1100 },
    samples,
    tokens: { prompt: 1000, completion: 100, total: 1100, cached: 0, reasoning: 0 },
    requests: { sent: 100, replayed: 0 },
    adaptations: [],
    run: { repository: owner.repository, id: '1000', attempt: 1 },
    started: new Date(started).toISOString(),
    ended: new Date(started + 1 + ((index * 7919) % 10_007)).toISOString(),
  };
}

/** The response of the Python program to a request for the plan of a set with one eval per file. */
export function pythonResponse(root: string, paths: readonly string[]): string {
  const evals = paths.map((path, index) => ({
    key: `bench-${index}.dev.v0`,
    base: `bench-${index}`,
    spec: { cls: 'evals.elsuite.basic.match:Match', args: { samples_jsonl: `bench/${index}.jsonl` } },
    metrics: ['accuracy'],
    higher_is_better: true,
    model_graded: false,
    modelgraded: [],
    sources: [],
    packages: [{ name: 'bench', version: '1.0' }],
    code: null,
    may_write: false,
    solvers: [],
    solver_data: [],
    data: [{ name: 'samples', path, label: `bench/${index}.jsonl`, root: path }],
    remote: [],
    samples: 100,
    demand: null,
  }));
  // evals looks for each data file in the working directory before it looks in the registry.
  const absent = paths.flatMap((_, index) =>
    ['work', 'data'].map((name) => join(root, name, `absent-${index}`)),
  );
  return JSON.stringify({
    version: 1,
    python_version: '3.11.0',
    evals_version: '3.0.1',
    evals_revision: '',
    evals_location: '',
    registry_paths: [],
    arguments: { max_samples: null, seed: 20220722, extra_eval_params: {}, completion_args: {} },
    completion_fns: [],
    judge: null,
    evals,
    left_out: [],
    code: [],
    dependencies: { files: paths, directories: [], missing: absent },
    missing_imports: [],
    problems: [],
    warnings: [],
  });
}
