/** A section of RESULTS.md: one table, whose last column says what each row should reach. */
import { median } from './measure.ts';

export interface Section {
  readonly title: string;
  readonly markdown: string;
  /** The rows that missed their targets, one line each. */
  readonly missed: readonly string[];
}

/** What a row should reach, and whether it does. */
export interface Target {
  readonly text: string;
  readonly met: boolean;
}

export const NO_TARGET: Target = { text: '', met: true };

/** `< 2 s`, `≥ 12 times as fast`. Of several measurements the median counts. */
export function target(
  sign: '<' | '≤' | '>' | '≥',
  limit: number,
  unit: string,
  measured: number | readonly number[],
): Target {
  const value = typeof measured === 'number' ? measured : median(measured);
  const met = { '<': value < limit, '≤': value <= limit, '>': value > limit, '≥': value >= limit }[sign];
  return { text: `${sign} ${limit.toLocaleString('en')} ${unit}`, met };
}

/** One target that is met when all of these are. */
export function allOf(...targets: readonly Target[]): Target {
  return { text: targets.map(({ text }) => text).join(', '), met: targets.every(({ met }) => met) };
}

/** The cells of a row. The last one is its target. */
export type Row = readonly [what: string, ...measured: string[], target: Target];

/** Makes a section with one table. `head` names the columns before the target. */
export function section(
  title: string,
  intro: string,
  head: readonly string[],
  rows: readonly Row[],
): Section {
  const read = rows.map((row) => {
    const { text, met } = row.at(-1) as Target;
    return { cells: row.slice(0, -1) as string[], text, met };
  });
  const cells = read.map((row) => [...row.cells, row.met ? row.text : `**missed:** ${row.text}`]);
  const missed = read
    .filter(({ met }) => !met)
    .map((row) => `${row.cells.filter((cell) => cell !== '').join(' | ')} | target: ${row.text}`);
  const markdown = [intro, table([...head, 'target'], cells)].filter((part) => part !== '').join('\n\n');
  return { title, markdown, missed };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
