/** Reads the text of one input as a value of one kind. All errors are ActionErrors that name the input. */
import { wholeNumber } from '../../model/format.ts';
import { invalid, text } from './text.ts';

/** `true` and `false` are YAML's own. `yes`, `no`, `on` and `off` were, and people still write them. */
export function boolean(name: string, fallback: boolean): boolean {
  const value = text(name);
  if (value === '') return fallback;
  if (/^(true|yes|on)$/i.test(value)) return true;
  if (/^(false|no|off)$/i.test(value)) return false;
  throw invalid(name, value, 'it is neither true nor false', `Set ${name} to true or false.`);
}

/** Whether the step sends nothing, so that it needs no key. */
export function planOnlyInput(): boolean {
  return boolean('plan-only', false);
}

/** One of a few words. The first is the default. */
export function oneOf<T extends string>(name: string, words: readonly [T, ...T[]]): T {
  const value = text(name);
  if (value === '') return words[0];
  const found = words.find((word) => word === value.toLowerCase());
  if (found !== undefined) return found;
  const [first, last] = [words.slice(0, -1).join(', '), words.at(-1)];
  throw invalid(
    name,
    value,
    `it is neither ${first} nor ${last}`,
    `Set ${name} to ${first} or ${last}. The default is ${words[0]}.`,
  );
}

/** @param next a further sentence about what to do when the number is wrong */
export function count(name: string, fallback: number, most: number, next = ''): number {
  const value = text(name);
  if (value === '') return fallback;
  const number = wholeNumberOf(value);
  if (number !== undefined && number >= 1 && number <= most) return number;
  throw invalid(
    name,
    value,
    `it is not a whole number from 1 to ${wholeNumber(most)}`,
    `Set ${name} to a number in this range.${next && ` ${next}`}`,
  );
}

/** At any price, more than a job could use. */
const MAX_TOKENS = 1_000_000_000_000;

/** Undefined when the input is empty. */
export function tokenCount(name: string): number | undefined {
  const value = text(name);
  if (value === '') return undefined;
  const number = wholeNumberOf(value) ?? abbreviated(value);
  if (number !== undefined && number >= 1 && number <= MAX_TOKENS) return number;
  throw invalid(
    name,
    value,
    `it is not a number of tokens from 1 to ${wholeNumber(MAX_TOKENS)}`,
    `Write ${name} as 1000000, 1_000_000, 500k or 1.5M. For no limit, leave it empty.`,
  );
}

/** Reads `1000000`, `1_000_000` and `1,000,000`. A point is no separator here, because it may begin decimals. */
export function wholeNumberOf(value: string): number | undefined {
  const isNumber = /^\d+$/.test(value) || /^\d{1,3}([,_])\d{3}(\1\d{3})*$/.test(value);
  return isNumber ? Number(value.replace(/[,_]/g, '')) : undefined;
}

/** Reads `500k` and `1.5M`. */
function abbreviated(value: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?([km])$/i.exec(value) ?? [];
  return digits === undefined ? undefined : Math.round(Number(digits) * (/k/i.test(unit) ? 1e3 : 1e6));
}
