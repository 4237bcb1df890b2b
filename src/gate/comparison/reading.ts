/** What a difference means, once the p-values of all evals are corrected. */

export const ALPHA = 0.05;

/** A difference may exceed the tolerance by this much, because 0.8 − 0.78 is not quite 0.02. */
const ROUNDING = 1e-9;

/** What the tests of all evals say about one. */
export interface Tested {
  /** Before and after Holm's correction. */
  readonly p: number;
  readonly adjustedP: number;
  /** Number of evals that were tested. */
  readonly tests: number;
  /** Flips one way that would be needed to tell. */
  readonly flipsNeeded: number;
  /** In units of the metric: 0.02 are two points of a rate. */
  readonly tolerance: number;
}

/** `tolerated`: real, and within the tolerance. */
export type Reading = 'real' | 'tolerated' | 'noise';

export function readingOf(difference: number, { adjustedP, tolerance }: Tested): Reading {
  if (adjustedP >= ALPHA) return 'noise';
  return Math.abs(difference) > tolerance + ROUNDING ? 'real' : 'tolerated';
}
