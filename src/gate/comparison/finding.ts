import type { PairedDifference } from './paired-difference.ts';

/** What is compared. */
export interface Subject {
  readonly key: string;
  readonly name: string;
  /** Empty when there is none. */
  readonly metric: string;
  readonly higherIsBetter: boolean;
  /** As evals reported it; null when a side has none. */
  readonly before: number | null;
  readonly now: number | null;
}

/** What is known before the p-values of all evals are corrected. */
export type Finding = UntestedFinding | PairsFinding | IntervalsFinding;

export interface UntestedFinding {
  readonly kind: 'untested';
  readonly status: 'too-few' | 'not-comparable' | 'missing' | 'incomplete';
  readonly sentence: string;
}

export interface PairsFinding {
  readonly kind: 'pairs';
  readonly paired: PairedDifference;
}

/** Without pairs, only the intervals of the two means can be compared. */
export interface IntervalsFinding {
  readonly kind: 'intervals';
  readonly before: number;
  readonly now: number;
  readonly isRate: boolean;
  /** Below 0.05 when the intervals do not overlap. */
  readonly p: number;
  /** Why there are no pairs, as a clause. */
  readonly unpaired: string;
}

/** Null when nothing was tested. */
export function pOf(finding: Finding): number | null {
  if (finding.kind === 'untested') return null;
  return finding.kind === 'pairs' ? finding.paired.p : finding.p;
}
