/** In what order evals run, and how long that will take. Pure. */
import type { CompletionRecord } from '../model/completion-record.ts';
import type { PlannedEval } from '../model/plan.ts';

/** What one sample takes when no record shows it. Only the ratio between evals matters then. */
const GUESS_MS = 1000;

/**
 * How long each eval may take, in milliseconds: as long as it took before, or else as long as its samples take at the average
 * pace of the recorded evals. An eval whose number of samples is not known counts as one of median size.
 *
 * @param records of this and earlier runs, also of content that has changed since
 */
export function expectedDurations(
  evals: readonly PlannedEval[],
  records: readonly CompletionRecord[],
): ReadonlyMap<PlannedEval, number> {
  const tookMs = new Map<string, number>();
  let totalMs = 0;
  let samples = 0;
  for (const record of records) {
    const durationMs = Date.parse(record.ended) - Date.parse(record.started);
    // Replayed responses take no time, so such a record does not show how long the eval takes.
    if (!(durationMs > 0) || (record.requests && record.requests.replayed > 0)) continue;
    tookMs.set(record.eval, durationMs);
    if (record.samples) {
      totalMs += durationMs;
      samples += record.samples;
    }
  }
  const msPerSample = samples > 0 ? totalMs / samples : GUESS_MS;
  const counts = evals.flatMap((planned) => planned.samples ?? []).sort((a, b) => a - b);
  const median = counts[counts.length >> 1] ?? 1;
  return new Map(
    evals.map((planned) => [planned, tookMs.get(planned.key) ?? (planned.samples ?? median) * msPerSample]),
  );
}

/** The longest first, so that no long eval runs alone at the end. Equal ones stay in the order of the set. */
export function longestFirst(
  evals: readonly PlannedEval[],
  expectedMs: ReadonlyMap<PlannedEval, number>,
): PlannedEval[] {
  return evals.toSorted((a, b) => (expectedMs.get(b) ?? 0) - (expectedMs.get(a) ?? 0));
}

/** How far one eval of a run is. */
export interface Advance {
  readonly expectedMs: number;
  /** The part of the eval that is done, from 0 to 1. */
  readonly share: number;
  /** The part that was replayed, which took no time; it belongs to `share`. */
  readonly replayed?: number;
}

/**
 * How long the rest of a run will take if it goes as fast, compared with what was expected, as the part that is done.
 * Undefined when nothing is done yet that took time.
 */
export function timeLeftMs(evals: readonly Advance[], elapsedMs: number): number | undefined {
  let doneMs = 0;
  let leftMs = 0;
  for (const { expectedMs, share, replayed = 0 } of evals) {
    doneMs += (share - replayed) * expectedMs;
    leftMs += (1 - share) * expectedMs;
  }
  return doneMs > 0 ? (leftMs / doneMs) * elapsedMs : undefined;
}
