/** Reads the text of one input as a value of one kind. All errors are ActionErrors that name the input. */
import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { getInput, setSecret } from '@actions/core';
import { split } from 'shlex';
import { ActionError, reasonOf } from '../errors.ts';
import { firstInvisible } from '../text.ts';
import { actionLog } from './log.ts';

/** Arguments that would move or hide results, or that an input replaces, each with the next step. */
const REFUSED_ARGS: ReadonlyMap<string, string> = new Map([
  ['--record_path', 'Remove it: the action itself writes a record file for every eval.'],
  ['--registry_path', 'Use the input registry-path, with one path per line.'],
  ['--http-run', 'Remove it: it sends results elsewhere, so nothing could be resumed.'],
  ['--no-local-run', 'Remove it: it writes results to a database, so nothing could be resumed.'],
  ['--dry-run', 'Remove it: it records no results, so no eval would ever complete.'],
  ['--log_to_file', 'Remove it: it hides the output that the action shows.'],
  ['--resume', 'Use the input resume instead: this is an argument of oaievalset.'],
  ['--no-resume', 'Use the input resume: false instead: this is an argument of oaievalset.'],
  ['--exit-on-error', 'Use the input exit-on-error: true instead: this is an argument of oaievalset.'],
  ['--no-exit-on-error', 'Use the input exit-on-error: false instead: this is an argument of oaievalset.'],
]);

export function words(name: string): string[] {
  const value = text(name, SEVERAL_LINES);
  let args: string[];
  try {
    args = split(value);
  } catch (error) {
    throw new ActionError(
      'ARGS_INVALID',
      `The input ${name} cannot be split into words: ${reasonOf(error).toLowerCase()} in ${JSON.stringify(value)}.`,
      'Close the quote, or put a backslash before a literal quote.',
    );
  }
  for (const arg of args) {
    const [option = ''] = arg.split('=', 1);
    const next = REFUSED_ARGS.get(option);
    if (next)
      throw new ActionError(
        'ARGS_INVALID',
        `The input ${name} contains ${option}, which this action does not accept.`,
        next,
      );
  }
  return args;
}

export function requiredName(name: string, meaning: string): string {
  const value = text(name);
  if (value === '') {
    throw new ActionError(
      'INPUT_MISSING',
      `The input ${name} is missing.`,
      `Set ${name} under "with:" to ${meaning}.`,
    );
  }
  const invisible = firstInvisible(value);
  const wrong =
    (invisible !== undefined && `it contains the invisible character ${invisible}`) ||
    (isAbsolute(value) && 'it is an absolute path') ||
    (value.split('/').includes('..') && 'it contains ".."') ||
    (value.split('/').some((part) => part === '' || part === '.') &&
      'it contains an empty or "." path part') ||
    (value.startsWith('-') && 'it starts with "-", which oaieval would read as an option');
  if (wrong) throw invalid(name, value, wrong, `Set ${name} to ${meaning}.`);
  return value;
}

export function directory(name: string): string {
  const path = resolve(text(name) || '.');
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw invalid(
      name,
      path,
      'there is no such directory',
      `Check out the repository first, and set ${name} to a directory of the checkout.`,
    );
  }
  return path;
}

export function boolean(name: string, fallback: boolean): boolean {
  const value = text(name);
  if (value === '') return fallback;
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  throw invalid(name, value, 'it is neither true nor false', `Set ${name} to true or false.`);
}

export function count(name: string, fallback: number, most: number): number {
  const value = text(name);
  if (value === '') return fallback;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > most) {
    throw invalid(
      name,
      value,
      `it is not a whole number from 1 to ${most}`,
      `Set ${name} to a number in this range.`,
    );
  }
  return number;
}

export const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/** Reads `90s`, `30m`, `5h30m` or `7d`. @returns milliseconds; undefined when the input is empty */
export function durationMs(name: string): number | undefined {
  const value = text(name);
  if (value === '') return undefined;
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(value);
  const milliseconds = parts
    ? Object.values(UNIT_MS).reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0)
    : 0;
  if (milliseconds === 0 || !Number.isSafeInteger(milliseconds)) {
    throw invalid(name, value, 'it is not a duration', `Write ${name} as 90s, 30m, 5h30m or 7d.`);
  }
  return milliseconds;
}

/** Node's timers last at most 24.8 days. A longer one fires at once. */
const MAX_TIMER_DAYS = 24;

/** A duration for a timer, in milliseconds. */
export function timerMs(name: string): number | undefined {
  const milliseconds = durationMs(name);
  if (milliseconds !== undefined && milliseconds > MAX_TIMER_DAYS * UNIT_MS.d) {
    const longest = `${MAX_TIMER_DAYS}d`;
    throw invalid(name, text(name), `it is longer than ${longest}`, `Set ${name} to at most ${longest}.`);
  }
  return milliseconds;
}

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

/** Control characters; without those that a value of several lines may contain. */
const ONE_LINE = /\p{Cc}/u;
export const SEVERAL_LINES = /[^\P{Cc}\r\n\t]/u;

const SECRETS: ReadonlySet<string> = new Set(['encryption-key', 'github-token']);

export function text(name: string, refused = ONE_LINE): string {
  const value = getInput(name);
  if (refused.test(value)) {
    const next = 'Remove them. If the value should be one line, look for a line break.';
    throw invalid(name, SECRETS.has(name) ? '***' : value, 'it contains control characters', next);
  }
  return value;
}

export function invalid(name: string, value: string, why: string, next: string): ActionError {
  return new ActionError('INPUT_INVALID', `The input ${name} is ${JSON.stringify(value)}: ${why}.`, next);
}
