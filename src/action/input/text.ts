/** Reads the text of one input. All errors are ActionErrors that name the input. */
import { getInput, setSecret } from '@actions/core';
import { ActionError } from '../../errors.ts';
import { firstInvisible, shorten } from '../../text.ts';
import { actionLog } from '../log.ts';

/** Control characters; without those that a value of several lines may contain. */
const ONE_LINE = /\p{Cc}/u;
export const SEVERAL_LINES = /[^\P{Cc}\r\n\t]/u;

const SECRETS: ReadonlySet<string> = new Set(['encryption-key', 'github-token']);

/** @throws ActionError INPUT_INVALID when it contains a character that is refused */
export function text(name: string, refused = ONE_LINE): string {
  const value = getInput(name);
  const found = refused.exec(value)?.[0];
  if (found === undefined) return value;
  const shown = SECRETS.has(name) ? '***' : value;
  if (refused === ONE_LINE && /[\r\n]/.test(value))
    throw invalid(name, shown, 'it has several lines', `Write ${name} in one line.`);
  throw invalid(
    name,
    shown,
    `it contains the control character ${firstInvisible(found)}`,
    `Write ${name} without it.`,
  );
}

/** The lines that are not blank, without the white space around them. */
export function lines(name: string): string[] {
  return text(name, SEVERAL_LINES)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Reads a secret and hides it in all output, however short it is. */
export function secret(name: string): string {
  const value = text(name);
  if (value !== '') setSecret(value);
  actionLog.hide(value, { isMasked: true });
  return value;
}

/** @param problems of each line that is wrong, a clause after the line */
export function wrongLines(name: string, problems: readonly string[], next: string): ActionError {
  const which = problems.length === 1 ? 'a wrong line' : `${problems.length} wrong lines`;
  const items = problems.map((problem) => `- ${problem}`).join('\n');
  return new ActionError('INPUT_INVALID', `The input ${name} has ${which}:\n${items}`, next);
}

/** Of a value in an error. */
export const MAX_SHOWN_BYTES = 200;

export function invalid(name: string, value: string, why: string, next: string): ActionError {
  const shown = shorten(JSON.stringify(value), MAX_SHOWN_BYTES);
  return new ActionError('INPUT_INVALID', `The input ${name} is ${shown}: ${why}.`, next);
}
