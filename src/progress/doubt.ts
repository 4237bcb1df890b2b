import type { CompletionRecord } from '../model/completion-record.ts';
import type { Doubt } from '../model/decision.ts';

/** How far the clock of the machine that made a record may be ahead of this one, in milliseconds. */
const CLOCK_SKEW = 60 * 60 * 1000;

/** @param maxAge in milliseconds; undefined: a result does not age */
export function doubtOf(record: CompletionRecord, now: Date, maxAge: number | undefined): Doubt | undefined {
  const { ended, samples } = record;
  if (samples === 0) return { kind: 'no-samples' };
  if (maxAge === undefined) return undefined;
  if (isInFuture(ended, now)) return { kind: 'undated', ended };
  return now.getTime() - Date.parse(ended) > maxAge ? { kind: 'expired', ended } : undefined;
}

/** Whether a time cannot be right, whatever two clocks differ by. */
export function isInFuture(time: string, now: Date): boolean {
  return Date.parse(time) > now.getTime() + CLOCK_SKEW;
}
