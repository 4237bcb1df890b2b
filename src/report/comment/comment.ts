/** The comment on a pull request, in GitHub's Markdown. Pure. */
import { counted, wholeNumber } from '../../model/format.ts';
import type { Report } from '../../model/report.ts';
import { headLines } from '../head.ts';
import { runUrl, webUrl } from '../links.ts';
import { type Row, type RowStatus, rowsOf } from '../rows.ts';
import { attentionHead, attentionRow } from '../summary/attention.ts';
import { fitting } from '../summary/fit.ts';
import { groupsOfRules, openRules, ruleItem } from '../summary/rules.ts';
import { changedSample, changedSamples } from './flips.ts';
import { type CommentOwner, commentMarker } from './marker.ts';

export interface CommentExtras {
  readonly marker: CommentOwner;
  /** Where report.html can be opened or downloaded. */
  readonly reportUrl?: string | undefined;
}

/**
 * GitHub refuses a longer one: "Body is too long (maximum is 65536 characters)". It counts code points, of which a text has no
 * more than it has units of UTF-16, which `length` counts.
 */
export const MAX_COMMENT_CHARACTERS = 65_535;

/** For the sentences that say what is left out. */
const RESERVED_CHARACTERS = 500;

/** Evals without a problem are in the summary, pending ones in its sentence. */
const SHOWN: ReadonlySet<RowStatus> = new Set(['failed', 'degraded', 'missed', 'missing']);

const MAX_ROWS = 40;
const MAX_RULES = 20;

/** Rows and samples need some room too. */
const MAX_RULES_BYTES = 20_000;

const MAX_SAMPLES = 10;

export function renderComment(report: Report, { marker, reportUrl }: CommentExtras): string {
  const before = [commentMarker(marker), '', ...headLines(report), '', ...ruleLines(report)];
  const after = linkLines(report, reportUrl);
  const room = MAX_COMMENT_CHARACTERS - RESERVED_CHARACTERS - lengthOf(before) - lengthOf(after);
  const rows = rowsOf(report.results, report.verdict).filter(({ status }) => SHOWN.has(status));
  const table = tableLines(rows, Math.floor(room / 2));
  const samples = sampleLines(report, room - lengthOf(table));
  return [...before, ...table, ...samples, ...after].join('\n');
}

function ruleLines({ verdict }: Report): string[] {
  const open = openRules(verdict.rules);
  if (open.length === 0) return [];
  const groups = groupsOfRules(open).slice(0, MAX_RULES);
  const { shown } = fitting(groups.map(ruleItem), MAX_RULES_BYTES);
  const hidden = open.length - groups.slice(0, shown.length).flat().length;
  return [...shown, ...(hidden > 0 ? [`- and ${wholeNumber(hidden)} more that are not met`] : []), ''];
}

function tableLines(rows: readonly Row[], room: number): string[] {
  if (rows.length === 0) return [];
  const shown = allFitting(rows.slice(0, MAX_ROWS).map(attentionRow), room);
  const hidden = rows.length - shown.length;
  const more = hidden > 0 ? ['', `… and ${counted(hidden, 'more eval')}: see the job summary.`] : [];
  return [...(shown.length > 0 ? [...attentionHead(rows), ...shown] : []), ...more, ''];
}

function sampleLines(report: Report, room: number): string[] {
  const { of, samples, total } = changedSamples(report);
  if (total === 0) return [];
  const blocks = samples.slice(0, MAX_SAMPLES).map((each) => changedSample(each, report));
  const shown = allFitting(blocks, room);
  const isAll = shown.length === total;
  return [
    `**${isAll ? '' : `${wholeNumber(shown.length)} of `}${counted(total, 'changed sample')} of ${of} evals**`,
    '',
    ...shown.filter((block) => !isItem(block)).flatMap((block) => [block, '']),
    ...shown.filter(isItem),
    ...(shown.some(isItem) ? ['', NO_TEXT, ''] : []),
  ];
}

/** A sample without texts. */
function isItem(block: string): boolean {
  return block.startsWith('- ');
}

const NO_TEXT = 'Samples without their texts: the input `samples-text` says which may leave the runner.';

/** The blocks that fit. A later one may be shorter than one that does not. */
function allFitting(blocks: readonly string[], room: number): string[] {
  let left = room;
  return blocks.filter((block) => {
    const isFitting = block.length + 2 <= left;
    if (isFitting) left -= block.length + 2;
    return isFitting;
  });
}

function linkLines({ links }: Report, reportUrl: string | undefined): string[] {
  const report = reportUrl === undefined ? undefined : webUrl(reportUrl);
  const run = runUrl(links, links.runId);
  const shown = [
    ...(report === undefined ? [] : [`[Report with all samples](${report})`]),
    ...(run === undefined ? [] : [`[Run with its summary, logs and artifacts](${run})`]),
  ];
  return shown.length === 0 ? [] : [shown.join(' · '), ''];
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
