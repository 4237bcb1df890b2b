import { commandId } from '../model/command.ts';
import type { Plan, PlannedEval, SavedPlan } from '../model/plan.ts';
import { abortable } from '../process/abort.ts';
import { recordedCommand } from './command.ts';
import { FileHashes } from './file-hashes.ts';
import { makePlan, recallPlan } from './make-plan.ts';
import { type PlanKeyRequest, planKey } from './plan-key.ts';
import type { Planner } from './planner.ts';
import type { RegistryRequest } from './read-registry-plan.ts';

/** What a plan needs of the Python environment, see src/environment/installation.ts. */
export interface PlanInstallation {
  environment(): Promise<{ readonly lockedRoots: readonly string[]; readonly isComplete: boolean }>;
  add(modules: readonly string[]): Promise<boolean>;
}

export interface PlanSetRequest extends PlanKeyRequest {
  /** The plan of an earlier run. */
  readonly saved: SavedPlan | undefined;
  /** Used only when the saved plan cannot be recalled. */
  readonly planner: Planner;
  /** Finds the interpreter, or installs evals. Called only when the saved plan cannot be recalled. */
  readonly installation: PlanInstallation;
  readonly temporaryDirectory: string;
  /** Aborted when the job is cancelled. The action then does not wait for Python. */
  readonly signal: AbortSignal;
}

/**
 * What the eval set means today: the saved plan when nothing that it depends on has changed, and otherwise a new plan.
 * @throws ActionError PLAN_INVALID or PLAN_FAILED, the errors of `environment`, and the reason of the signal
 */
export async function planSet(request: PlanSetRequest): Promise<Plan> {
  const { saved, installation, signal, modelMap, env } = request;
  const key = await planKey(request);
  const hashes = new FileHashes();
  return await abortable(signal, async () => {
    const recalled = await recallPlan(saved, key, hashes, signal);
    // What is run comes from the commands, and others may have written the saved plan.
    if (recalled?.evals.every((planned) => isCommandOf(request, planned))) return recalled;
    signal.throwIfAborted();
    const { isComplete } = await installation.environment();
    const addPackages = isComplete ? undefined : (modules: readonly string[]) => installation.add(modules);
    return await makePlan({
      registryRequest: { ...registryRequest(request), ...(addPackages ? { addPackages } : {}) },
      modelMap,
      env,
      hashes,
      key,
      lockedRoots: async () => (await installation.environment()).lockedRoots,
    });
  });
}

function isCommandOf(request: PlanSetRequest, planned: PlannedEval): boolean {
  return commandId(planned.command) === commandId(recordedCommand(request, planned));
}

function registryRequest(request: PlanSetRequest): RegistryRequest {
  const { planner, model, judgeModel, evalSet, include, exclude, args, registryPaths } = request;
  const { temporaryDirectory, chatFallback, sharesRegistry } = request;
  const set = { model, judgeModel, evalSet, include, exclude, args, registryPaths };
  return { ...set, planner, temporaryDirectory, chatFallback, sharesRegistry };
}
