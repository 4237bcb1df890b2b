/** All evals in one table. The script sorts it by the values in `data-value`. Pure. */
import { counted, duration, isOrAre, wholeNumber } from '../../model/format.ts';
import type { ReportLinks } from '../../model/report.ts';
import type { EvalResult, MainMetric } from '../../model/results.ts';
import type { EvalComparison } from '../../model/verdict.ts';
import { runUrl } from '../links.ts';
import { amount } from '../numbers.ts';
import { resultText } from '../result-text.ts';
import { type Entry, tagsOf } from './entries.ts';
import { ratePicture } from './interval-picture.ts';
import { differenceText, isRate, isRateComparison, rangeText, unbroken, valueText } from './numbers.ts';
import { evalLink, link, named, section, sentence } from './parts.ts';
import { comparisonPill, statusPill } from './pills.ts';
import { saysCorrect } from './says-correct.ts';
import { type Branch, type Child, h } from './shared/tree.ts';

interface Column {
  readonly name: string;
  /** Without a kind the script cannot sort by it. */
  readonly sort: 'text' | 'number' | 'order' | null;
  cell(entry: Entry, links: ReportLinks): { readonly value: string | number | null; readonly content: Child };
}

export function evalsTable(
  entries: readonly Entry[],
  leftOut: number,
  hasBaseline: boolean,
  links: ReportLinks,
): Branch {
  const columns = COLUMNS.filter(({ name }) => hasBaseline || name !== 'Against baseline');
  const note =
    leftOut === 0
      ? null
      : h(
          'p',
          { class: 'note' },
          `${counted(leftOut, 'eval')} of the set ${isOrAre(leftOut)} left out by the inputs include and exclude.`,
        );
  return section(
    'evals',
    'All evals',
    h(
      'div',
      { class: 'table-frame' },
      h(
        'table',
        { id: 'evals-table' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...columns.map(({ name, sort }) =>
              h('th', { scope: 'col', 'data-sort': sort, class: sort === 'number' ? 'number' : null }, name),
            ),
          ),
        ),
        h('tbody', {}, ...entries.map((entry) => row(entry, columns, links))),
      ),
    ),
    note,
  );
}

function row(entry: Entry, columns: readonly Column[], links: ReportLinks): Branch {
  return h(
    'tr',
    { 'data-eval': entry.number, 'data-tags': tagsOf(entry).join(' ') },
    ...columns.map((column) => {
      const { value, content } = column.cell(entry, links);
      return h(
        'td',
        { 'data-label': column.name, 'data-value': value, class: column.sort === 'number' ? 'number' : null },
        content,
      );
    }),
  );
}

/** The order in which statuses are sorted. */
const STATUS_ORDER = ['failed', 'pending', 'fresh', 'reused'];

const COLUMNS: readonly Column[] = [
  {
    name: 'Eval',
    sort: 'text',
    cell: (entry, links) => ({
      value: named(entry.result.name),
      content: [h('div', {}, evalLink(entry)), origin(entry, links)],
    }),
  },
  {
    name: 'Status',
    sort: 'order',
    cell: (entry) => ({
      value: STATUS_ORDER.indexOf(entry.result.status),
      content: h('div', { class: 'pills' }, statusPill(entry.result.status), ...ruleMarks(entry)),
    }),
  },
  {
    name: 'Value',
    sort: 'number',
    cell: ({ result }) => ({
      value: typeof result.mainMetric?.value === 'number' ? result.mainMetric.value : null,
      content: valueCell(result),
    }),
  },
  {
    name: '95 % interval',
    sort: null,
    cell: ({ result, comparison }) => ({
      value: null,
      content: result.mainMetric ? intervalCell(result.mainMetric, comparison) : '',
    }),
  },
  {
    name: 'Against baseline',
    sort: 'order',
    cell: (entry) => ({
      value: entry.comparison?.difference ?? null,
      content: entry.comparison ? comparisonCell(entry.comparison, entry) : '',
    }),
  },
  {
    name: 'Samples',
    sort: 'number',
    cell: ({ result }) => ({ value: result.samples.total, content: samplesCell(result.samples) }),
  },
  {
    name: 'Tokens',
    sort: 'number',
    cell: ({ result: { tokens } }) => ({
      value: tokens?.total ?? null,
      content: tokens ? unbroken(amount(tokens.total)) : '',
    }),
  },
  {
    name: 'Time',
    sort: 'number',
    cell: ({ result: { tookMs } }) => ({ value: tookMs, content: tookMs === null ? '' : duration(tookMs) }),
  },
  {
    name: 'Attempts',
    sort: 'number',
    cell: ({ result: { attempts } }) => ({
      value: attempts,
      content: attempts === 0 ? '' : wholeNumber(attempts),
    }),
  },
];

