/** Says in the log, before anything runs, what runs and why. */
import { actionVersion } from '../action-root.ts';
import type { EstimateRequest } from '../estimate/estimate-run.ts';
import type { Log } from '../log.ts';
import type { Decision } from '../model/decision.ts';
import type { RunEstimate } from '../model/estimate.ts';
import type { Plan } from '../model/plan.ts';
import { shardOf } from '../plan/assign-shards.ts';
import { announceJudge } from '../report/announce-judge.ts';
import { describePlan, describeVersions } from '../report/describe-start.ts';
import { describeEstimate } from '../report/estimate-text.ts';
import { type RecordedRequest, recordedResponses } from '../run/recorded-responses.ts';
import { runIdentity } from './context.ts';
import { baselineFault } from './input/gate.ts';
import type { Step } from './step.ts';

/** Says why nothing will be compared with the baseline, while a job can still be stopped. */
export function announceBaseline({ inputs }: Step, log: Log): void {
  if (inputs.planOnly) return;
  const { baseline } = inputs.gate;
  const fault = baseline && baselineFault(baseline);
  if (fault) {
    const { path, problem, next } = fault;
    log.warning(
      `The baseline ${path} cannot be used, so nothing is compared with it: ${problem}. ${next}`,
      'Baseline',
    );
  } else if (baseline?.kind === 'usable' && baseline.samplesProblem !== undefined)
    log.warning(
      `The samples.jsonl beside the baseline ${baseline.source.path} cannot be used, so samples are not paired: ${baseline.samplesProblem}.`,
      'Baseline',
    );
}

/** What takes part, and what is unusual about the set. */
export function announceSet({ inputs }: Step, plan: Plan, log: Log): void {
  log.info(describeVersions({ action: actionVersion(), engine: inputs.engine, plan }));
  announceJudge(plan.evals, inputs.judgeModel, log);
  for (const warning of plan.warnings) log.warning(warning, 'Eval set');
}

export interface AnnouncedRun extends Pick<RecordedRequest, 'journals'> {
  readonly plan: Plan;
  /** Keys of the evals that other shards have. */
  readonly elsewhere: readonly string[];
  readonly decisions: readonly Decision[];
  readonly hasKept: EstimateRequest['hasKept'];
  /** Of the evals that run. */
  readonly estimate: RunEstimate;
}

/** Which evals are reused, which run, and why. */
export function announceRun({ inputs, context }: Step, run: AnnouncedRun, log: Log): void {
  const { decisions, elsewhere, journals, hasKept, plan, estimate } = run;
  const { evalSet, shard, sampleResume } = inputs;
  const { repository } = context;
  const recorded = recordedResponses(decisions, { journals, repository, sampleResume });
  const ofShard = shardOf(shard, elsewhere);
  const planned = {
    evalSet,
    ...ofShard,
    decisions,
    leftOut: plan.leftOut,
    recorded,
    kept: decisions.filter(({ kind, eval: planned }) => kind === 'run' && hasKept(planned)).length,
    run: runIdentity(context),
  };
  for (const line of describePlan(planned)) log.info(line);
  // A step with plan-only ends with it.
  if (estimate.evals > 0 && !inputs.planOnly) log.info(describeEstimate(estimate));
}
