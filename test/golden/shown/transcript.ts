/**
 * What a person sees of a step on GitHub: its log, its annotations and its summary. Pure.
 *
 * Sources, in https://github.com/actions/runner: src/Runner.Worker/ExecutionContext.cs (`AddIssue`: a tag before the first
 * line, ten issues of a step and level, 4096 characters each), src/Runner.Worker/ActionCommandManager.cs (a command is not
 * echoed), src/Runner.Worker/Handlers/Handler.cs (the inputs at the start of the log).
 */
import type { PhaseResult } from '../../helpers/runner.ts';
import { CommandParser, type WorkflowCommand } from '../../helpers/workflow-commands.ts';
import type { Played } from '../played.ts';

export const LEVELS = ['error', 'warning', 'notice'] as const;
export type Level = (typeof LEVELS)[number];

export interface LogLine {
  readonly text: string;
  /** Of an annotation, which GitHub colours. */
  readonly level?: Level;
}

/** Lines, or a group of lines that a reader can fold. */
export type LogPart =
  | { readonly kind: 'line'; readonly line: LogLine }
  | { readonly kind: 'group'; readonly title: string; readonly lines: readonly LogLine[] };

export interface ShownAnnotation {
  readonly level: Level;
  readonly title: string | undefined;
  /** `own/reverse.py:17`, of an annotation in a file of the repository. */
  readonly place: string | undefined;
  readonly message: string;
  /** False: the step has more of this level than GitHub shows. */
  readonly isShown: boolean;
}

export interface ShownStep {
  /** As the list of steps names it. */
  readonly name: string;
  readonly log: readonly LogPart[];
  readonly annotations: readonly ShownAnnotation[];
  /** Markdown. */
  readonly summary: string;
  readonly isFailed: boolean;
}

/** GitHub shows this many annotations of one step and one level. */
const MAX_ANNOTATIONS = 10;
/** The runner cuts an annotation here. */
const MAX_MESSAGE = 4096;
const TAGS: Readonly<Record<Level, string>> = { error: 'Error', warning: 'Warning', notice: 'Notice' };
const ACTION = 'octo-org/oaievalset-action@v1';

/** Main, and post if it printed or wrote something. */
export function shownSteps({ result, inputs }: Played, isCancelled = false): ShownStep[] {
  const header: LogPart = {
    kind: 'group',
    title: `Run ${ACTION}`,
    lines: ['with:', ...Object.entries(inputs).flatMap(inputLines)].map((text) => ({ text })),
  };
  const main = shownStep(`Run ${ACTION}`, result, [header], isCancelled);
  const { post } = result;
  if (!post || (post.lines.length === 0 && post.summary === '')) return [main];
  return [main, shownStep(`Post Run ${ACTION}`, post, [])];
}

function inputLines([name, value]: [string, string]): string[] {
  const [first = '', ...rest] = value.split('\n');
  return [`  ${name}: ${first}`, ...rest];
}

function shownStep(
  name: string,
  phase: PhaseResult,
  head: readonly LogPart[],
  isCancelled = false,
): ShownStep {
  const cancelled: WorkflowCommand[] = isCancelled
    ? [{ name: 'error', properties: {}, data: 'The operation was canceled.', line: '' }]
    : [];
  const parser = new CommandParser();
  const items = [...phase.lines.map((line) => parser.parse(line) ?? line), ...cancelled];
  return {
    name,
    log: [...head, ...logParts(items)],
    annotations: annotationsOf(items),
    summary: phase.summary,
    isFailed: phase.exitCode !== 0,
  };
}

type Item = string | WorkflowCommand;

function logParts(items: readonly Item[]): LogPart[] {
  const parts: LogPart[] = [];
  let group: LogLine[] | undefined;
  for (const item of items) {
    if (typeof item !== 'string' && item.name === 'group') {
      group = [];
      parts.push({ kind: 'group', title: item.data, lines: group });
    } else if (typeof item !== 'string' && item.name === 'endgroup') {
      group = undefined;
    } else {
      const lines = typeof item === 'string' ? [{ text: item }] : annotationLines(item);
      if (group) group.push(...lines);
      else parts.push(...lines.map((line) => ({ kind: 'line', line }) as const));
    }
  }
  return parts;
}

function annotationLines({ name, data }: WorkflowCommand): LogLine[] {
  const level = LEVELS.find((each) => each === name);
  if (level === undefined) return [];
  const [first = '', ...rest] = data.slice(0, MAX_MESSAGE).split('\n');
  return [{ text: `${TAGS[level]}: ${first}`, level }, ...rest.map((text) => ({ text }))];
}

function annotationsOf(items: readonly Item[]): ShownAnnotation[] {
  const counts = new Map<Level, number>();
  return items.flatMap((item) => {
    if (typeof item === 'string') return [];
    const level = LEVELS.find((each) => each === item.name);
    if (level === undefined) return [];
    const count = (counts.get(level) ?? 0) + 1;
    counts.set(level, count);
    const { title, file, line } = item.properties;
    return [
      {
        level,
        title,
        place: file === undefined ? undefined : `${file}${line === undefined ? '' : `:${line}`}`,
        message: item.data.slice(0, MAX_MESSAGE),
        isShown: count <= MAX_ANNOTATIONS,
      },
    ];
  });
}
