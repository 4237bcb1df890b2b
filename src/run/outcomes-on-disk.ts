import type { Outcome } from '../model/outcome.ts';
import { isContentOf } from '../plan/content.ts';
import type { State } from '../progress/state.ts';

/** How the evals of the last plan stand, told from the state alone, when the process that ran them is gone. */
export function outcomesOnDisk(
  state: State,
  run: { readonly runId: string; readonly runAttempt: number },
): Outcome[] {
  return (state.plan?.evals ?? []).map((planned): Outcome => {
    const record = state.record(planned.command);
    const current = record && isContentOf(planned, record) ? record : undefined;
    if (!current) {
      if (!record && state.isDone(planned.command))
        return { status: 'reused', eval: planned, record: undefined };
      return { status: 'pending', eval: planned, reason: 'not completed when the step ended' };
    }
    const fresh = current.run.id === run.runId && current.run.attempt === run.runAttempt;
    return { status: fresh ? 'fresh' : 'reused', eval: planned, record: current };
  });
}
