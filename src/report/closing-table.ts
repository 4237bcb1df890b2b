/** The table of results at the end of the log, and what its rules found, in plain text. Pure. */
import { withoutMark } from '../gate/rules/rule.ts';
import { duration, wholeNumber } from '../model/format.ts';
import type { Results } from '../model/results.ts';
import type { EvalComparison, RuleVerdict, Verdict } from '../model/verdict.ts';
import { oneLine } from '../text.ts';
import { causeText, intervalText, resultLine, shortNumber, withoutName } from './result-text.ts';
import { type Row, rowsOf } from './rows.ts';
import { comparisonText, STATUS_WORD } from './status-text.ts';
import { RULE_WORDS } from './words.ts';

/** The job summary has all evals. */
const MAX_ROWS = 50;

/** A longer name would push the other columns out of sight. */
const MAX_NAME_BYTES = 80;

const MAX_RESULT_BYTES = 300;

/** The job summary has all that are not met. */
const MAX_RULES = 20;

type Cells = readonly [status: string, name: string, samples: string, time: string, result: string];

const HEAD: Cells = ['Status', 'Eval', 'Samples', 'Time', 'Result'];

/** One line each: evals, what must not be overlooked first, then rules. Without evals there is no table. */
export function closingTable(results: Results, verdict: Verdict): string[] {
  const rows = rowsOf(results, verdict);
  const shown = rows.slice(0, MAX_ROWS);
  const hidden = rows.length - shown.length;
  return [
    ...(rows.length === 0 ? [] : aligned([HEAD, ...shown.map(cellsOf)])),
    ...(hidden > 0 ? [`and ${wholeNumber(hidden)} more; the job summary has all of them`] : []),
    ...ruleLines(verdict.rules),
  ];
}

function cellsOf(row: Row): Cells {
  const { status, name, result } = row;
  const total = result?.samples.total ?? null;
  const tookMs = result?.tookMs ?? null;
  return [
    STATUS_WORD[status],
    oneLine(name, MAX_NAME_BYTES),
    total === null ? '' : wholeNumber(total),
    tookMs === null ? '' : duration(tookMs),
    oneLine(resultOf(row), MAX_RESULT_BYTES),
  ];
}

/** `accuracy 0.71 (95 % 0.64 … 0.78), baseline 0.84`, or why there is no result. */
function resultOf({ status, name, result, comparison, rules }: Row): string {
  if (result === null) return withoutName(comparison?.sentence ?? '', name);
  const shown = resultLine(result);
  if (status === 'failed' || status === 'pending' || shown === '') return causeText(result);
  const [reason] = rules.filter(({ advisory }) => !advisory);
  if (status === 'not-judged' && reason) return withoutName(reason.sentence, name);
  const interval = result.mainMetric?.interval ?? null;
  const range = interval === null ? '' : ` (95 % ${intervalText(interval)})`;
  return `${shown}${range}${baselineOf(status, comparison)}`;
}

/** The status says it of a degraded eval. */
function baselineOf(status: Row['status'], comparison: EvalComparison | null): string {
  if (comparison === null || comparison.before === null) return '';
  return `, baseline ${status === 'degraded' ? shortNumber(comparison.before) : comparisonText(comparison)}`;
}

const RULE_ORDER = ['missed', 'not-judged', 'met'] as const;

/** `Rule missed: accuracy >= 0.8: …`, missed ones first. */
function ruleLines(rules: readonly RuleVerdict[]): string[] {
  const sorted = rules.toSorted((a, b) => RULE_ORDER.indexOf(a.status) - RULE_ORDER.indexOf(b.status));
  const lines = sorted.slice(0, MAX_RULES).map(({ rule, advisory, status, sentence }) => {
    const head = `${advisory ? 'Advisory rule' : 'Rule'} ${RULE_WORDS[status]}`;
    return `${head}: ${oneLine(advisory ? withoutMark(rule) : rule, MAX_RESULT_BYTES)}: ${oneLine(sentence, MAX_RESULT_BYTES)}`;
  });
  const hidden = rules.length - lines.length;
  return [...lines, ...(hidden > 0 ? [`and ${wholeNumber(hidden)} more rules`] : [])];
}

/** Pads the cells of each column to one width. Numbers end where their column ends, and the last column has no end. */
function aligned(table: readonly Cells[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...table.map((cells) => lengthOf(cells[column] ?? ''))));
  return table.map(([status, name, samples, time, result]) => {
    const [statusWidth = 0, nameWidth = 0, samplesWidth = 0, timeWidth = 0] = widths;
    const cells = [
      `${status}${blanks(statusWidth, status)}`,
      `${name}${blanks(nameWidth, name)}`,
      `${blanks(samplesWidth, samples)}${samples}`,
      `${blanks(timeWidth, time)}${time}`,
      result,
    ];
    return cells.join('  ').trimEnd();
  });
}

function blanks(width: number, cell: string): string {
  return ' '.repeat(width - lengthOf(cell));
}

/** In characters, not in the units of UTF-16. */
function lengthOf(text: string): number {
  return [...text].length;
}
