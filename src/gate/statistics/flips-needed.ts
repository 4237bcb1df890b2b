/**
 * The fewest samples that have to flip, all one way, for McNemar's exact two-sided p to be below `alpha`: six for 0.05, because
 * five have p = 2 / 2⁵ = 0.0625.
 */
export function flipsNeeded(alpha: number): number {
  let flips = 1;
  while (2 ** (1 - flips) >= alpha) flips += 1;
  return flips;
}
