/** Asks Python what the eval set means today. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { oneLine } from '../text.ts';
import { planFailed, planInvalid } from './plan-problems.ts';
import type { Planner } from './planner.ts';
import { parseRegistryPlan, type RegistryPlan } from './registry-plan.ts';
import type { SetRequest } from './set-request.ts';

/** Installs packages that have these modules. @returns whether the planner has another environment now */
export type AddPackages = (modules: readonly string[]) => Promise<boolean>;

export interface RegistryRequest extends SetRequest {
  /** Runs src/python/oaievalset_action/plan.py. */
  readonly planner: Planner;
  /** Installs packages for imports that Python does not have. Absent when none can be installed. */
  readonly addPackages?: AddPackages;
  /** An existing directory. Everything that is put there is removed again. */
  readonly temporaryDirectory: string;
}

/**
 * Reads what the eval set means today with evals' own Registry. No request is sent to the API.
 *
 * @throws ActionError PLAN_INVALID with all problems of the set, or PLAN_FAILED when Python returns no plan.
 */
export async function readRegistryPlan(request: RegistryRequest): Promise<RegistryPlan> {
  const directory = await mkdtemp(join(request.temporaryDirectory, 'registry-plan-'));
  try {
    const makeOne = async () => parseRegistryPlan(await runPlanner(request, directory));
    let plan = await makeOne();
    while (await request.addPackages?.(plan.missingImports)) plan = await makeOne();
    if (plan.problems.length > 0) throw planInvalid(request.evalSet, plan.problems);
    return plan;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runPlanner(request: RegistryRequest, directory: string): Promise<string> {
  const requestFile = join(directory, 'request.json');
  const planFile = join(directory, 'plan.json');
  const { planner, model, judgeModel, evalSet, include, exclude, args, registryPaths, addPackages } = request;
  await writeFile(
    requestFile,
    JSON.stringify({
      model,
      judge_model: judgeModel,
      eval_set: evalSet,
      include,
      exclude,
      args,
      registry_paths: registryPaths,
      chat_fallback: request.chatFallback,
      shares_registry: request.sharesRegistry,
      finds_missing_imports: addPackages !== undefined,
    }),
  );
  const failure = await planner.plan(requestFile, planFile);
  if (failure) throw planFailed(`${oneLine(failure.why)}${lastLines(failure.printed)}`, failure.cause);
  try {
    return await readFile(planFile, 'utf8');
  } catch (error) {
    throw planFailed('Python returned no plan', error);
  }
}

const SHOWN_LINES = 12;

function lastLines(printed: string): string {
  const lines = printed.split(/[\r\n]+/).map((line) => oneLine(line));
  const last = lines.filter((line) => line !== '').slice(-SHOWN_LINES);
  return last.length === 0 ? ', and printed nothing' : `. It printed last:\n  ${last.join('\n  ')}`;
}
