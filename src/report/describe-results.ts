/** What is done and what the next run uses, as sentences for the log, the error that ends the step, and notes. Pure. */
import { counted, isOrAre, wholeNumber } from '../model/format.ts';
import type { RecordedResponses } from '../model/recorded-responses.ts';
import type { EvalResult, Results } from '../model/results.ts';
import type { Verdict } from '../model/verdict.ts';

/** `0 of 8 evals are done; 60 responses of 3 unfinished evals are recorded and will be replayed.` */
export function describeKept({ totals, evals }: Results): string {
  const { completed, total } = totals.evals;
  const done = `${wholeNumber(completed)} of ${counted(total, 'eval')} ${isOrAre(total === 1 ? 1 : completed)} done`;
  const recorded = recordedOf(evals);
  const { responses } = recorded;
  if (responses > 0)
    return `${done}; ${counted(responses, 'response')} of ${counted(recorded.evals, 'unfinished eval')} ${isOrAre(responses)} recorded and will be replayed.`;
  return completed === 0 ? `${done}, and no response is recorded.` : `${done}.`;
}

function recordedOf(evals: readonly EvalResult[]): RecordedResponses {
  const some = evals.filter(({ recorded }) => recorded > 0);
  return { responses: some.reduce((sum, { recorded }) => sum + recorded, 0), evals: some.length };
}

/** What later runs find. */
export interface Kept {
  /** The key of the newest checkpoint; empty when there is none. */
  readonly checkpoint: string;
  /** What a re-run of failed jobs continues from, when that is not this checkpoint. */
  readonly resumesFrom?: string | undefined;
}

/** What the next run uses. */
export function describeNextRun(
  { totals }: Results,
  { status }: Verdict,
  { checkpoint, resumesFrom }: Kept,
): string {
  const source = checkpoint === '' ? 'the state on this machine' : `the checkpoint ${checkpoint}`;
  if (totals.evals.total === 0) return '';
  const isComplete = totals.evals.completed === totals.evals.total;
  return status === 'passed' || isComplete
    ? `The next run reuses the results from ${source}.`
    : `A re-run of the failed jobs continues from ${resumesFrom ?? source}.`;
}
