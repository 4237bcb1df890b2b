import type { CompletionRecord } from './completion-record.ts';
import type { EvalFailure } from './eval-failure.ts';
import type { PlannedEval } from './plan.ts';
import type { EvalStatus } from './results.ts';

/** What an eval that is not completed leaves to the next run. */
interface Unfinished {
  /** Responses that the next run replays; missing when they were not counted. */
  readonly recorded?: number;
}

/** The status of one eval of the plan at the end of a run. */
export type Outcome =
  | { readonly status: 'fresh'; readonly eval: PlannedEval; readonly record: CompletionRecord }
  /** Completed by an earlier run; without a record if plain `oaievalset` completed it. */
  | { readonly status: 'reused'; readonly eval: PlannedEval; readonly record: CompletionRecord | undefined }
  | (Unfinished & {
      readonly status: 'failed';
      readonly eval: PlannedEval;
      readonly reason: string;
      /** The exception that ended it; undefined when none was printed. */
      readonly failure?: EvalFailure | undefined;
      /** The end of its output, at most 30 lines. */
      readonly lastLines: readonly string[];
    })
  | (Unfinished & { readonly status: 'pending'; readonly eval: PlannedEval; readonly reason: string });

/** Whether an eval has a result, of this run or of an earlier one. */
export function isCompleted({ status }: { readonly status: EvalStatus }): boolean {
  return status === 'fresh' || status === 'reused';
}

/** An outcome that an attempt of this run can have. */
export type AttemptOutcome = Exclude<Outcome, { status: 'reused' }>;
