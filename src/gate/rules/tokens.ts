/** Splits a rule into words, quoted names, colons and operators. */
import { firstInvisible, isPrintable } from '../../text.ts';
import { RuleProblem } from './rule-problem.ts';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'colon' | 'operator';
  /** A quoted name is without its quotes and backslashes. */
  readonly text: string;
  /** Where it begins and ends in the line, in UTF-16 units from 0. */
  readonly start: number;
  readonly end: number;
}

/** `!` is an operator only before one of them, because globs contain it: `[!abc]`. */
const OPERATOR = /(?:[<>=≤≥≦≧⩽⩾≠≈]|!(?=[<>=]))+/y;
const WORD = /(?:(?!!?[<>=])[^\s:"≤≥≦≧⩽⩾≠≈])+/y;
const QUOTED = /"(?:[^"\\]|\\["\\])*"/y;
const BLANKS = /\s+/y;

/** What word processors make of a straight quote, and the single quote. */
const OTHER_QUOTE = /^['‘’‚‛“”„‟«»`´]/u;

/** @throws RuleProblem */
export function tokensOf(line: string): readonly Token[] {
  refuseInvisible(line);
  const tokens: Token[] = [];
  let at = skipBlanks(line, 0);
  while (at < line.length) {
    const token = tokenAt(line, at);
    tokens.push(token);
    at = skipBlanks(line, token.end);
  }
  return tokens;
}

function skipBlanks(line: string, at: number): number {
  return at + (matchAt(BLANKS, line, at)?.length ?? 0);
}

function tokenAt(line: string, start: number): Token {
  if (line[start] === ':') return { kind: 'colon', text: ':', start, end: start + 1 };
  if (line[start] === '"') return quotedAt(line, start);
  const operator = matchAt(OPERATOR, line, start);
  const text = operator ?? matchAt(WORD, line, start) ?? line.charAt(start);
  if (OTHER_QUOTE.test(text))
    throw new RuleProblem(
      start,
      `Names are not quoted with ${text.charAt(0)}.`,
      'Write " before and after a name.',
    );
  return { kind: operator === undefined ? 'word' : 'operator', text, start, end: start + text.length };
}

function quotedAt(line: string, start: number): Token {
  const quoted = matchAt(QUOTED, line, start);
  if (quoted === undefined) throw unquotable(line, start);
  const text = quoted.slice(1, -1).replace(/\\(["\\])/g, '$1');
  if (text.trim() === '')
    throw new RuleProblem(
      start,
      'The name between the quotes is empty.',
      'Write a name, or remove the quotes.',
    );
  return { kind: 'quoted', text, start, end: start + quoted.length };
}

function unquotable(line: string, start: number): RuleProblem {
  const wrong = /^"(?:[^"\\]|\\["\\])*\\(?=[^"\\])/.exec(line.slice(start));
  if (!wrong) return new RuleProblem(start, 'The quote is not closed.', 'Write " after the name.');
  return new RuleProblem(
    start + wrong[0].length - 1,
    'A backslash in quotes stands before a quote or a backslash only.',
    'Write \\\\ for a backslash.',
  );
}

function refuseInvisible(line: string): void {
  const visible = line.replaceAll('\t', ' ');
  if (isPrintable(visible)) return;
  const at = [...visible].findIndex((character) => !isPrintable(character));
  throw new RuleProblem(
    [...visible].slice(0, at).join('').length,
    `The rule contains the invisible character ${firstInvisible(visible)}.`,
    'Write the rule without it.',
  );
}

function matchAt(pattern: RegExp, line: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0];
}
