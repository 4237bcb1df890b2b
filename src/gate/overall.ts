/** One rate over all samples of a run. Pure. */
import { isCompleted } from '../model/outcome.ts';
import { ownValue } from '../model/own-value.ts';
import type { EvalResult, Results } from '../model/results.ts';
import type { SamplesByEval } from '../model/sample.ts';
import type { OverallRate } from '../model/verdict.ts';
import { isBinary } from './statistics/mean-interval.ts';
import { wilson } from './statistics/wilson.ts';

/**
 * The rate over the samples of all completed evals, with its 95 % Wilson interval. Null unless their main metrics have the same
 * name and each of their samples scores 0 or 1: other metrics cannot be pooled, and a rate of only some evals is not that of all.
 */
export function overallRate({ evals }: Results, samples: SamplesByEval): OverallRate | null {
  const completed = evals.filter(isCompleted);
  const metric = commonMetric(completed);
  if (metric === undefined) return null;
  let [ones, n] = [0, 0];
  for (const { key } of completed) {
    const counts = countOnes(samples, key, metric);
    if (counts === undefined) return null;
    ones += counts.ones;
    n += counts.n;
  }
  if (n === 0) return null;
  const { low, high } = wilson(ones, n);
  return { metric, rate: ones / n, low, high, n };
}

function commonMetric(completed: readonly EvalResult[]): string | undefined {
  const names = new Set(completed.map(({ mainMetric }) => mainMetric?.name));
  const [name] = names;
  return names.size === 1 ? name : undefined;
}

/** Undefined when no sample has a score, or one is neither 0 nor 1. */
function countOnes(
  samples: SamplesByEval,
  key: string,
  metric: string,
): { ones: number; n: number } | undefined {
  const scores = (samples.get(key)?.samples ?? []).flatMap((sample) => ownValue(sample.scores, metric) ?? []);
  if (scores.length === 0 || !scores.every(isBinary)) return undefined;
  return { ones: scores.filter((score) => score === 1).length, n: scores.length };
}
