/** The job summary of a step that could not run: what is wrong, and what to do, in GitHub's Markdown. Pure. */
import { ActionError, ActionErrors, describeError, type ErrorCode } from '../errors.ts';
import { oneLine, printable, shorten } from '../text.ts';
import { withoutMarkup } from './markdown-text.ts';

/** Errors of a run, whose summary says more. Post writes that of an interrupted run. */
const REPORTED_WITH_RESULTS: ReadonlySet<ErrorCode> = new Set([
  'API_REFUSED',
  'API_UNREACHABLE',
  'EVALS_FAILED',
  'INCOMPLETE',
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
  return [
    `- ${escaped(first)}`,
    ...more.map((line) => `  - ${escaped(line.replace(/^- /, ''))}`),
    '',
    whatToDo,
  ];
}

/** Lines that begin with `- ` are a list. A line such as `exclude: |`, with what follows it, is YAML to copy. */
function messageBlocks(message: string): string[][] {
  const blocks: string[][] = [];
  let kind = '';
  const lines = message.split('\n');
  const yaml = lines.findIndex((line) => /^[a-z][a-z-]*:( |$)/.test(line));
  for (const line of yaml < 0 ? lines : lines.slice(0, yaml)) {
    const item = /^- (.*)/.exec(line)?.[1];
    const next = item === undefined ? 'text' : 'list';
    const shown = item === undefined ? escaped(line) : `- ${escaped(item)}`;
    const last = blocks.at(-1);
    if (next !== kind || last === undefined) blocks.push([shown]);
    else last.push(...(next === 'text' ? [`${last.pop()}<br>`, shown] : [shown]));
    kind = next;
  }
  return yaml < 0 ? blocks : [...blocks, codeBlock(lines.slice(yaml), 'yaml')];
}

function unexpected(error: unknown): string[][] {
  const text = printable(shorten(describeError(error), MAX_BYTES));
  const [first = '', ...stack] = text.split('\n');
  return [[escaped(first)], ...(stack.length > 0 ? [codeBlock(stack, 'text')] : [])];
}

/** The fence is longer than any row of backticks inside. */
function codeBlock(lines: readonly string[], language: string): string[] {
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)),
  );
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

/** Others wrote parts of the text: it must not act as markup, as a mention or as a formula. */
function escaped(text: string): string {
  return withoutMarkup(oneLine(text))
    .replaceAll('$', '\\$')
    .replace(/^(\d*)([-+=.)])/, '$1\\$2');
}
