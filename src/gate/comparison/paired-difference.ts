/** What the pairs of an eval say. */
import { mcnemar } from '../statistics/mcnemar.ts';
import { isBinary, MIN_SAMPLES, spreadInterval } from '../statistics/mean-interval.ts';
import { meanOf } from '../statistics/moments.ts';
import { pairedRateInterval } from '../statistics/paired-rate-interval.ts';
import { signFlip } from '../statistics/sign-flip.ts';
import type { Pair } from './pairs.ts';

export interface PairedDifference {
  readonly pairs: number;
  /** Whether all scores are 0 or 1. */
  readonly isRate: boolean;
  /** Means over the pairs. */
  readonly before: number;
  readonly now: number;
  /** now − before. */
  readonly difference: number;
  /** Null for fewer than ten pairs, and when the spread is not known. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly worse: number;
  readonly better: number;
  /** Null for fewer than ten pairs. */
  readonly p: number | null;
}

/** @param pairs at least one */
export function pairedDifference(
  pairs: readonly Pick<Pair, 'scoreNow' | 'scoreBefore'>[],
  higherIsBetter: boolean,
): PairedDifference {
  const differences = pairs.map(({ scoreNow, scoreBefore }) => scoreNow - scoreBefore);
  const rose = differences.filter((difference) => difference > 0).length;
  const fell = differences.filter((difference) => difference < 0).length;
  const isRate = pairs.every(({ scoreNow, scoreBefore }) => isBinary(scoreNow) && isBinary(scoreBefore));
  const isEnough = pairs.length >= MIN_SAMPLES;
  const count = pairs.length;
  return {
    pairs: count,
    isRate,
    before: meanOf(pairs.map(({ scoreBefore }) => scoreBefore)),
    now: meanOf(pairs.map(({ scoreNow }) => scoreNow)),
    difference: isRate ? (rose - fell) / count : meanOf(differences),
    interval: isEnough ? intervalOf(differences, isRate, fell, rose) : null,
    worse: higherIsBetter ? fell : rose,
    better: higherIsBetter ? rose : fell,
    p: isEnough ? (isRate ? mcnemar(fell, rose) : signFlip(differences)) : null,
  };
}

function intervalOf(differences: readonly number[], isRate: boolean, fell: number, rose: number) {
  if (isRate) return pairedRateInterval(fell, rose, differences.length);
  const interval = spreadInterval(differences);
  return interval ? { low: interval.low, high: interval.high } : null;
}
