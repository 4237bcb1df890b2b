/** A step with plan-only: says what would run and what it is likely to take, and ends. It writes no report and saves nothing. */
import type { Log } from '../log.ts';
import type { EstimatedRun } from '../model/estimated-run.ts';
import { planLines, planSummary } from '../report/plan-only.ts';
import { writeJobSummary } from './job-summary.ts';
import { estimateOutputs, setOutputs } from './publish.ts';
import type { Step } from './step.ts';

export interface PlannedStep {
  readonly estimated: EstimatedRun;
  /** Evals of the plan; of a shard, those that it has. */
  readonly total: number;
  readonly leftOut: number;
  readonly places: {
    readonly restoredKey: string;
    readonly progressFile: string;
    readonly logsDirectory: string;
  };
}

export async function reportPlan({ inputs }: Step, planned: PlannedStep, log: Log): Promise<void> {
  const { estimated, total, leftOut, places } = planned;
  const toRun = estimated.evals.length;
  const reused = String(total - toRun);
  setOutputs(
    {
      complete: String(toRun === 0),
      // Nothing is judged. A condition such as `verdict == 'passed'` must not hold.
      verdict: '',
      total: String(total),
      completed: reused,
      fresh: '0',
      reused,
      failed: '0',
      pending: String(toRun),
      'left-out': String(leftOut),
      'requests-sent': '0',
      'requests-replayed': '0',
      'total-tokens': '0',
      ...estimateOutputs(estimated.total),
      'restored-key': places.restoredKey,
      'saved-key': '',
      'progress-file': places.progressFile,
      'logs-directory': places.logsDirectory,
    },
    log,
  );
  const { model, evalSet } = inputs;
  const report = { model, evalSet, total, estimated, notes: ignoredInputs(inputs) };
  for (const line of planLines(report)) log.info(line);
  await writeJobSummary(() => planSummary(report), 'The plan is in the log and the outputs.', log);
}

function ignoredInputs({ gate, report }: Step['inputs']): string[] {
  const ignored = [
    ...(gate.rules.length > 0 ? ['thresholds'] : []),
    ...(gate.baseline ? ['baseline'] : []),
    ...(report.comment.isExplicit ? ['comment'] : []),
  ];
  if (ignored.length === 0) return [];
  return [
    `There are no results, so plan-only does not use the input${ignored.length > 1 ? 's' : ''} ${ignored.join(', ')}.`,
  ];
}
