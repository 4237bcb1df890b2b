import type { Interval } from '../../model/results.ts';
import { isConstant, momentsOf } from './moments.ts';
import { normalCdf, normalQuantile, Z_95 } from './normal.ts';
import { Random } from './random.ts';

const RESAMPLES = 2000;

/**
 * The 95 % interval of a mean by the bias-corrected and accelerated bootstrap: Efron, Better Bootstrap Confidence Intervals,
 * J. Am. Stat. Assoc. 82, 1987. It follows the skew of the values, which Student's t does not.
 * @param seed the same seed and the same values, in whatever order, give the same interval
 * @returns null when the values say nothing about their spread: fewer than two, all the same, or too large to be added
 */
export function bootstrapInterval(values: readonly number[], seed: number): Interval | null {
  const n = values.length;
  if (n < 2 || isConstant(values)) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const { mean, squares, cubes } = momentsOf(sorted);
  const means = resampledMeans(sorted, seed);
  const bias = normalQuantile(shareBelow(means, mean));
  const acceleration = cubes / (6 * squares ** 1.5);
  const bound = (z: number) => quantileOf(means, adjusted(z, bias, acceleration));
  const [low, high] = [bound(-Z_95), bound(Z_95)];
  return Number.isFinite(low) && Number.isFinite(high) ? { low, high, method: 'bootstrap', n } : null;
}

/** Sorted. */
function resampledMeans(values: readonly number[], seed: number): Float64Array {
  const n = values.length;
  const random = new Random(seed);
  const means = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    let sum = 0;
    for (let index = 0; index < n; index += 1) sum += values[random.below(n)] ?? 0;
    means[resample] = sum / n;
  }
  return means.sort();
}

/** Half of the means that equal the value count as below. Never quite 0 or 1, whose quantiles would be infinite. */
function shareBelow(means: Float64Array, value: number): number {
  let [below, equal] = [0, 0];
  for (const mean of means) {
    if (mean < value) below += 1;
    else if (mean === value) equal += 1;
  }
  const share = (below + equal / 2) / means.length;
  return Math.min(1 - 0.5 / means.length, Math.max(0.5 / means.length, share));
}

/** The share of resampled means that lie below the bound which belongs to `z`. */
function adjusted(z: number, bias: number, acceleration: number): number {
  return normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
}

/** Interpolates between the two nearest. */
function quantileOf(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const index = Math.floor(position);
  const below = sorted[index] ?? Number.NaN;
  const above = sorted[index + 1] ?? below;
  return below + (above - below) * (position - index);
}
