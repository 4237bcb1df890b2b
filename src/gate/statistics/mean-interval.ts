import type { Interval } from '../../model/results.ts';
import { bootstrapInterval } from './bootstrap-interval.ts';
import { isConstant, momentsOf, skewnessOf } from './moments.ts';
import { tInterval } from './t-interval.ts';
import { wilson } from './wilson.ts';

/** From fewer samples, or pairs of samples, nothing is concluded. */
export const MIN_SAMPLES = 10;

/** Of more values the mean is as good as normal, and the bootstrap would take long. */
const MAX_BOOTSTRAPPED = 10_000;

const SEED = 1;

/**
 * The 95 % interval of the mean of scores. Rates, which are means of zeros and ones, have Wilson's. `boostrap_std`, which evals
 * reports, is not used: it is random, and the deviation of means of a tenth of the samples.
 *
 * Scores that are all the same say nothing about their spread, and yet another run may differ. If they lie between 0 and 1, their
 * spread is at most that of a rate, so they have the interval of a rate; otherwise they have none.
 * @returns null for fewer than ten values, and for values whose spread is not known
 */
export function meanInterval(values: readonly number[]): Interval | null {
  if (values.length < MIN_SAMPLES || !values.every(Number.isFinite)) return null;
  const [first = 0] = values;
  if (values.every(isBinary))
    return wilson(
      values.reduce((sum, value) => sum + value, 0),
      values.length,
    );
  if (!isConstant(values)) return spreadInterval(values);
  return first > 0 && first < 1 ? wilson(first * values.length, values.length) : null;
}

/** The 95 % interval of the mean of values that are no rate, such as differences; null as `meanInterval`, or when all are the same. */
export function spreadInterval(values: readonly number[]): Interval | null {
  if (values.length < MIN_SAMPLES || isConstant(values)) return null;
  return values.length <= MAX_BOOTSTRAPPED && isSkewed(values)
    ? bootstrapInterval(values, SEED)
    : tInterval(values);
}

export function isBinary(value: number): boolean {
  return value === 0 || value === 1;
}

/** Cochran's rule: t holds from 25 g₁² samples on (Sampling Techniques, 3rd edition, 1977, 2.15). */
function isSkewed(values: readonly number[]): boolean {
  const skewness = skewnessOf(momentsOf(values), values.length);
  return values.length < 25 * skewness * skewness;
}
