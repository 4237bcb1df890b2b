/** Ranks models by the samples that they share, and says which differences are more than chance. */
import type { Interval } from '../../model/results.ts';
import { pairedDifference } from '../comparison/paired-difference.ts';
import { ALPHA } from '../comparison/reading.ts';
import { holm } from '../statistics/holm.ts';
import { MIN_SAMPLES, meanInterval } from '../statistics/mean-interval.ts';
import { meanOf } from '../statistics/moments.ts';

export interface RankedModel {
  readonly name: string;
  /** The mean over the shared samples. */
  readonly mean: number;
  /** Null for fewer than ten samples. */
  readonly interval: Interval | null;
}

/** Two models, the one with the higher mean first. */
export interface ModelDifference {
  readonly better: string;
  readonly worse: string;
  /** Samples on which the better one scores higher, and on which it scores lower. */
  readonly wins: number;
  readonly losses: number;
  /** Holm's, over all pairs of models. Null for fewer than ten samples. */
  readonly adjustedP: number | null;
  readonly isReal: boolean;
}

export interface Ranking {
  /** Shared samples. */
  readonly n: number;
  /** The best first. */
  readonly models: readonly RankedModel[];
  /** Of each two models. */
  readonly differences: readonly ModelDifference[];
  /** The model that is better than each other by more than chance; null when there is none. */
  readonly best: string | null;
  /** Whether each model is better than the next one by more than chance. */
  readonly isOrderDecisive: boolean;
}

/**
 * Each two models are tested on the same samples: McNemar's test for rates, else the sign-flip test. Holm's correction is over all
 * of them, because the data choose which model is called the best.
 * @param rows the scores of each sample, in the order of `names`. 1 is best.
 */
export function rankModels(names: readonly string[], rows: readonly (readonly number[])[]): Ranking {
  const columns = names
    .map((name, index) => ({ name, scores: rows.map((row) => row[index] ?? 0) }))
    .map((column) => ({ ...column, mean: column.scores.length === 0 ? 0 : meanOf(column.scores) }))
    .sort((a, b) => b.mean - a.mean || (a.name < b.name ? -1 : 1));
  const tests = columns.flatMap((better, index) =>
    columns.slice(index + 1).map((worse) => {
      const pairs = better.scores.map((score, row) => ({
        scoreNow: score,
        scoreBefore: worse.scores[row] ?? 0,
      }));
      const test = pairs.length < MIN_SAMPLES ? null : pairedDifference(pairs, true);
      return { better: better.name, worse: worse.name, test, p: test?.p ?? null };
    }),
  );
  const adjusted = holm(tests.flatMap(({ p }) => p ?? []));
  const differences = tests.map(({ better, worse, test, p }, index) => {
    // Either all pairs of models have a p, or none: all have the same samples.
    const adjustedP = p === null ? null : (adjusted[index] ?? 1);
    const isReal = adjustedP !== null && adjustedP < ALPHA && (test?.difference ?? 0) > 0;
    return { better, worse, wins: test?.better ?? 0, losses: test?.worse ?? 0, adjustedP, isReal };
  });
  const [first] = columns;
  const ofFirst = differences.filter(({ better }) => better === first?.name);
  const isDecisive = ofFirst.length > 0 && ofFirst.every(({ isReal }) => isReal);
  const neighbours = columns
    .slice(1)
    .map(({ name }, index) =>
      differences.find(({ better, worse }) => better === columns[index]?.name && worse === name),
    );
  return {
    n: rows.length,
    models: columns.map(({ name, mean, scores }) => ({ name, mean, interval: meanInterval(scores) })),
    differences,
    best: isDecisive ? (first?.name ?? null) : null,
    isOrderDecisive: neighbours.length > 0 && neighbours.every((each) => each?.isReal === true),
  };
}
