/** A project with its own registry and modules, of which tests make plans. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Plan, PlannedEval } from '../../src/model/plan.ts';
import { FileHashes } from '../../src/plan/file-hashes.ts';
import { makePlan, recallPlan } from '../../src/plan/make-plan.ts';
import { planKey } from '../../src/plan/plan-key.ts';
import { shortLivedPlanner } from '../../src/plan/planner.ts';
import { savedPlan } from '../../src/progress/saved-plan.ts';
import { ForkedPython } from './forked-python.ts';

export interface PlanProjectOptions {
  /** A directory that exists. */
  readonly root: string;
  /** An interpreter that is started for each plan, or one from which a process is forked for each plan. */
  readonly python: string | ForkedPython;
  /** Its PYTHONPATH. */
  readonly paths?: readonly string[];
  readonly model?: string;
  readonly judgeModel?: string;
  readonly evalSet?: string;
  readonly args?: readonly string[];
  readonly modelMap?: Readonly<Record<string, string>>;
  readonly sharesRegistry?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

export class PlanProject {
  readonly directory: string;
  readonly #options: PlanProjectOptions;

  constructor(options: PlanProjectOptions) {
    this.#options = options;
    this.directory = mkdtempSync(join(options.root, 'project-'));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, content: string | Buffer): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  writeAll(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  async plan(): Promise<Plan> {
    const request = this.#request();
    const { env, modelMap } = request;
    const { python } = this.#options;
    const cwd = this.directory;
    const planner =
      python instanceof ForkedPython ? python.planner({ cwd, env }) : shortLivedPlanner({ python, cwd, env });
    return await makePlan({
      registryRequest: { ...request, planner, temporaryDirectory: this.#options.root },
      modelMap,
      env,
      hashes: new FileHashes(),
      key: await planKey(request),
      lockedRoots: async () => [],
    });
  }

  async recall(plan: Plan): Promise<Plan | undefined> {
    const owner = { repository: 'o/r', cacheKey: '', model: 'dummy', evalSet: 'own' };
    return await recallPlan(savedPlan(plan, owner), await planKey(this.#request()), new FileHashes());
  }

  #request() {
    const {
      python,
      paths = ['modules'],
      model = 'dummy',
      judgeModel = '',
      modelMap = {},
      evalSet = 'own',
      args = [],
    } = this.#options;
    const { PYTHONPATH: _, OPENAI_BASE_URL: __, ...env } = process.env;
    return {
      model,
      judgeModel,
      modelMap: new Map(Object.entries(modelMap)),
      evalSet,
      include: [],
      exclude: [],
      args,
      registryPaths: [this.path('registry')],
      chatFallback: true,
      sharesRegistry: this.#options.sharesRegistry ?? true,
      python: python instanceof ForkedPython ? python.python : python,
      evalsVersion: '',
      extraPackages: [],
      workingDirectory: this.directory,
      env: {
        ...env,
        OPENAI_API_KEY: 'x',
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONPATH: paths.map((name) => this.path(name)).join(delimiter),
        ...this.#options.env,
      },
    };
  }
}

/** The names of the changed parts of each eval, by the name of the eval. Evals without a change are left out. */
export function changesBetween(before: Plan, after: Plan): Record<string, string[]> {
  const partsOf = new Map(before.evals.map((each) => [each.key, each.fingerprint.parts]));
  const changes = after.evals.map(({ name, key, fingerprint: { parts } }): [string, string[]] => {
    const then = partsOf.get(key) ?? {};
    const names = [...new Set([...Object.keys(then), ...Object.keys(parts)])].sort();
    return [name, names.filter((part) => then[part] !== parts[part])];
  });
  return Object.fromEntries(changes.filter(([, parts]) => parts.length > 0));
}

export function evalNamed(plan: Plan, name: string): PlannedEval {
  const found = plan.evals.find((each) => each.name === name);
  if (!found)
    throw new Error(`The plan has no eval ${name}, only ${plan.evals.map((each) => each.name).join(', ')}.`);
  return found;
}
