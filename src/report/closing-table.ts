/** The table of results at the end of the log, in plain text. Pure. */
import { duration, metricText, wholeNumber } from '../model/format.ts';
import type { ResultRow, Results } from '../model/old-results.ts';
import { oneLine } from '../text.ts';
import { noteOf, urgentFirst } from './row-order.ts';

/** The job summary has all evals. */
const MAX_ROWS = 50;

/** A longer name would push the other columns out of sight. */
const MAX_NAME_BYTES = 80;

const MAX_RESULT_BYTES = 300;

type Cells = readonly [status: string, name: string, samples: string, time: string, result: string];

const HEAD: Cells = ['Status', 'Eval', 'Samples', 'Time', 'Result'];

/** One line each, failed evals first. Without evals there is no table. */
export function closingTable({ rows }: Results): string[] {
  if (rows.length === 0) return [];
  const shown = urgentFirst(rows).slice(0, MAX_ROWS);
  const hidden = rows.length - shown.length;
  return [
    ...aligned([HEAD, ...shown.map(cellsOf)]),
    ...(hidden > 0 ? [`and ${wholeNumber(hidden)} more; the job summary has all of them`] : []),
  ];
}

function cellsOf(row: ResultRow): Cells {
  const { status, name, samples, tookMs, metric } = row;
  return [
    status,
    oneLine(name, MAX_NAME_BYTES),
    samples === null ? '' : wholeNumber(samples),
    tookMs === undefined ? '' : duration(tookMs),
    oneLine(metric ? `${metric.name} ${metricText(metric.value)}` : noteOf(row), MAX_RESULT_BYTES),
  ];
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
