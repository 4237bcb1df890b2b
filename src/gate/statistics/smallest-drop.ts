import { Z_95, Z_POWER_80 } from './normal.ts';

/** The share of pairs that is assumed to flip either way. */
const DISCORDANT = 0.1;

/**
 * The smallest drop of a rate that McNemar's test on `n` pairs finds in about 80 % of runs, at a two-sided level of 5 %, by the
 * formula of Connor, Sample Size for Testing Differences in Proportions for the Paired-Sample Design, Biometrics 43, 1987. It
 * assumes that 10 % of the pairs flip, or, for a greater drop, as many as the drop needs. The exact test finds it a little less
 * often than the formula says: in 76 to 79 % of runs from 30 pairs on.
 * @returns a share, at most 1: 0.24 for 30 pairs, 0.09 for 100, 0.05 for 300, 0.03 for 1,000
 */
export function smallestDrop(n: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (canBeSeen(middle, n)) high = middle;
    else low = middle;
  }
  return high;
}

function canBeSeen(drop: number, n: number): boolean {
  const discordant = Math.max(DISCORDANT, drop);
  const needed = Z_95 * Math.sqrt(discordant) + Z_POWER_80 * Math.sqrt(discordant - drop * drop);
  return drop * Math.sqrt(n) >= needed;
}
