import type { Plan, SavedPlan } from '../model/plan.ts';
import { abortable } from '../process/abort.ts';
import { FileHashes } from './file-hashes.ts';
import { makePlan, recallPlan } from './make-plan.ts';
import { type PlanKeyRequest, planKey } from './plan-key.ts';
import type { Planner } from './planner.ts';

export interface PlanSetRequest extends PlanKeyRequest {
  /** The plan of an earlier run. */
  readonly saved: SavedPlan | undefined;
  /** Asked only when no saved plan holds any more. */
  readonly planner: Planner;
  /** Finds the interpreter, or installs evals, when that is needed. */
  readonly environment: () => Promise<{ readonly lockedRoot: string | undefined }>;
  readonly temporaryDirectory: string;
  /** Aborted when the job is cancelled: then Python is not waited for. */
  readonly signal: AbortSignal;
}

/**
 * What the eval set means today: a saved plan when everything it was made from is as it was, else a new one.
 * @throws ActionError PLAN_INVALID, PLAN_FAILED, or that of a Python that cannot be used; and the reason of the signal
 */
export async function planSet(request: PlanSetRequest): Promise<Plan> {
  const { saved, environment, signal } = request;
  const subject = await planKey(request);
  const hashes = new FileHashes();
  return await abortable(signal, async () => {
    const recalled = await recallPlan(saved, subject, hashes, signal);
    if (recalled) return recalled;
    signal.throwIfAborted();
    const { lockedRoot } = await environment();
    return await makePlan({ ...request, subject, hashes, lockedRoot });
  });
}
