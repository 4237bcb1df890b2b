/** The job summary of a comparison of models, in GitHub's Markdown, and the lines of its log. Pure. */
import type { ModelComparison } from '../../gate/ranking/compare-models.ts';
import { counted } from '../../model/format.ts';
import { inline } from '../markdown-text.ts';
import { percent } from '../numbers.ts';
import { bytesOf, fitting, folded, hiddenLines, MAX_SUMMARY_BYTES } from '../summary/fit.ts';
import { orderSentence, rankingSentence } from './sentence.ts';
import { evalHead, evalRows, modelsTable } from './tables.ts';

const MAX_OPEN_ROWS = 20;

/** More reports that cannot be used are only counted. */
const MAX_PROBLEMS = 20;

/** @param problems whole sentences about reports that are left out */
export function renderComparison(comparison: ModelComparison, problems: readonly string[]): string {
  const { ranking, shared } = comparison;
  const order = orderSentence(comparison);
  const shown = problems.slice(0, MAX_PROBLEMS).map((problem) => `- ${inline(problem)}`);
  const before = [
    `> [!${ranking.best === null ? 'NOTE' : 'TIP'}]`,
    `> **${inline(rankingSentence(comparison), 3000)}**`,
    '',
    ...(order === null ? [] : [inline(order, 3000), '']),
    ...modelsTable(comparison),
    '',
    basis(comparison),
    ...(shown.length === 0 ? [] : ['', 'Problems of the reports:', '', ...shown]),
    ...(problems.length > MAX_PROBLEMS
      ? [`- ${counted(problems.length - MAX_PROBLEMS, 'more report')}.`]
      : []),
    '',
  ];
  const rows = evalRows(comparison);
  const head = evalHead(comparison);
  const note =
    shared.evals.length < rows.length
      ? [
          '',
          '¹ Not part of the ranking: not completed by each ranked model under the same conditions, or without scores from 0 to 1.',
        ]
      : [];
  const { shown: fit, hidden } = fitting(rows, MAX_SUMMARY_BYTES - bytesOf([...before, ...head]) - 2000);
  const table = [
    ...head,
    ...fit,
    ...hiddenLines(hidden, (count) => `${count} more evals do not fit.`),
    ...note,
  ];
  const lines = rows.length > MAX_OPEN_ROWS ? folded(counted(rows.length, 'eval'), table) : table;
  return `${[...before, ...lines].join('\n')}\n`;
}

function basis({ shared, ranking }: ModelComparison): string {
  const unshared =
    shared.unshared === 0
      ? ''
      : ` ${counted(shared.unshared, 'sample')} without a score of each model left out.`;
  return `Based on ${counted(ranking.n, 'sample')} of ${counted(shared.evals.length, 'eval')}, paired by content.${unshared} p is Holm's over each two models.`;
}

/** For the log, which shows text as it is. */
export function comparisonLog(comparison: ModelComparison): string[] {
  const order = orderSentence(comparison);
  const ranks = comparison.ranking.models.map(
    ({ name, mean }, index) => `${index + 1}. ${name}${comparison.ranking.n > 0 ? `: ${percent(mean)}` : ''}`,
  );
  const unranked = comparison.unranked.map((name) => `—  ${name}: not ranked, incomplete or without samples`);
  return [...ranks, ...unranked, rankingSentence(comparison), ...(order === null ? [] : [order])];
}
