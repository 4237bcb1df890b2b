/** The job summary of a step that could not run: what is wrong, and what to do, in GitHub's Markdown. Pure. */
import { ActionError, ActionErrors, describeError, type ErrorCode } from '../errors.ts';
import { printable, shorten } from '../text.ts';
import { fenced, inline } from './markdown-text.ts';

/** Errors of a run, whose summary says more. Post writes that of an interrupted run. */
const REPORTED_WITH_RESULTS: ReadonlySet<ErrorCode> = new Set([
  'API_REFUSED',
  'API_UNREACHABLE',
  'EVALS_FAILED',
  'INCOMPLETE',
  'SHARD_NOT_SAVED',
  'THRESHOLDS_MISSED',
]);

/** A longer error is in the log. */
const MAX_BYTES = 60_000;

/** @returns undefined for an error that the summary of the results has already */
export function renderError(error: unknown): string | undefined {
  if (error instanceof ActionError && REPORTED_WITH_RESULTS.has(error.code)) return undefined;
  const blocks = error instanceof ActionError ? blocksOf(error) : unexpected(error);
  const lines = ['[!CAUTION]', ...blocks.flatMap((block, index) => [...(index === 0 ? [] : ['']), ...block])];
  return [`## ❌ ${headline(error)}`, '', ...lines.map((line) => (line === '' ? '>' : `> ${line}`)), ''].join(
    '\n',
  );
}

function headline(error: unknown): string {
  if (!(error instanceof ActionError)) return 'The action failed';
  if (error.code.startsWith('SHARDS_')) return 'The shards were not merged';
  return error.code.startsWith('STATE_') ? 'The state directory cannot be used' : 'No eval was run';
}

/** Paragraphs, lists and code, each as lines. */
function blocksOf(error: ActionError): string[][] {
  const code = `Code: \`${error.code}\``;
  if (error instanceof ActionErrors) {
    const items = error.errors.flatMap(itemOf);
    const [first = ''] = error.message.split('\n', 1);
    return [[escaped(first)], items, [`${escaped(error.next)} ${code}`]];
  }
  return [
    ...messageBlocks(printable(shorten(error.message, MAX_BYTES))),
    [`**What to do:** ${escaped(error.next)}`],
    [code],
  ];
}

/** The further lines of a message are a list in the item. */
function itemOf({ message, next }: ActionError): string[] {
  const [first = '', ...more] = message.split('\n');
  const whatToDo = `  **What to do:** ${escaped(next)}`;
  if (more.length === 0) return [`- ${escaped(first)}<br>`, whatToDo];
  return [`- ${escaped(first)}`, ...listOf(more).map((line) => `  ${line}`), '', whatToDo];
}

/** A list, whose items may be followed by indented lines: a place in a text, with a caret below it. */
function listOf(lines: readonly string[]): string[] {
  const shown: string[] = [];
  let code: string[] = [];
  const endCode = () => {
    if (code.length > 0) shown.push('', ...codeBlock(code, 'text').map((line) => `  ${line}`), '');
    code = [];
  };
  for (const line of lines) {
    if (CODE.test(line)) {
      code.push(line.replace(CODE, ''));
      continue;
    }
    endCode();
    shown.push(`- ${escaped(line.replace(/^- /, ''))}`);
  }
  endCode();
  return shown.at(-1) === '' ? shown.slice(0, -1) : shown;
}

const CODE = /^ {4}/;

/** Lines that begin with `- ` are a list. A line such as `exclude: |`, with what follows it, is YAML to copy. */
function messageBlocks(message: string): string[][] {
  const lines = message.split('\n');
  const yaml = lines.findIndex((line) => /^[a-z][a-z-]*:( |$)/.test(line));
  const groups: { readonly isList: boolean; readonly lines: string[] }[] = [];
  for (const line of yaml < 0 ? lines : lines.slice(0, yaml)) {
    const isList = line.startsWith('- ') || CODE.test(line);
    const last = groups.at(-1);
    if (last?.isList === isList) last.lines.push(line);
    else groups.push({ isList, lines: [line] });
  }
  const blocks = groups.map((group) => (group.isList ? listOf(group.lines) : textOf(group.lines)));
  return yaml < 0 ? blocks : [...blocks, codeBlock(lines.slice(yaml), 'yaml')];
}

function textOf(lines: readonly string[]): string[] {
  return lines.map((line, index) => `${escaped(line)}${index < lines.length - 1 ? '<br>' : ''}`);
}

function unexpected(error: unknown): string[][] {
  const text = printable(shorten(describeError(error), MAX_BYTES));
  const [first = '', ...stack] = text.split('\n');
  return [[escaped(first)], ...(stack.length > 0 ? [codeBlock(stack, 'text')] : [])];
}

function codeBlock(lines: readonly string[], language: string): string[] {
  return fenced(lines.join('\n'), MAX_BYTES, language).split('\n');
}

/** The whole of a text that others wrote parts of. */
function escaped(text: string): string {
  return inline(text, MAX_BYTES);
}
