/** Finds the samples that several models have in common. */
import { isCompleted } from '../../model/outcome.ts';
import { ownValue } from '../../model/own-value.ts';
import type { EvalResult, Results } from '../../model/results.ts';
import type { Sample, SamplesByEval } from '../../model/sample.ts';
import { changesOf } from '../comparison/comparability.ts';
import { byId } from '../comparison/pairs.ts';

/** What one run says about one model. */
export interface ModelReport {
  /** Different for each report of a comparison. */
  readonly name: string;
  readonly results: Results;
  readonly samples: SamplesByEval;
}

export interface SharedScores {
  /** A row for each sample that all models share, with a score for each model. 1 is best, 0 is worst. */
  readonly rows: readonly (readonly number[])[];
  /** Keys of the evals that the rows come from. */
  readonly evals: readonly string[];
  /** Keys of completed evals that are not compared. */
  readonly notCompared: readonly string[];
  /** Samples of the compared evals that have a score for some models only. */
  readonly unshared: number;
}

/**
 * Scores from different evals are added up only if they lie between 0 and 1. One that is better when it is lower counts as the
 * distance to 1. An eval is compared only if all models completed it with the same metric, spec, judge, model map and evals.
 */
export function sharedScores(reports: readonly ModelReport[]): SharedScores {
  const keys = new Set(
    reports.flatMap(({ results }) => results.evals.filter(isCompleted).map(({ key }) => key)),
  );
  const resultsOf = reports.map(({ results }) => new Map(results.evals.map((each) => [each.key, each])));
  const rows: number[][] = [];
  const evals: string[] = [];
  const notCompared: string[] = [];
  let unshared = 0;
  for (const key of keys) {
    const sides = resultsOf.flatMap((results) => results.get(key) ?? []);
    const found = sides.length === reports.length ? rowsOf(key, sides, reports) : undefined;
    if (!found || found.rows.length === 0) {
      notCompared.push(key);
      continue;
    }
    evals.push(key);
    for (const row of found.rows) rows.push(row);
    unshared += found.unshared;
  }
  return { rows, evals, notCompared, unshared };
}

function rowsOf(
  key: string,
  sides: readonly EvalResult[],
  reports: readonly ModelReport[],
): { readonly rows: number[][]; readonly unshared: number } | undefined {
  const [first] = sides;
  const metric = first?.mainMetric;
  if (!first || !metric || !sides.every(isCompleted)) return undefined;
  const evalsVersion = (index: number) => reports[index]?.results.versions.evals ?? '';
  const areSame = sides.every(
    (side, index) =>
      side.mainMetric?.name === metric.name &&
      side.mainMetric.higherIsBetter === metric.higherIsBetter &&
      changesOf(
        { result: first, evalsVersion: evalsVersion(0) },
        { result: side, evalsVersion: evalsVersion(index) },
      ).length === 0,
  );
  if (!areSame) return undefined;
  const columns = reports.map(({ samples }) => byContent(samples.get(key)?.samples ?? [], metric.name));
  const contents = new Set(columns.flatMap((column) => [...column.keys()]));
  const rows: number[][] = [];
  for (const content of contents) {
    const scores = columns.flatMap((column) => column.get(content) ?? []);
    if (scores.some((score) => !(score >= 0 && score <= 1))) return undefined;
    if (scores.length === reports.length)
      rows.push(scores.map((score) => (metric.higherIsBetter ? score : 1 - score)));
  }
  return { rows, unshared: contents.size - rows.length };
}

/** Of samples with the same content, the first goes with the first of another model, the second with the second. */
function byContent(samples: readonly Sample[], metric: string): Map<string, number> {
  const seen = new Map<string, number>();
  const scores = new Map<string, number>();
  for (const sample of samples.toSorted(byId)) {
    const score = ownValue(sample.scores, metric);
    if (score === undefined) continue;
    const count = seen.get(sample.hash) ?? 0;
    seen.set(sample.hash, count + 1);
    scores.set(`${sample.hash} ${count}`, score);
  }
  return scores;
}
