/** What a comparison of models found, in plain text. Pure. */
import { nameText } from '../../gate/comparison/words.ts';
import type { ModelComparison } from '../../gate/ranking/compare-models.ts';
import type { ModelDifference } from '../../gate/ranking/rank-models.ts';
import { MIN_SAMPLES } from '../../gate/statistics/mean-interval.ts';
import { counted, listed, probabilityText } from '../../model/format.ts';

const MAX_NAMED = 5;

/** One sentence: which model is best, or why that is not known. */
export function rankingSentence({ ranking, reports }: ModelComparison): string {
  const { best, models, n, differences } = ranking;
  if (models.length < 2)
    return `The ranking is not decisive: only ${models.length} of ${counted(reports.length, 'model')} can be ranked.`;
  if (n < MIN_SAMPLES)
    return `The ranking is not decisive: the models share ${counted(n, 'sample')}, and at least ${MIN_SAMPLES} are needed.`;
  const [first] = models;
  const ofFirst = differences.filter(({ better }) => better === first?.name);
  const unranked = reports.length - models.length;
  const among = unranked === 0 ? '' : ` of the ${models.length} ranked models (${unranked} not ranked)`;
  if (best !== null) return `${nameText(best)} is best${among}: it beats ${named(ofFirst.map(beaten))}.`;
  const equal = ofFirst.filter(({ isReal }) => !isReal);
  return `The ranking is not decisive: ${nameText(first?.name ?? '')} has the highest mean${among}, but it does not differ from ${named(equal.map(beaten))} by more than chance.`;
}

/** Whether the order of the models after the best one is known; null when it says nothing more. */
export function orderSentence({ ranking }: ModelComparison): string | null {
  if (ranking.models.length < 3 || ranking.n < MIN_SAMPLES) return null;
  if (ranking.isOrderDecisive) return 'The whole order is decisive: each model differs from the next one.';
  const order = ranking.models.map(({ name }) => name);
  const equal = ranking.differences.filter(
    ({ better, worse, isReal }) => !isReal && order.indexOf(worse) === order.indexOf(better) + 1,
  );
  const pairs = equal.map(({ better, worse }) => `${nameText(better)} and ${nameText(worse)}`);
  return `The whole order is not decisive. Neighbours that do not differ: ${named(pairs)}.`;
}

function beaten({ worse, wins, losses, adjustedP }: ModelDifference): string {
  return `${nameText(worse)} (better on ${wins}, worse on ${losses}; p ${probabilityText(adjustedP ?? 1)})`;
}

function named(texts: readonly string[]): string {
  return listed(texts, MAX_NAMED);
}
