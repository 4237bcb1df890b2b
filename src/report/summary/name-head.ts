import type { Row } from '../rows.ts';

/** A longer name may be two lines. */
const MAX_CHARACTERS = 34;

/**
 * The head of the column of names, as wide as the longest name: GitHub breaks names at hyphens when another column is long. A
 * blank that does not break is half as wide as a letter of code. Pure.
 */
export function nameHead(rows: readonly Row[]): string {
  const longest = Math.max(4, ...rows.map(({ name }) => [...name.slice(0, 2 * MAX_CHARACTERS)].length));
  return `Eval${'&nbsp;'.repeat(2 * (Math.min(longest, MAX_CHARACTERS) - 3))}`;
}
