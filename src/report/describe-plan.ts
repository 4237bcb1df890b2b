/** What the log says about the plan before anything runs. Pure. */
import { type Decision, describeReason, describeWritten } from '../model/decision.ts';
import { wholeNumber } from '../model/format.ts';

/** A headline, then a line for every eval that runs although it was completed before, or is done with a part left out. */
export function describePlan(evalSet: string, decisions: readonly Decision[]): string[] {
  const reused = decisions.filter((decision) => decision.kind === 'reuse').length;
  const toRun = decisions.length - reused;
  const again = decisions.flatMap((decision) =>
    decision.kind === 'run' && decision.reason.kind !== 'never-completed'
      ? [`${decision.eval.name}: runs again, ${describeReason(decision.reason)}`]
      : [],
  );
  const outputs = decisions.flatMap((decision) =>
    decision.kind === 'reuse' && decision.leftOut
      ? [`${decision.eval.name}: ${describeWritten(decision.leftOut)}`]
      : [],
  );
  const counts = `${wholeNumber(decisions.length)} evals, ${wholeNumber(reused)} already done, ${wholeNumber(toRun)} to run`;
  return [`${evalSet}: ${counts}`, ...again, ...outputs];
}
