/** The three texts of a scenario, as they are committed. */
import { dirname } from 'node:path';
import { ownAction } from '../../helpers/runner.ts';
import type { Played } from '../played.ts';
import type { Scenario, ScenarioDifferences } from '../scenario.ts';
import { replacedInColumns } from './columns.ts';
import { isProgress, normaliser, withoutNumbers } from './normalise.ts';
import { plainTracebacks } from './tracebacks.ts';
import {
  type LogLine,
  type LogPart,
  type ShownAnnotation,
  type ShownStep,
  shownSteps,
} from './transcript.ts';

export interface GoldenTexts {
  readonly 'log.txt': string;
  readonly 'annotations.txt': string;
  readonly 'summary.md': string;
}

export type TextName = keyof GoldenTexts;

/** What a person sees of the run, with everything replaced that differs between two runs. */
export function comparableSteps(played: Played, python: string, scenario: Scenario): ShownStep[] {
  const { machine } = played;
  const { differs = {}, isCancelled } = scenario;
  const normalise = normaliser({
    places: {
      [machine.stateDirectory]: '/tmp/oaievalset',
      [machine.directory]: '/home/runner',
      [dirname(dirname(python))]: '/opt/evals',
      [ownAction]: '/home/runner/work/_actions/octo-org/oaievalset-action/v1',
      [`127.0.0.1:${machine.api.port}`]: '127.0.0.1:8000',
    },
    ...differs,
  });
  return shownSteps(played, isCancelled).map((step) => ({
    ...step,
    log: withoutRepetition(comparableLog(step.log, normalise, differs), differs),
    annotations: step.annotations.map(({ title, message, ...rest }) => ({
      ...rest,
      title: title === undefined ? undefined : normalise(title),
      message: normalise(message),
    })),
    summary: normalise(step.summary),
  }));
}

function comparableLog(
  parts: readonly LogPart[],
  normalise: (text: string) => string,
  { stops = false }: ScenarioDifferences,
): LogPart[] {
  return sections(parts).flatMap((section): LogPart[] => {
    if (section.kind === 'lines') {
      const texts = replacedInColumns(
        section.lines.map(({ text }) => text),
        normalise,
      );
      return section.lines.map((line, at) => ({ kind: 'line', line: { ...line, text: texts[at] ?? '' } }));
    }
    const { title, lines } = section.group;
    const levels = new Map(lines.map(({ text, level }) => [text, level]));
    const texts = lines.map(({ text }) => text).filter((text) => !stops || !text.startsWith('│'));
    const shown = plainTracebacks(texts).map((text) => {
      const level = levels.get(text);
      return { text: normalise(text), ...(level === undefined ? {} : { level }) };
    });
    return [{ kind: 'group', title: normalise(title), lines: shown }];
  });
}

type Section =
  | { readonly kind: 'lines'; readonly lines: LogLine[] }
  | { readonly kind: 'group'; readonly group: Extract<LogPart, { kind: 'group' }> };

/** Lines that follow one another, and groups. */
function sections(parts: readonly LogPart[]): Section[] {
  const all: Section[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (part.kind === 'group') all.push({ kind: 'group', group: part });
    else if (last?.kind === 'lines') last.lines.push(part.line);
    else all.push({ kind: 'lines', lines: [part.line] });
  }
  return all;
}

/**
 * Drops lines outside groups of which a slow machine prints more: progress, and what a waiting run prints again and again. Of
 * those that differ only in numbers, the first is shown.
 */
function withoutRepetition(parts: readonly LogPart[], differs: ScenarioDifferences): LogPart[] {
  const { waits = false, showsProgress = false } = differs;
  const seen = new Set<string>();
  return parts.filter((part) => {
    if (part.kind === 'group' || part.line.level !== undefined) return true;
    const { text } = part.line;
    if (isProgress(text) && !showsProgress) return false;
    if (!isProgress(text) && !waits) return true;
    const kind = isProgress(text) ? 'progress' : withoutNumbers(text);
    const isNew = !seen.has(kind);
    seen.add(kind);
    return isNew;
  });
}

export function goldenTexts(steps: readonly ShownStep[]): GoldenTexts {
  const severalSteps = steps.length > 1;
  const perStep = (text: (step: ShownStep) => string, none: string): string =>
    steps
      .map((step) => [...(severalSteps ? [`=== ${step.name}`] : []), text(step) || none].join('\n'))
      .join('\n');
  const summaries = steps.map(({ summary }) => summary).filter((summary) => summary !== '');
  return {
    'log.txt': withEnd(perStep(({ log }) => log.flatMap(logText).join('\n'), '(nothing)')),
    'annotations.txt': withEnd(
      perStep(({ annotations }) => annotations.map(annotationText).join('\n\n'), '(none)'),
    ),
    'summary.md': withEnd(summaries.map(comparableSummary).join('\n') || '<!-- none -->'),
  };
}

/** The first and the last rows of a long table show what it says. */
const ROWS = { most: 60, first: 40, last: 5 } as const;

function comparableSummary(markdown: string): string {
  return withoutManyRows(plainTracebacks(markdown.split('\n')).join('\n'));
}

function withoutManyRows(markdown: string): string {
  const lines = markdown.split('\n');
  const rows = [...lines.keys()].filter((at) => /^\| (?!Status|:)/.test(lines[at] ?? ''));
  if (rows.length <= ROWS.most) return markdown;
  const left = new Set(rows.slice(ROWS.first, -ROWS.last));
  const note = `<!-- ${left.size} rows are left out of this text -->`;
  return lines.flatMap((line, at) => (left.has(at) ? (left.has(at - 1) ? [] : [note]) : [line])).join('\n');
}

function logText(part: LogPart): string[] {
  if (part.kind === 'line') return [part.line.text];
  return [`▸ ${part.title}`, ...part.lines.map(({ text }) => (text === '' ? '' : `    ${text}`))];
}

function annotationText({ level, title, place, message, isShown }: ShownAnnotation): string {
  const head = [
    level,
    ...(title === undefined ? [] : [title]),
    ...(place === undefined ? [] : [`(${place})`]),
  ];
  const cut = isShown ? '' : ' — GitHub does not show it: the step has ten of this level';
  return `${head.join(' · ')}${cut}\n${message.replace(/^(?=.)/gm, '    ')}`;
}

function withEnd(text: string): string {
  return `${text.replace(/\n+$/, '')}\n`;
}
