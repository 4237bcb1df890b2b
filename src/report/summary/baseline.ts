/** What the summary says of the comparison with a baseline. Pure. */
import { wholeNumber } from '../../model/format.ts';
import type { Report, ReportLinks } from '../../model/report.ts';
import type {
  BaselineComparison,
  BaselineSource,
  ComparisonStatus,
  EvalComparison,
  Verdict,
} from '../../model/verdict.ts';
import { commitName } from '../commit-name.ts';
import { runUrl } from '../links.ts';
import { code, inline } from '../markdown-text.ts';
import { withoutName } from '../result-text.ts';
import { folded, hiddenLines } from './fit.ts';

const MAX_NAME_BYTES = 200;

/** More names do not help a reader. */
const MAX_NAMES = 5;

/** What it was compared with, and how many evals improved or degraded. @param fine the keys of evals without rows of their own */
export function baselineLines(report: Report, fine: ReadonlySet<string>): string[] {
  const { results, links } = report;
  const { comparison } = report.verdict;
  if (comparison === null) return [];
  const { problem, source, hasSamples } = comparison;
  if (problem !== null)
    return ['### Baseline', '', `It cannot be used: ${inline(problem.replace(/\.$/, ''))}.`, ''];
  const pairs = hasSamples
    ? ''
    : ' No samples.jsonl lies beside it, so intervals are compared instead of pairs of samples.';
  const sentences = toldOf(comparison, fine);
  const known = new Set(results.evals.map(({ key }) => key));
  return [
    '### Baseline',
    '',
    `Compared with ${sourceText(source, links)}: ${statusCounts(comparison, known)}.${pairs}`,
    '',
    ...(sentences.length <= MAX_OPEN_SENTENCES ? [...sentences.map(item), ''] : []),
  ];
}

/** `` `baseline.json` of run 12 (main@abc1234, 2026-01-01) `` */
function sourceText(source: BaselineSource | null, links: ReportLinks): string {
  if (source === null) return 'the baseline';
  const { path, runId, ended } = source;
  const url = runUrl(links, runId);
  const run = runId === '' ? '' : ` of run ${url === undefined ? inline(runId) : `[${runId}](${url})`}`;
  const day = /^\d{4}-\d{2}-\d{2}/.exec(ended)?.[0];
  const details = [inline(commitName(source), MAX_NAME_BYTES), day].filter((part) => part);
  return `${code(path)}${run}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}

const COUNTED: readonly [status: ComparisonStatus, words: string][] = [
  ['degraded', 'degraded'],
  ['improved', 'improved'],
  ['not-comparable', 'not comparable'],
  ['too-few', 'with too few samples to tell'],
  ['within-noise', 'within noise'],
  ['incomplete', 'without a result'],
];

/** `2 degraded, 1 improved (json-repair), 25 within noise` @param known the keys of evals of this run */
function statusCounts({ evals }: BaselineComparison, known: ReadonlySet<string>): string {
  const parts = COUNTED.flatMap(([status, words]) => {
    const found = evals.filter((each) => each.status === status);
    if (found.length === 0) return [];
    // Degraded evals have rows of their own.
    const names = status === 'improved' ? ` (${namesOf(found)})` : '';
    return [`${wholeNumber(found.length)} ${words}${names}`];
  });
  const lost = evals.filter(({ status }) => status === 'missing');
  const [here, gone] = [lost.filter(({ key }) => known.has(key)), lost.filter(({ key }) => !known.has(key))];
  return [...parts, ...some(here, 'not compared'), ...some(gone, 'missing')].join(', ') || 'no eval';
}

function some(evals: readonly EvalComparison[], word: string): string[] {
  return evals.length === 0 ? [] : [`${wholeNumber(evals.length)} ${word} (${namesOf(evals)})`];
}

function namesOf(evals: readonly EvalComparison[]): string {
  const names = evals.slice(0, MAX_NAMES).map(({ name }) => code(name, MAX_NAME_BYTES));
  const hidden = evals.length - names.length;
  return `${names.join(', ')}${hidden > 0 ? ` and ${wholeNumber(hidden)} more` : ''}`;
}

/** Further sentences are in the report. */
const MAX_SENTENCES = 100;

/** So few sentences are not folded. */
const MAX_OPEN_SENTENCES = 3;

/** What is said of each eval that has no row of its own, folded; nothing when `baselineLines` says it. */
export function comparisonFold(
  { comparison }: Pick<Verdict, 'comparison'>,
  fine: ReadonlySet<string>,
): string[] {
  const told = comparison === null ? [] : toldOf(comparison, fine);
  if (told.length <= MAX_OPEN_SENTENCES) return [];
  const items = told.slice(0, MAX_SENTENCES).map(item);
  const hidden = hiddenLines(told.length - items.length, (count) => `… and ${count} more: see the report.`);
  const title = `What the comparison says of ${wholeNumber(told.length)} evals`;
  return [...folded(title, [...items, ...hidden]), ''];
}

/** An eval that a person has to look at has a row of its own. */
function toldOf({ evals }: BaselineComparison, fine: ReadonlySet<string>): EvalComparison[] {
  const order = COUNTED.map(([status]) => status);
  return evals
    .filter(({ key }) => fine.has(key))
    .toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

function item({ name, sentence }: EvalComparison): string {
  return `- ${code(name, MAX_NAME_BYTES)}: ${inline(withoutName(sentence, name), 1000)}`;
}
