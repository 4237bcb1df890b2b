import type { CompletionRecord } from './completion-record.ts';
import type { PlannedEval } from './plan.ts';

/** How one eval of the plan stands at the end of a run. */
export type Outcome =
  | { readonly status: 'fresh'; readonly eval: PlannedEval; readonly record: CompletionRecord }
  /** Completed by an earlier run. Without a record plain `oaievalset` completed it: no results recorded. */
  | { readonly status: 'reused'; readonly eval: PlannedEval; readonly record: CompletionRecord | undefined }
  | {
      readonly status: 'failed';
      readonly eval: PlannedEval;
      readonly reason: string;
      /** The end of what it printed, at most 30 lines. */
      readonly lastLines: readonly string[];
    }
  | { readonly status: 'pending'; readonly eval: PlannedEval; readonly reason: string };
