import type { CompletionRecord } from '../model/completion-record.ts';
import type { Doubt } from '../model/decision.ts';

/** The clock of the machine that wrote a record may be ahead of the clock of this machine by this much. */
const MAX_CLOCK_SKEW_MS = 60 * 60 * 1000;

/**
 * Why a completion record is not reused although its content is the same; undefined when there is no reason.
 * @param maxAgeMs in milliseconds; undefined when results do not expire
 */
export function doubtOf(
  record: CompletionRecord,
  now: Date,
  maxAgeMs: number | undefined,
): Doubt | undefined {
  const { ended, samples } = record;
  if (samples === 0) return { kind: 'no-samples' };
  if (maxAgeMs === undefined) return undefined;
  if (isInFuture(ended, now)) return { kind: 'undated', ended };
  return now.getTime() - Date.parse(ended) > maxAgeMs ? { kind: 'expired', ended } : undefined;
}

/** Whether a time is so far in the future that a difference of clocks cannot explain it. */
export function isInFuture(time: string, now: Date): boolean {
  return isAhead(Date.parse(time), now);
}

/** The same of a time in milliseconds since 1970. */
export function isAhead(time: number, now: Date): boolean {
  return time > now.getTime() + MAX_CLOCK_SKEW_MS;
}

/** A time in milliseconds since 1970. One in the future is of a wrong clock, and counts as the oldest: otherwise it would win until then. */
export function plausibleTime(time: number, now: Date): number {
  return isAhead(time, now) ? 0 : time;
}
