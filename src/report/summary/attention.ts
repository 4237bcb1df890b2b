/** The evals that a person has to look at: failed, degraded, not judged, missing. Pure. */
import { withoutMark } from '../../gate/rules/rule.ts';
import { counted } from '../../model/format.ts';
import type { SampleFlip } from '../../model/verdict.ts';
import { code, codeInTable, fenced, html, inline } from '../markdown-text.ts';
import { causeText, shortNumber, withoutName } from '../result-text.ts';
import type { Row, RowRule } from '../rows.ts';
import { statusCell } from '../status-text.ts';
import { folded } from './fit.ts';
import { nameHead } from './name-head.ts';

const MAX_NAME_BYTES = 200;

const MAX_SENTENCE_BYTES = 1000;

export function attentionHead(rows: readonly Row[]): string[] {
  return [`| Status | ${nameHead(rows)} | What happened |`, '| :--- | :--- | :--- |'];
}

export function attentionRow(row: Row): string {
  return `| ${statusCell(row.status)} | ${codeInTable(row.name, MAX_NAME_BYTES)} | ${whatHappened(row)} |`;
}

/** In one line of Markdown: the cause, or what was seen. */
function whatHappened(row: Row): string {
  const { status, result, comparison } = row;
  if (result === null) return inline(withoutName(comparison?.sentence ?? '', row.name));
  if (status === 'failed') return inline(causeText(result));
  const required = row.rules.filter(({ advisory }) => !advisory);
  if (status === 'degraded') return `${degradedText(row)}${missedRules(required)}`;
  return required.map(ruleText).join('<br>');
}

/** `accuracy **0.713**, was 0.863: of 80 pairs, 13 got worse and 1 better` */
function degradedText({ comparison }: Row): string {
  if (comparison === null) return '';
  const { metric, before, now, pairs, worse, better } = comparison;
  const value = now === null ? '' : ` **${shortNumber(now)}**`;
  const was = before === null ? '' : `, was ${shortNumber(before)}`;
  const flips = pairs > 0 ? `: of ${counted(pairs, 'pair')}, ${worse} got worse and ${better} better` : '';
  return `${inline(metric)}${value}${was}${flips}`;
}

/** `; misses accuracy drop <= 2pp`. The sentences of such rules say what the row says. */
function missedRules(rules: readonly RowRule[]): string {
  const missed = rules.filter(({ status }) => status === 'missed').map(({ rule }) => codeInTable(rule));
  return missed.length === 0 ? '' : `; misses ${missed.join(', ')}`;
}

/** What the list of rules does not say already. */
function ruleText({ rule, status, value, sentence, name, isAlone }: RowRule): string {
  if (status === 'missed' && value !== null && isAlone)
    return `**${shortNumber(value)}** misses ${codeInTable(rule)}`;
  return inline(withoutName(sentence, name), MAX_SENTENCE_BYTES);
}

/** Further flips are in the report. */
const MAX_FLIPS = 10;

const MAX_OUTPUT_BYTES = 6000;

/** What there is to say beyond the row, folded; empty when there is nothing. */
export function attentionDetails(row: Row): string {
  const parts = [
    ...comparisonBlock(row),
    ...advisoryBlock(row),
    ...flipsBlock(row.comparison?.flips ?? []),
    ...outputBlock(row),
  ];
  if (parts.length === 0) return '';
  const title = `<code>${html(row.name, MAX_NAME_BYTES)}</code>: ${parts.map((part) => part.title).join(', ')}`;
  return folded(
    title,
    parts.flatMap(({ lines }, index) => [...(index === 0 ? [] : ['']), ...lines]),
  ).join('\n');
}

interface Block {
  readonly title: string;
  readonly lines: readonly string[];
}

function comparisonBlock({ status, name, comparison, rules }: Row): Block[] {
  if (comparison === null || status === 'failed' || status === 'missing') return [];
  if (rules.some(({ sentence }) => withoutName(sentence, name) === comparison.sentence)) return [];
  const text = inline(withoutName(comparison.sentence, name), MAX_SENTENCE_BYTES);
  return [{ title: 'what the comparison says', lines: [text] }];
}

/** The row has the required rules. */
function advisoryBlock({ status, rules }: Row): Block[] {
  const advisory = rules.filter((rule) => rule.advisory && !rule.isAlone);
  if (advisory.length === 0 || status === 'failed') return [];
  const items = advisory.map(
    ({ rule, sentence, name }) =>
      `- ${code(withoutMark(rule))}: ${inline(withoutName(sentence, name), MAX_SENTENCE_BYTES)}`,
  );
  return [{ title: counted(advisory.length, 'advisory rule'), lines: items }];
}

function flipsBlock(flips: readonly SampleFlip[]): Block[] {
  if (flips.length === 0) return [];
  const rows = flips.slice(0, MAX_FLIPS).map((flip) => {
    const [before, now] = [scoreText(flip, 'before'), scoreText(flip, 'now')];
    return `| ${codeInTable(flip.id, MAX_NAME_BYTES)} | ${before} | ${now} |`;
  });
  const count = counted(flips.length, 'changed sample');
  return [
    {
      title: flips.length > MAX_FLIPS ? `${MAX_FLIPS} of ${count}` : count,
      lines: ['| Sample | Baseline | Now |', '| :--- | :--- | :--- |', ...rows],
    },
  ];
}

/** `correct`, or the score where samples have no outcome. */
function scoreText(flip: SampleFlip, side: 'before' | 'now'): string {
  const outcome = side === 'before' ? flip.outcomeBefore : flip.outcomeNow;
  const isTold = flip.outcomeBefore !== flip.outcomeNow && outcome !== null;
  return isTold ? outcome : shortNumber(flip[side]);
}

function outputBlock({ result }: Row): Block[] {
  const lines = result?.error?.lastLines ?? [];
  if (lines.length === 0) return [];
  return [{ title: 'end of its output', lines: [fenced(lines.join('\n'), MAX_OUTPUT_BYTES)] }];
}
