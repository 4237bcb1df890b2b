/** Says in the log, before anything runs, what runs and why. */
import { actionVersion } from '../action-root.ts';
import type { Log } from '../log.ts';
import type { Decision } from '../model/decision.ts';
import type { Plan } from '../model/plan.ts';
import { announceJudge } from '../report/announce-judge.ts';
import { describePlan, describeVersions } from '../report/describe-start.ts';
import { type RecordedRequest, recordedResponses } from '../run/recorded-responses.ts';
import { runIdentity } from './context.ts';
import type { Step } from './step.ts';

/** What takes part, and what is unusual about the set. */
export function announceSet({ inputs }: Step, plan: Plan, log: Log): void {
  log.info(describeVersions({ action: actionVersion(), engine: inputs.engine, plan }));
  announceJudge(plan.evals, inputs.judgeModel, log);
  for (const warning of plan.warnings) log.warning(warning, 'Eval set');
}

export interface AnnouncedRun extends Pick<RecordedRequest, 'journals'> {
  readonly plan: Plan;
  readonly decisions: readonly Decision[];
}

/** Which evals are reused, which run, and why. */
export function announceRun({ inputs, context }: Step, run: AnnouncedRun, log: Log): void {
  const { decisions, journals, plan } = run;
  const { evalSet, sampleResume } = inputs;
  const { repository } = context;
  const recorded = recordedResponses(decisions, { journals, repository, sampleResume });
  const planned = { evalSet, decisions, leftOut: plan.leftOut, recorded, run: runIdentity(context) };
  for (const line of describePlan(planned)) log.info(line);
}
