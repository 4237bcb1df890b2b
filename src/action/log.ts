import * as core from '@actions/core';
import type { Log } from '../log.ts';

/** Prints to the log of the step. */
export const actionLog: Log = {
  debug: core.debug,
  info: core.info,
  warning: (message, title) => core.warning(message, title === undefined ? {} : { title }),
  error: (message, title) => core.error(message, title === undefined ? {} : { title }),
  group: core.group,
  child: (line) => core.info(asText(line)),
};

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
