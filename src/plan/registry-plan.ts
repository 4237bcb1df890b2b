/** Asks Python what the eval set means today. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { oneLine } from '../text.ts';
import { planFailed, planInvalid } from './plan-problems.ts';
import type { Planner } from './planner.ts';
import { parseRegistryPlan, type RegistryPlan } from './registry-answer.ts';

export interface PlanRequest {
  /** Runs src/python/oaievalset_action/plan.py. */
  readonly planner: Planner;
  readonly model: string;
  readonly evalSet: string;
  /** Further `oaieval` arguments, as words. */
  readonly args: readonly string[];
  /** As `--registry_path`; relative ones are below the working directory. */
  readonly registryPaths: readonly string[];
  /** Whether models that evals does not know are used through the chat API, see chat_fallback.py. */
  readonly chatFallback: boolean;
  /** Whether evals run with the registry as it is read here, so that what the set does not use need not be right. */
  readonly sharesRegistry: boolean;
  /** Exists; what is put there is removed again. */
  readonly temporaryDirectory: string;
}

/**
 * Asks evals' own Registry, through src/python/oaievalset_action/plan.py, what the eval set means today. Sends no request to the API.
 *
 * @throws ActionError PLAN_INVALID, naming everything that is wrong with the set; PLAN_FAILED when there is no answer.
 */
export async function readRegistryPlan(request: PlanRequest): Promise<RegistryPlan> {
  const directory = await mkdtemp(join(request.temporaryDirectory, 'registry-plan-'));
  try {
    const plan = parseRegistryPlan(await askRegistry(request, directory));
    if (plan.problems.length > 0) throw planInvalid(request.evalSet, plan.problems);
    return plan;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function askRegistry(request: PlanRequest, directory: string): Promise<string> {
  const question = join(directory, 'request.json');
  const answer = join(directory, 'plan.json');
  const { planner, model, evalSet, args, registryPaths, chatFallback, sharesRegistry } = request;
  await writeFile(
    question,
    JSON.stringify({
      model,
      eval_set: evalSet,
      args,
      registry_paths: registryPaths,
      chat_fallback: chatFallback,
      shares_registry: sharesRegistry,
    }),
  );
  const failure = await planner.plan(question, answer);
  if (failure) throw planFailed(`${oneLine(failure.why)}${lastLines(failure.printed)}`, failure.cause);
  try {
    return await readFile(answer, 'utf8');
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
