/** The tables of a comparison of models, in GitHub's Markdown. Pure. */
import type { ModelComparison } from '../../gate/ranking/compare-models.ts';
import type { ModelReport } from '../../gate/ranking/shared-scores.ts';
import { meanInterval } from '../../gate/statistics/mean-interval.ts';
import { dollars, wholeNumber } from '../../model/format.ts';
import { isCompleted } from '../../model/outcome.ts';
import { ownValue } from '../../model/own-value.ts';
import type { EvalResult } from '../../model/results.ts';
import { codeInTable, inline } from '../markdown-text.ts';
import { amount, percent } from '../numbers.ts';
import { intervalText, resultText } from '../result-text.ts';

const MAX_NAME_BYTES = 100;

/** A model in a row. @returns lines */
export function modelsTable(comparison: ModelComparison): string[] {
  const { reports, ranking } = comparison;
  return [
    '| | model | mean over shared samples | evals | tokens | requests | cost |',
    '| ---: | --- | --- | ---: | ---: | ---: | ---: |',
    ...reports.map((report) => {
      const place = ranking.models.findIndex(({ name }) => name === report.name);
      const ranked = ranking.models[place];
      const mean =
        !ranked || ranking.n === 0
          ? whyUnranked(report, ranked !== undefined)
          : `${percent(ranked.mean)}${ranked.interval ? ` (95&nbsp;% ${percent(ranked.interval.low)}&nbsp;… ${percent(ranked.interval.high)})` : ', too few samples'}`;
      const name = codeInTable(report.name, MAX_NAME_BYTES);
      const cells = [
        ranked ? String(place + 1) : '—',
        ranking.best === report.name ? `**${name}** (best)` : name,
        mean,
      ];
      return `| ${[...cells, ...spent(report)].join(' | ')} |`;
    }),
  ];
}

function whyUnranked({ samples, results }: ModelReport, isRanked: boolean): string {
  if (isRanked) return 'no shared sample';
  const isComplete = results.evals.every((each) => isCompleted(each) || each.status === 'excluded');
  return `not ranked: ${isComplete && samples.size === 0 ? 'no samples' : 'incomplete'}`;
}

/** Of all completed evals, those that an earlier run completed included. */
function spent({ results }: ModelReport): string[] {
  const evals = results.evals.filter(({ status }) => status !== 'excluded');
  const completed = evals.filter(isCompleted);
  const total = (values: readonly (number | null)[], text: (value: number) => string): string => {
    const known = values.filter((value) => value !== null);
    const isKnown = known.length === values.length && known.length > 0;
    return isKnown ? text(known.reduce((sum, value) => sum + value, 0)) : 'unknown';
  };
  return [
    `${wholeNumber(completed.length)} of ${wholeNumber(evals.length)}`,
    total(
      completed.map(({ tokens }) => tokens?.total ?? null),
      amount,
    ),
    total(
      completed.map(({ requests }) => (requests ? requests.sent + requests.replayed : null)),
      amount,
    ),
    total(
      completed.map(({ cost }) => cost),
      dollars,
    ).replace('$', () => '<span>$</span>'),
  ];
}

/** An eval in a row, a model in a column. @returns rows without the head */
export function evalRows({ reports, shared }: ModelComparison): string[] {
  const byKey = reports.map(({ results }) => new Map(results.evals.map((each) => [each.key, each])));
  const keys = new Set(byKey.flatMap((evals) => [...evals.keys()]));
  const compared = new Set(shared.evals);
  return [...keys].map((key) => {
    const sides = byKey.map((evals) => evals.get(key));
    const first = sides.find((side) => side !== undefined);
    const mark = compared.has(key) ? '' : ' ¹';
    const cells = sides.map((side, index) => cellOf(side, reports[index]));
    return `| ${codeInTable(first?.name ?? key, MAX_NAME_BYTES)}${mark} | ${cells.join(' | ')} |`;
  });
}

export function evalHead({ reports }: ModelComparison): string[] {
  return [
    `| eval | ${reports.map(({ name }) => codeInTable(name, MAX_NAME_BYTES)).join(' | ')} |`,
    `| --- |${' --- |'.repeat(reports.length)}`,
  ];
}

function cellOf(result: EvalResult | undefined, report: ModelReport | undefined): string {
  if (!result || result.status === 'excluded') return '—';
  if (!isCompleted(result)) return `**${result.status}**`;
  const text = resultText(result);
  if (!text) return 'no metric';
  const metric = result.mainMetric?.name ?? '';
  const scores = (report?.samples.get(result.key)?.samples ?? []).flatMap(
    ({ scores }) => ownValue(scores, metric) ?? [],
  );
  const interval = result.mainMetric?.interval ?? meanInterval(scores);
  const shown = interval ? ` (${intervalText(interval)})` : '';
  return inline(`${text.name} ${text.text}${shown}`, 200);
}
