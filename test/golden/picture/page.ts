/** The page of a scenario: its annotations, its log and its summary, as GitHub shows them. Pure. */
import type { LogLine, LogPart, ShownAnnotation, ShownStep } from '../shown/transcript.ts';
import { renderMarkdown } from './markdown.ts';

export interface Page {
  readonly title: string;
  readonly steps: readonly ShownStep[];
  /** Style sheets. */
  readonly css: readonly string[];
  /** Of a step's log. The texts have all lines. */
  readonly maxLogLines: number;
}

const LEFT_OUT = '<div class="left-out">Lines are left out of the picture: log.txt has all of them.</div>';

/** Of an open group. */
const MAX_OPEN_LINES = 24;
/** Of a summary with a row for each of a thousand evals. */
const MAX_SUMMARY_PIXELS = 1100;

export function pageOf({ title, steps, css, maxLogLines }: Page): string {
  const annotations = steps.flatMap((step) => step.annotations);
  const summaries = steps.map(({ summary }) => summary).filter((summary) => summary !== '');
  return [
    '<!doctype html><html data-color-mode="light"><head><meta charset="utf-8">',
    `<style>${css.join('\n')}</style></head><body>`,
    `<h1 class="page">${escaped(title)}</h1>`,
    heading('Annotations', annotationCounts(annotations)),
    annotations.length === 0 ? '<p class="none">none</p>' : annotations.map(card).join('\n'),
    ...steps.flatMap((step) => [
      `<div class="step"><div class="step-name">${step.isFailed ? '<span class="failed">✗</span>' : '<span class="passed">✓</span>'} ${escaped(step.name)}</div>`,
      logOf(step.log, maxLogLines),
      '</div>',
    ]),
    heading('Job summary', ''),
    summaries.length === 0
      ? '<p class="none">none</p>'
      : `<div class="summary markdown-body" style="max-height:${MAX_SUMMARY_PIXELS}px">${summaries.map(renderMarkdown).join('\n')}</div>`,
    '</body></html>',
  ].join('\n');
}

function heading(text: string, note: string): string {
  return `<h2 class="page">${text} <small>${escaped(note)}</small></h2>`;
}

function annotationCounts(annotations: readonly ShownAnnotation[]): string {
  const byLevel = Map.groupBy(
    annotations.filter(({ isShown }) => isShown),
    ({ level }) => level,
  );
  return [...byLevel]
    .map(([level, all]) => `${all.length} ${level}${all.length === 1 ? '' : 's'}`)
    .join(' and ');
}

function card({ level, title, place, message, isShown }: ShownAnnotation): string {
  return [
    `<div class="card ${level}${isShown ? '' : ' cut'}"><span class="icon">${{ error: '✗', warning: '!', notice: 'i' }[level]}</span><div>`,
    `<div class="card-title">${escaped(title ?? 'evals')}</div>`,
    ...(place === undefined ? [] : [`<div class="place">${escaped(place)}</div>`]),
    `<div class="message">${escaped(message)}</div>`,
    ...(isShown
      ? []
      : ['<div class="note">GitHub does not show this one: the step has ten of this level.</div>']),
    '</div></div>',
  ].join('');
}

/** Groups of evals that failed are open, as a reader would open them. */
function logOf(parts: readonly LogPart[], maxLines: number): string {
  let number = 0;
  const row = ({ text, level }: LogLine, indent = ''): string => {
    number += 1;
    return `<div class="line ${level ?? ''}"><span class="number">${number}</span><span class="text">${indent}${tagged(text, level)}</span></div>`;
  };
  const rows = parts.flatMap((part, index) => {
    if (part.kind === 'line') return [row(part.line)];
    const isOpen = index === 0 || isOfFailure(part, parts[index + 1]);
    const head = row({ text: part.title }, `<span class="arrow">${isOpen ? '▾' : '▸'}</span> `);
    const lines = part.lines.map((line) => row(line, '  '));
    if (!isOpen) return [head];
    return lines.length <= MAX_OPEN_LINES
      ? [head, ...lines]
      : [head, ...lines.slice(0, MAX_OPEN_LINES), LEFT_OUT];
  });
  const half = Math.floor(maxLines / 2);
  const shown = rows.length <= maxLines ? rows : [...rows.slice(0, half), LEFT_OUT, ...rows.slice(-half)];
  return `<div class="log">${shown.join('\n')}</div>`;
}

/** Whether an exception ended it, or an error annotation follows it. */
function isOfFailure({ lines }: Extract<LogPart, { kind: 'group' }>, next: LogPart | undefined): boolean {
  const hasTraceback = lines.some(({ text }) => text.includes('Traceback (most recent call last)'));
  return hasTraceback || (next?.kind === 'line' && next.line.level === 'error');
}

function tagged(text: string, level: string | undefined): string {
  if (level === undefined) return escaped(text);
  const [tag = '', ...rest] = text.split(': ');
  return `<b>${escaped(tag)}:</b> ${escaped(rest.join(': '))}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);
}