/** Why it ran, or where its result comes from. */
function origin({ result }: Entry, links: ReportLinks): Branch | null {
  const { status, run, decision } = result;
  if (status === 'reused')
    return h(
      'div',
      { class: 'origin' },
      'from ',
      run
        ? link(
            runUrl(links, run.id, run.attempt),
            `run ${named(run.id)}${run.attempt > 1 ? `, attempt ${run.attempt}` : ''}`,
          )
        : 'an earlier run',
    );
  const reason = decision?.reason ?? '';
  return reason === '' ? null : h('div', { class: 'origin' }, sentence(reason));
}

function ruleMarks({ unmet }: Entry): Branch[] {
  if (unmet.length === 0) return [];
  return [statusPill(unmet.some(({ status }) => status === 'missed') ? 'missed' : 'not-judged')];
}

/** The main metric, or how often a judge made each choice. */
function valueCell(result: EvalResult): Child {
  const { mainMetric } = result;
  if (!mainMetric) return named(resultText(result)?.text ?? '');
  return [
    h('div', {}, valueText(mainMetric.value, isRate(mainMetric))),
    h('div', { class: 'range muted' }, named(mainMetric.name)),
  ];
}

function intervalCell(metric: MainMetric, comparison: EvalComparison | null): Child {
  const { value, interval } = metric;
  if (typeof value !== 'number') return '';
  const asRate = isRate(metric);
  const before = comparison?.before ?? null;
  const range = interval ? rangeText(interval, asRate) : '';
  const words = [
    valueText(value, asRate),
    ...(interval ? [`95 % interval ${range}`] : []),
    ...(before === null ? [] : [`before ${valueText(before, asRate)}`]),
  ].join(', ');
  return [
    interval || before !== null ? ratePicture(value, interval, before, words) : null,
    interval ? h('div', { class: 'range' }, range) : h('div', { class: 'range muted' }, 'no interval'),
  ];
}

function comparisonCell(comparison: EvalComparison, { result }: Entry): Child {
  const { status, before, difference } = comparison;
  const asRate = isRateComparison(comparison, result.mainMetric);
  return [
    h('div', { class: 'pills' }, comparisonPill(status)),
    h(
      'div',
      { class: 'range' },
      difference === null ? null : h('b', {}, differenceText(difference, asRate)),
      before === null ? null : h('span', { class: 'muted' }, ` from ${valueText(before, asRate)}`),
    ),
  ];
}

function samplesCell({ total, outcomes }: Entry['result']['samples']): Child {
  if (!outcomes) return total === null ? '' : wholeNumber(total);
  const others = [
    ...(outcomes.incorrect > 0 ? [`${wholeNumber(outcomes.incorrect)} incorrect`] : []),
    ...(outcomes.unscored > 0 ? [`${wholeNumber(outcomes.unscored)} unscored`] : []),
    ...(outcomes.errored > 0 ? [`${wholeNumber(outcomes.errored)} errored`] : []),
  ];
  const all = total === null ? '?' : wholeNumber(total);
  return [
    h('div', {}, saysCorrect(outcomes) ? `${wholeNumber(outcomes.correct)} of ${all} correct` : all),
    others.length === 0 ? null : h('div', { class: 'range muted' }, others.join(', ')),
  ];
}
