/** The table of evals that completed and of which nothing bad is known. Pure. */
import { duration, wholeNumber } from '../../model/format.ts';
import type { ReportLinks } from '../../model/report.ts';
import type { EvalResult, Interval } from '../../model/results.ts';
import { runUrl } from '../links.ts';
import { codeInTable, inline } from '../markdown-text.ts';
import { intervalText, resultText } from '../result-text.ts';
import type { Row } from '../rows.ts';
import { comparisonText, statusCell } from '../status-text.ts';
import { nameHead } from './name-head.ts';

interface Column {
  readonly title: string;
  readonly align: ':---' | '---:';
  /** Markdown. A column whose cells are all empty is left out. */
  readonly cell: (row: Row, result: EvalResult) => string;
}

export interface CompletedTable {
  readonly head: readonly string[];
  readonly rows: readonly string[];
}

export function completedTable(rows: readonly Row[], links: ReportLinks): CompletedTable {
  const columns = columnsOf(rows, links);
  const table = rows.flatMap((row) => {
    const { result } = row;
    return result === null ? [] : [columns.map(({ cell }) => cell(row, result))];
  });
  const used = columns.map((_, at) => table.some((cells) => cells[at] !== ''));
  const line = (cells: readonly string[]) => `| ${cells.filter((_, at) => used[at]).join(' | ')} |`;
  return {
    head: [line(columns.map(({ title }) => title)), line(columns.map(({ align }) => align))],
    rows: table.map(line),
  };
}

function columnsOf(rows: readonly Row[], links: ReportLinks): Column[] {
  const metric = sharedMetric(rows);
  // There is no room for both.
  const isCompared = rows.some(({ comparison }) => comparison !== null);
  return [
    { title: 'Status', align: ':---', cell: (row, result) => statusOf(row, result, links) },
    { title: nameHead(rows), align: ':---', cell: ({ name }) => codeInTable(name, 200) },
    {
      title: metric === '' ? 'Result' : inline(metric),
      align: ':---',
      cell: (_, result) => resultCell(result, metric),
    },
    {
      title: '95&nbsp;% interval',
      align: ':---',
      cell: (_, { mainMetric }) => intervalCell(mainMetric, isCompared),
    },
    {
      title: 'Baseline',
      align: ':---',
      cell: ({ comparison }) => unbroken(inline(comparisonText(comparison))),
    },
    { title: 'Samples', align: '---:', cell: (_, result) => samplesCell(result) },
    {
      title: 'Time',
      align: '---:',
      cell: (_, { tookMs }) => (tookMs === null ? '' : unbroken(duration(tookMs))),
    },
  ];
}

/** The name of the metric of all rows; empty when they have different ones. */
function sharedMetric(rows: readonly Row[]): string {
  const names = new Set(rows.flatMap(({ result }) => (result && resultText(result)?.name) ?? []));
  const [name = ''] = names;
  return names.size === 1 ? name : '';
}

/** A longer result may be two lines. */
const MAX_UNBROKEN = 40;

/** @param metric the name in the head of the column */
function resultCell(result: EvalResult, metric: string): string {
  const shown = resultText(result);
  if (shown === null) return inline(result.note);
  const name = shown.name === metric ? '' : inline(shown.name);
  const text = `${name} **${inline(shown.text)}**`.trim();
  return text.length <= MAX_UNBROKEN ? unbroken(text) : text;
}

/** Characters from 0 to 1. */
const DOTS = 20;

/** `····──●──··· 0.64 … 0.78` where the scale goes from 0 to 1, without the numbers where there is no room for them. */
function intervalCell(metric: EvalResult['mainMetric'], isNarrow: boolean): string {
  if (metric === null || metric.interval === null) return '';
  const { interval, value } = metric;
  const text = unbroken(intervalText(interval));
  const isOnScale = typeof value === 'number' && interval.low >= 0 && interval.high <= 1;
  if (!isOnScale) return text;
  return `\`${dots(interval, value)}\`${isNarrow ? '' : ` ${text}`}`;
}

function dots({ low, high }: Pick<Interval, 'low' | 'high'>, value: number): string {
  const place = (each: number) => Math.min(DOTS, Math.max(0, Math.round(each * DOTS)));
  const [from, to, at] = [place(low), place(high), place(value)];
  return Array.from({ length: DOTS + 1 }, (_, n) => (n === at ? '●' : n >= from && n <= to ? '─' : '·')).join(
    '',
  );
}

/** With the samples that have no score, because they are easily overlooked. */
function samplesCell({ samples: { total, outcomes } }: EvalResult): string {
  if (total === null) return '';
  const [unscored, errored] = [outcomes?.unscored ?? 0, outcomes?.errored ?? 0];
  const parts = [
    wholeNumber(total),
    ...(unscored > 0 ? [`${wholeNumber(unscored)} unscored`] : []),
    ...(errored > 0 ? [`${wholeNumber(errored)} errored`] : []),
  ];
  return parts.map(unbroken).join(', ');
}

/** Of a reused result, a link to the run that it comes from. A fresh one comes from this run. */
function statusOf({ status }: Row, { run }: EvalResult, links: ReportLinks): string {
  const text = statusCell(status);
  const url = status === 'reused' && run !== null ? runUrl(links, run.id, run.attempt) : undefined;
  return url === undefined ? text : `[${text}](${url})`;
}

function unbroken(text: string): string {
  return text.replaceAll(' ', '&nbsp;');
}
