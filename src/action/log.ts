import * as core from '@actions/core';
import type { Log } from '../log.ts';

/** Prints to the log of the step. */
export const actionLog: Log = {
  debug: core.debug,
  info: (message) => core.info(asOwn(message)),
  warning: (message, title) => core.warning(message, title === undefined ? {} : { title }),
  error: (message, title) => core.error(message, title === undefined ? {} : { title }),
  group: core.group,
  child: (line) => core.info(asText(line)),
};

/** A message of ours may name what others wrote: no line of it is a command, and nothing in it acts on a terminal. */
export function asOwn(message: string): string {
  return message
    .split('\n')
    .map((line) => line.replace(/[^\P{Cc}\t]/gu, '?').replaceAll('##[', '## ['))
    .map((line) => (/^\s*::/.test(line) ? `│ ${line}` : line))
    .join('\n');
}

/**
 * The runner takes a line for a command when it starts with `::` behind white space, or holds `##[` anywhere, and ends
 * a line at `\r` as well (actions/runner, `ActionCommand.cs`). Behind a bar and without those, a line is only text.
 */
export function asText(line: string): string {
  return line
    .split(/\r\n|\r|\n/)
    .map((part) => `│ ${part.replaceAll('##[', '## [')}`)
    .join('\n');
}
