import { actionVersion } from '../action-root.ts';
import { type Decision, reportedDecision } from '../model/decision.ts';
import type { RunEstimate } from '../model/estimate.ts';
import { sortedLines } from '../model/model-map.ts';
import type { Plan } from '../model/plan.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { isWhole } from '../model/shard.ts';
import { planDigest } from '../plan/plan-digest.ts';
import type { RunContext } from './context.ts';
import { priceFacts } from './prices.ts';
import type { Step } from './step.ts';

export interface PlannedFacts {
  readonly plan: Plan;
  readonly decisions: readonly Decision[];
  /** Of the evals that run. */
  readonly estimate: RunEstimate;
}

/** What this run is, for its reports. */
export async function runFacts(step: Step, { plan, decisions, estimate }: PlannedFacts): Promise<RunFacts> {
  const { inputs, context, beganAt } = step;
  const bare = bareFacts(context, new Date(beganAt));
  return {
    ...bare,
    versions: { ...bare.versions, evals: plan.evalsVersion, python: plan.pythonVersion ?? null },
    judgeModel: inputs.judgeModel || null,
    modelMap: Object.fromEntries(sortedLines(inputs.modelMap)),
    args: inputs.args,
    ...(isWhole(inputs.shard) ? {} : { shard: { ...inputs.shard, plan: planDigest(plan) } }),
    prices: await priceFacts(step),
    ...(estimate.evals > 0 ? { estimate } : {}),
    decisions: Object.fromEntries(decisions.map((each) => [each.eval.key, reportedDecision(each)])),
  };
}

/** What is known of a run without its plan. */
export function bareFacts(context: RunContext, started = new Date()): RunFacts {
  const { repository, runId: id, runAttempt: attempt, sha, ref, workflow, job } = context;
  return {
    version: 1,
    run: { repository, id, attempt, sha, ref, workflow, job, started: started.toISOString() },
    versions: { action: actionVersion(), evals: '', python: null },
    judgeModel: null,
    modelMap: {},
    args: [],
    decisions: {},
  };
}
