import { Z_95 } from './normal.ts';

/**
 * The 95 % score interval of the difference of two rates over the same samples: Tango, Equivalence Test and Confidence Interval for
 * the Difference in Proportions for the Paired-Sample Design, Stat. Med. 17, 1998. It inverts the score form of McNemar's test, it
 * is good for few pairs (Fagerland, Lydersen and Laake, Stat. Med. 33, 2014), and without any flip it still has a width. The exact
 * test is a little stricter, so an interval without 0 can go with a p just above 0.05.
 * @param worse pairs that went from 1 to 0
 * @param better pairs that went from 0 to 1
 * @param pairs all, more than 0
 * @returns bounds of (better − worse) / pairs
 */
export function pairedRateInterval(
  worse: number,
  better: number,
  pairs: number,
): { readonly low: number; readonly high: number } {
  const difference = (better - worse) / pairs;
  return {
    low: difference <= -1 ? -1 : whereScoreIs(Z_95, -1, difference, worse, better, pairs),
    high: difference >= 1 ? 1 : whereScoreIs(-Z_95, difference, 1, worse, better, pairs),
  };
}

/** The score falls as the assumed difference grows. */
function whereScoreIs(
  wanted: number,
  from: number,
  to: number,
  worse: number,
  better: number,
  pairs: number,
): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (scoreOf(middle, worse, better, pairs) > wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function scoreOf(assumed: number, worse: number, better: number, pairs: number): number {
  const linear = (2 * pairs - better + worse) * assumed - better - worse;
  const constant = -worse * assumed * (1 - assumed);
  // The most likely share of pairs that get worse, if the difference is the assumed one.
  const share = (Math.sqrt(Math.max(0, linear * linear - 8 * pairs * constant)) - linear) / (4 * pairs);
  const variance = pairs * (2 * share + assumed * (1 - assumed));
  const distance = better - worse - pairs * assumed;
  return variance > 0 ? distance / Math.sqrt(variance) : Math.sign(distance) * Number.POSITIVE_INFINITY;
}
