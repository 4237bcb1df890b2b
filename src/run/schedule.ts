/** In what order evals run, and how long that will take. Pure. */

import type { CompletionRecord } from '../model/completion-record.ts';
import type { PlannedEval } from '../model/plan.ts';

/** Without any experience a sample counts as this many milliseconds: only how evals compare matters then. */
const GUESS = 1000;

/**
 * How long each eval may take, in milliseconds: as long as it took before, else as long as its samples would take at the
 * pace of the others. An eval that does not tell its samples counts as a usual one.
 *
 * @param records of this and earlier runs, also of content that has changed since
 */
export function expectedDurations(
  evals: readonly PlannedEval[],
  records: readonly CompletionRecord[],
): ReadonlyMap<PlannedEval, number> {
  const took = new Map<string, number>();
  let milliseconds = 0;
  let samples = 0;
  for (const record of records) {
    const duration = Date.parse(record.ended) - Date.parse(record.started);
    // What was answered from the journal says nothing about how long the eval takes.
    if (!(duration > 0) || (record.requests && record.requests.replayed > 0)) continue;
    took.set(record.eval, duration);
    if (record.samples) {
      milliseconds += duration;
      samples += record.samples;
    }
  }
  const pace = samples > 0 ? milliseconds / samples : GUESS;
  const counts = evals.flatMap((planned) => planned.samples ?? []).sort((a, b) => a - b);
  const usual = counts[counts.length >> 1] ?? 1;
  return new Map(
    evals.map((planned) => [planned, took.get(planned.key) ?? (planned.samples ?? usual) * pace]),
  );
}

/** The longest first, so that no long one is left running alone at the end; equals stay in the order of the set. */
export function longestFirst(
  evals: readonly PlannedEval[],
  expected: ReadonlyMap<PlannedEval, number>,
): PlannedEval[] {
  return evals.toSorted((a, b) => (expected.get(b) ?? 0) - (expected.get(a) ?? 0));
}
