import type { OverallDifference } from '../../model/verdict.ts';
import { pairedRateInterval } from '../statistics/paired-rate-interval.ts';
import type { Examined } from './examine.ts';

/** The difference over all pairs of all evals; null when there are no pairs, or when the evals do not all have the same rate. */
export function overallDifference(all: readonly Examined[]): OverallDifference | null {
  const found = all.flatMap(({ subject, finding }) =>
    finding.kind === 'pairs' ? [{ subject, paired: finding.paired }] : [],
  );
  const [first] = found;
  if (!first) return null;
  const areSame = found.every(
    ({ subject, paired }) =>
      paired.isRate &&
      subject.metric === first.subject.metric &&
      subject.higherIsBetter === first.subject.higherIsBetter,
  );
  if (!areSame) return null;
  const sum = (of: (each: (typeof found)[number]) => number) =>
    found.reduce((total, each) => total + of(each), 0);
  const pairs = sum(({ paired }) => paired.pairs);
  const [worse, better] = [sum(({ paired }) => paired.worse), sum(({ paired }) => paired.better)];
  const [fell, rose] = first.subject.higherIsBetter ? [worse, better] : [better, worse];
  return {
    before: sum(({ paired }) => paired.before * paired.pairs) / pairs,
    now: sum(({ paired }) => paired.now * paired.pairs) / pairs,
    difference: (rose - fell) / pairs,
    ...pairedRateInterval(fell, rose, pairs),
    pairs,
    worse,
    better,
  };
}
