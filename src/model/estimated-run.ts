/** What each eval of a run is likely to take: docs/estimates.md. */
import type { Decision } from './decision.ts';
import type { EvalEstimate, RunEstimate } from './estimate.ts';

/** One eval that runs. Undefined: nothing is known of what it takes. */
export interface EstimatedEval {
  readonly decision: Extract<Decision, { kind: 'run' }>;
  readonly estimate: EvalEstimate | undefined;
}

export interface EstimatedRun {
  /** In the order of the set. */
  readonly evals: readonly EstimatedEval[];
  readonly total: RunEstimate;
}
