import type { Interval } from '../../model/results.ts';
import { isConstant, momentsOf } from './moments.ts';
import { tQuantile95 } from './student-t.ts';

/**
 * The 95 % interval of a mean by Student's t. The samples are the units, as in Miller, Adding Error Bars to Evals,
 * arXiv 2411.00640; t instead of the normal distribution, because that is too narrow for few samples (Bowyer et al.,
 * arXiv 2503.01747).
 * @returns null when the values say nothing about their spread: fewer than two, all the same, or too large to be added
 */
export function tInterval(values: readonly number[]): Interval | null {
  const n = values.length;
  if (n < 2 || isConstant(values)) return null;
  const { mean, squares } = momentsOf(values);
  const half = tQuantile95(n - 1) * Math.sqrt(squares / (n - 1) / n);
  const [low, high] = [mean - half, mean + half];
  return Number.isFinite(low) && Number.isFinite(high) ? { low, high, method: 't', n } : null;
}
