import type { Interval } from '../../model/results.ts';
import { Z_95 } from './normal.ts';

/**
 * The 95 % score interval of a rate: Wilson, Probable Inference, the Law of Succession, and Statistical Inference, J. Am. Stat.
 * Assoc. 22, 1927. It stays within 0 and 1, and it does not shrink to a point when all samples are correct, or none.
 * @param successes from 0 to `n`. The sum of n scores between 0 and 1 can stand for it: their spread is at most that of a rate.
 */
export function wilson(successes: number, n: number): Interval {
  if (n === 0) return { low: 0, high: 1, method: 'wilson', n };
  const rate = successes / n;
  const z2 = Z_95 * Z_95;
  const centre = (rate + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z_95 * Math.sqrt((rate * (1 - rate)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === n ? 1 : Math.min(1, centre + half),
    method: 'wilson',
    n,
  };
}
