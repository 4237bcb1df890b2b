import * as core from '@actions/core';
import type { Log } from '../log.ts';
import { oneLine, printable, Redactor, shorten } from '../text.ts';

/**
 * Bytes of an annotation. The runner cuts a message after 4096 characters, whatever stands behind them (actions/runner,
 * `ExecutionContext.cs`, `_maxIssueMessageLength`).
 */
const LONGEST_ANNOTATION = 4096;

/** GitHub takes titles of 255 characters (https://docs.github.com/rest/checks/runs, `title` of an annotation). */
const LONGEST_TITLE = 200;

const redactor = new Redactor();

/** Prints to the log of the step. */
export const actionLog: Log = {
  debug: (message) => core.debug(redactor.redact(printable(message))),
  info: (message) => core.info(redactor.redact(sanitizeMessage(message))),
  warning: (message, title) => annotate(core.warning, message, title),
  error: (message, title) => annotate(core.error, message, title),
  group: (title, work) => core.group(redactor.redact(oneLine(title)), work),
  child: (line) => core.info(redactor.redact(quoteChildLine(line))),
  hide(secret, { isMasked = false } = {}) {
    // The runner masks it as well, also in what later steps print. It learns that from a line of our output.
    if (redactor.hide(secret) && !isMasked) core.setSecret(secret);
  },
  redact: (text) => redactor.redact(text),
};

/** What an annotation has no room for is in the log above it. */
function annotate(
  issue: (message: string, properties: core.AnnotationProperties) => void,
  message: string,
  title: string | undefined,
): void {
  const whole = redactor.redact(printable(message));
  const text = shorten(whole, LONGEST_ANNOTATION);
  if (text !== whole) core.info(sanitizeMessage(whole));
  issue(text, title === undefined ? {} : { title: redactor.redact(oneLine(title, LONGEST_TITLE)) });
}

/** A message of ours may name what others wrote: no line of it is a command. */
export function sanitizeMessage(message: string): string {
  return printable(message)
    .split('\n')
    .map((line) => line.replaceAll('##[', '## ['))
    .map((line) => (/^\s*::/.test(line) ? `│ ${line}` : line))
    .join('\n');
}

/**
 * The runner takes a line for a command when it starts with `::` behind white space, or holds `##[` anywhere, and ends
 * a line at `\r` as well (actions/runner, `ActionCommand.cs`). Behind a bar and without those, a line is only text.
 */
export function quoteChildLine(line: string): string {
  return line
    .split(/\r\n|\r|\n/)
    .map((part) => `│ ${printable(part).replaceAll('##[', '## [')}`)
    .join('\n');
}
