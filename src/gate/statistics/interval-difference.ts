import type { Interval } from '../../model/results.ts';
import { normalCdf, Z_95 } from './normal.ts';

/** A mean and its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly interval: Pick<Interval, 'low' | 'high'>;
}

/**
 * A two-sided p-value of the difference of two means of which only the 95 % intervals are known. It is below 0.05 exactly when the
 * intervals do not overlap. The errors on the sides that face each other are added as they are, so it holds however the two means
 * depend on each other, and it is larger than that of a test of pairs: Schenker and Gentleman, On Judging the Significance of
 * Differences by Examining the Overlap Between Confidence Intervals, Am. Stat. 55, 2001.
 */
export function intervalDifference(before: Estimate, now: Estimate): number {
  const [lower, upper] = before.value <= now.value ? [before, now] : [now, before];
  const error = lower.interval.high - lower.value + (upper.value - upper.interval.low);
  const distance = upper.value - lower.value;
  // Intervals without a width say nothing about the error, so they make nothing certain.
  return error > 0 ? Math.min(1, 2 * normalCdf((-Z_95 * distance) / error)) : 1;
}
