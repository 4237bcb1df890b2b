/** Decides, eval by eval, what is done and what is to do, and why. Pure: it reads the state and changes nothing. */

import type { CompletionRecord } from '../model/completion-record.ts';
import type { Decision, RunReason } from '../model/decision.ts';
import type { Plan, PlannedEval } from '../model/plan.ts';
import { doubtOf } from '../progress/doubt.ts';
import type { State } from '../progress/state.ts';
import { changesSince, isContentOf, leftOut, renewed } from './content.ts';

export interface ReconcileOptions {
  /** Completions older than this many milliseconds run again. */
  readonly maxAge?: number | undefined;
  readonly now: Date;
}

export function reconcile(plan: Plan, state: State, options: ReconcileOptions): Decision[] {
  const byKey = Map.groupBy(state.records, (record) => record.eval);
  return plan.evals.map((planned) => decide(planned, byKey.get(planned.key) ?? [], state, options));
}

function decide(
  planned: PlannedEval,
  records: readonly CompletionRecord[],
  state: State,
  { maxAge, now }: ReconcileOptions,
): Decision {
  const run = (reason: RunReason): Decision => ({ kind: 'run', eval: planned, reason });

  const reuse = (record: CompletionRecord): Decision => {
    const outputs = leftOut(planned, record);
    return { kind: 'reuse', eval: planned, record, ...(outputs.length > 0 ? { leftOut: outputs } : {}) };
  };

  const own = state.record(planned.command);
  if (own) {
    if (!isContentOf(planned, own)) return run({ kind: 'changed', parts: changesSince(planned, own) });
    const doubt = doubtOf(own, now, maxAge);
    return doubt ? run(doubt) : reuse(own);
  }
  if (state.isDone(planned.command)) return { kind: 'reuse', eval: planned, record: undefined };
  if (state.wasRemoved(planned.command)) return run({ kind: 'removed-by-user' });

  // The same content under other arguments that only transport or print, such as --debug, was not paid for in vain.
  const equal = records.filter((record) => isContentOf(planned, record) && !doubtOf(record, now, maxAge));
  const newest = equal.sort((a, b) => a.ended.localeCompare(b.ended)).at(-1);
  return newest ? reuse(newest) : run({ kind: 'never-completed' });
}

/** Records that are reused and that an earlier version made, as this version makes them: then it sees what that one could not. */
export function renewedRecords(decisions: readonly Decision[]): CompletionRecord[] {
  return decisions.flatMap((decision) =>
    decision.kind === 'reuse' && decision.record ? (renewed(decision.eval, decision.record) ?? []) : [],
  );
}
