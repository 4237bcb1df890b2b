/** Describes for the log, before anything runs, what will be done. Pure. */
import { type Decision, describeReason, describeWritten } from '../model/decision.ts';
import { counted, listed, wholeNumber } from '../model/format.ts';

/** More names do not help a reader. */
const SHOWN_LEFT_OUT = 20;

/** A headline, then a line for each eval that runs again and for each eval that is reused although an argument differs. */
export function describePlan(
  evalSet: string,
  decisions: readonly Decision[],
  leftOut: readonly string[],
): string[] {
  const reused = decisions.filter((decision) => decision.kind === 'reuse').length;
  const toRun = decisions.length - reused;
  const again = decisions.flatMap((decision) =>
    decision.kind === 'run' && decision.reason.kind !== 'never-completed'
      ? [`${decision.eval.name}: runs again, ${describeReason(decision.reason)}`]
      : [],
  );
  const outputs = decisions.flatMap((decision) =>
    decision.kind === 'reuse' && decision.written
      ? [`${decision.eval.name}: ${describeWritten(decision.written)}`]
      : [],
  );
  const counts = `${counted(decisions.length, 'eval')}, ${wholeNumber(reused)} reused, ${wholeNumber(toRun)} to run`;
  return [`${evalSet}: ${counts}`, ...describeLeftOut(leftOut, decisions.length), ...again, ...outputs];
}

/** `Left out by include and exclude, 2 of 5 evals: a.dev.v0, b.dev.v0` */
function describeLeftOut(leftOut: readonly string[], planned: number): string[] {
  if (leftOut.length === 0) return [];
  return [
    `Left out by include and exclude, ${wholeNumber(leftOut.length)} of ${counted(planned + leftOut.length, 'eval')}: ${listed(leftOut, SHOWN_LEFT_OUT)}`,
  ];
}
