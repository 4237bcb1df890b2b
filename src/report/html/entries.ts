/** What is known of each eval, in one place, and in the order in which a reader needs it. Pure. */
import type { Report } from '../../model/report.ts';
import type { EvalResult } from '../../model/results.ts';
import { type EvalSamples, SAMPLE_OUTCOMES } from '../../model/sample.ts';
import type { EvalComparison } from '../../model/verdict.ts';
import { isFine, type RowRule, type RowStatus, rowsOf } from '../rows.ts';

export interface Entry {
  /** Names the eval inside the page, where keys may be long. */
  readonly number: number;
  /** With what rules and the comparison say of it. */
  readonly status: RowStatus;
  readonly result: EvalResult;
  /** Null without a baseline. */
  readonly comparison: EvalComparison | null;
  /** Required rules that are missed or not judged. */
  readonly unmet: readonly RowRule[];
  readonly samples: EvalSamples | null;
  /** Of the baseline. */
  readonly before: EvalSamples | null;
}

/**
 * Evals with problems first, in the order of all reports; then the others in the order of the set. Evals that are left out, or
 * that only the baseline has, are not among them.
 */
export function entriesOf({ results, verdict, samples, baselineSamples }: Report): Entry[] {
  const numbers = new Map(results.evals.map(({ key }, number) => [key, number]));
  const entries = rowsOf(results, verdict).flatMap(({ key, status, result, comparison, rules }): Entry[] => {
    if (result === null) return [];
    return [
      {
        number: numbers.get(key) ?? 0,
        status,
        result,
        comparison,
        unmet: rules.filter(({ advisory }) => !advisory),
        samples: samples.get(key) ?? null,
        before: baselineSamples.get(key) ?? null,
      },
    ];
  });
  const fine = entries.filter(isFine).toSorted((a, b) => a.number - b.number);
  return [...entries.filter((entry) => !isFine(entry)), ...fine];
}

/** What the filter of the page can choose. */
export function tagsOf(entry: Entry): string[] {
  const { result, comparison } = entry;
  return [
    ...(isFine(entry) ? [] : ['attention']),
    result.status,
    ...(comparison ? [comparison.status] : []),
    ...(comparison && comparison.flips.length > 0 ? ['flips'] : []),
    ...(result.samples.outcomes
      ? SAMPLE_OUTCOMES.filter((each) => (result.samples.outcomes?.[each] ?? 0) > 0)
      : []),
  ];
}
