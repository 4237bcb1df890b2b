/** Compares the reports of several models. Pure. */
import { isCompleted } from '../../model/outcome.ts';
import { type Ranking, rankModels } from './rank-models.ts';
import { type ModelReport, type SharedScores, sharedScores } from './shared-scores.ts';

export interface ModelComparison {
  /** In the order of the ranking; those that are not ranked last. */
  readonly reports: readonly ModelReport[];
  /** Names of models whose set is not completed, or that have no samples.jsonl. */
  readonly unranked: readonly string[];
  readonly shared: SharedScores;
  readonly ranking: Ranking;
}

/** Evals that a model has not completed may be the hard ones, so a model is ranked only with all of them. */
export function compareModels(reports: readonly ModelReport[]): ModelComparison {
  const ranked = reports.filter(isRankable);
  const shared = sharedScores(ranked);
  const ranking = rankModels(
    ranked.map(({ name }) => name),
    shared.rows,
  );
  const place = new Map(ranking.models.map(({ name }, index) => [name, index]));
  const order = ({ name }: ModelReport) => place.get(name) ?? reports.length;
  return {
    reports: reports.toSorted((a, b) => order(a) - order(b)),
    unranked: reports.filter((each) => !isRankable(each)).map(({ name }) => name),
    shared,
    ranking,
  };
}

function isRankable({ results, samples }: ModelReport): boolean {
  const evals = results.evals.filter(({ status }) => status !== 'excluded');
  return evals.length > 0 && evals.every(isCompleted) && samples.size > 0;
}
