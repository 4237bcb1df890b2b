/** Describes for the log, before anything runs, what will be done. Pure. */
import { type Decision, describeReason, describeWritten } from '../model/decision.ts';
import { counted, wholeNumber } from '../model/format.ts';

/** A headline, then a line for each eval that runs again and for each eval that is reused although an argument differs. */
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
  const counts = `${counted(decisions.length, 'eval')}, ${wholeNumber(reused)} reused, ${wholeNumber(toRun)} to run`;
  return [`${evalSet}: ${counts}`, ...again, ...outputs];
}
