import * as core from '@actions/core';
import type { Log } from '../log.ts';
import type { Place } from '../model/place.ts';
import { oneLine, printable, Redactor, shorten } from '../text.ts';
import { pathInCheckout } from './checkout-path.ts';

/** The runner cuts an annotation after 4096 characters (actions/runner, `ExecutionContext.cs`, `_maxIssueMessageLength`). */
const MAX_ANNOTATION_BYTES = 4096;

/** GitHub accepts titles of up to 255 characters (https://docs.github.com/rest/checks/runs, `title` of an annotation). */
const MAX_TITLE_BYTES = 200;

const redactor = new Redactor();

/** Prints to the log of the step. */
export const actionLog: Log = {
  debug: (message) => core.debug(redactor.redact(printable(message))),
  info: (message) => core.info(redactor.redact(sanitizeMessage(message))),
  notice: (message, title) => annotate(core.notice, message, title),
  warning: (message, title) => annotate(core.warning, message, title),
  error: (message, title, place) => annotate(core.error, message, title, place),
  group(title) {
    core.startGroup(redactor.redact(oneLine(title)));
    return { [Symbol.dispose]: () => core.endGroup() };
  },
  child: (line) => core.info(redactor.redact(quoteChildLine(line))),
  hide(secret, { isMasked = false } = {}) {
    // Prints a command that makes the runner mask the value, in later steps too.
    if (redactor.hide(secret) && !isMasked) core.setSecret(secret);
  },
  redact: (text) => redactor.redact(text),
};

/** If the annotation would be too long, prints the whole message to the log first. */
function annotate(
  issue: (message: string, properties: core.AnnotationProperties) => void,
  message: string,
  title: string | undefined,
  place?: Place,
): void {
  const whole = redactor.redact(printable(message));
  const text = shorten(whole, MAX_ANNOTATION_BYTES);
  if (text !== whole) core.info(sanitizeMessage(whole));
  issue(text, {
    ...(title === undefined ? {} : { title: redactor.redact(oneLine(title, MAX_TITLE_BYTES)) }),
    ...inCheckout(place),
  });
}

/** GitHub shows an annotation at a file of the repository only, which it names relative to the checkout. */
function inCheckout(place: Place | undefined): core.AnnotationProperties {
  if (!place) return {};
  const file = pathInCheckout(place.file, process.env.GITHUB_WORKSPACE ?? '');
  return file === undefined ? {} : { file, startLine: place.line };
}

/** Prevents a message, which may quote text that others wrote, from acting as a workflow command. */
export function sanitizeMessage(message: string): string {
  return printable(message)
    .split('\n')
    .map((line) => line.replaceAll('##[', '## ['))
    .map((line) => (/^\s*::/.test(line) ? `│ ${line}` : line))
    .join('\n');
}

/**
 * Prevents a line of a child from acting as a workflow command. The runner reads a line as a command if `::` follows optional
 * white space at its start, or if it contains `##[` anywhere; `\r` ends a line too (actions/runner, `ActionCommand.cs`).
 */
export function quoteChildLine(line: string): string {
  return line
    .split(/\r\n|\r|\n/)
    .map((part) => `│ ${printable(part).replaceAll('##[', '## [')}`)
    .join('\n');
}
