/** The job summary, in GitHub's Markdown. Pure. */
import { counted, wholeNumber } from '../../model/format.ts';
import type { Report } from '../../model/report.ts';
import { headLines } from '../head.ts';
import { inline } from '../markdown-text.ts';
import { isFine, type Row, rowsOf } from '../rows.ts';
import { aboutLines, type ReportPlaces } from './about.ts';
import { attentionDetails, attentionHead, attentionRow } from './attention.ts';
import { baselineLines, comparisonFold } from './baseline.ts';
import { completedTable } from './completed.ts';
import { bytesOf, fitting, folded, hiddenLines, MAX_SUMMARY_BYTES } from './fit.ts';
import { pendingLines } from './pending.ts';
import { ruleLines } from './rules.ts';

export interface SummaryExtras extends ReportPlaces {
  /** Whole sentences in plain text, such as what the API's trouble was. */
  readonly notes: readonly string[];
  /** What to do, a whole sentence; empty when there is nothing to do. */
  readonly next: string;
}

/** For the sentences that say what is left out. */
const RESERVED_BYTES = 1000;

/** More completed evals are folded: of most runs they say nothing new. */
const MAX_OPEN_ROWS = 20;

const MAX_NOTES = 20;

export function renderSummary(report: Report, extras: SummaryExtras): string {
  const rows = rowsOf(report.results, report.verdict);
  const fine = new Set(rows.filter(isFine).map(({ key }) => key));
  const before = [
    ...headLines(report),
    '',
    ...extras.notes.slice(0, MAX_NOTES).flatMap((note) => [inline(note, 2000), '']),
    ...(extras.next === '' ? [] : [`**What to do:** ${inline(extras.next, 2000)}`, '']),
    ...ruleLines(report.verdict.rules),
    ...baselineLines(report, fine),
  ];
  const after = aboutLines(report, extras);
  const room = MAX_SUMMARY_BYTES - RESERVED_BYTES - bytesOf(before) - bytesOf(after);
  const isPending = ({ status }: Row) => status === 'pending';
  const pending = pendingLines(rows.filter(isPending));
  const open = rows.filter((row) => !isFine(row) && !isPending(row));
  const attention = [...attentionLines(open, room - bytesOf(pending)), ...pending];
  const completed = completedLines(rows.filter(isFine), report, room - bytesOf(attention));
  const sentences = comparisonFold(report.verdict, fine);
  const isRoomLeft = bytesOf(attention) + bytesOf(completed) + bytesOf(sentences) <= room;
  return [...before, ...attention, ...completed, ...(isRoomLeft ? sentences : []), ...after].join('\n');
}

/** Rows take at most half of the room, and their details half of the rest. */
function attentionLines(rows: readonly Row[], room: number): string[] {
  if (rows.length === 0) return [];
  const table = fitting(rows.map(attentionRow), room / 2);
  const details = fitting(
    rows
      .slice(0, table.shown.length)
      .map(attentionDetails)
      .filter((block) => block !== ''),
    (room - bytesOf(table.shown)) / 2,
  );
  return [
    `### ${counted(rows.length, 'eval')} to look at`,
    '',
    ...attentionHead(rows),
    ...table.shown,
    ...hiddenLines(table.hidden, (count) => `… and ${count} more: see the report.`),
    '',
    ...details.shown.flatMap((block) => [block, '']),
    ...(details.hidden > 0
      ? [`Details of ${counted(details.hidden, 'more eval')} are in the report.`, '']
      : []),
  ];
}

function completedLines(rows: readonly Row[], { links }: Report, room: number): string[] {
  if (rows.length === 0) return [];
  const { head, rows: lines } = completedTable(rows, links);
  const { shown, hidden } = fitting(lines, room - bytesOf(head));
  const table = [
    ...head,
    ...shown,
    ...hiddenLines(hidden, (count) => `… and ${count} more: see the report.`),
  ];
  const title = '### Completed evals';
  if (rows.length <= MAX_OPEN_ROWS) return [title, '', ...table, ''];
  return [title, '', ...folded(`${counted(rows.length, 'eval')}${origins(rows)}`, table), ''];
}

/** `: 20 fresh, 8 reused` */
function origins(rows: readonly Row[]): string {
  const reused = rows.filter(({ status }) => status === 'reused').length;
  if (reused === 0 || reused === rows.length) return `, all ${reused === 0 ? 'fresh' : 'reused'}`;
  return `: ${wholeNumber(rows.length - reused)} fresh, ${wholeNumber(reused)} reused`;
}
