/** Reads the input `thresholds`. */
import { ActionError } from '../../errors.ts';
import { counted, wholeNumber } from '../../model/format.ts';
import { oneLine, printable } from '../../text.ts';
import { parseRule } from './parse-rule.ts';
import type { Rule } from './rule.ts';
import { RuleProblem } from './rule-problem.ts';

const NAME = 'thresholds';

const MAX_RULES = 1000;
/** In UTF-16 units. Names of evals are far shorter. */
const MAX_LINE_LENGTH = 500;

/** Further wrong lines are counted. */
const MAX_SHOWN = 50;

/** A sentence may name a part of the line. */
const MAX_SENTENCE_BYTES = 300;

interface WrongLine {
  /** From 1. */
  readonly number: number;
  readonly line: string;
  /** White space before it, in UTF-16 units. */
  readonly indent: number;
  readonly problem: RuleProblem;
}

/**
 * Blank lines and lines that start with `#` are skipped.
 * @throws ActionError INPUT_INVALID, which shows every wrong line with a caret under the place
 */
export function parseRules(text: string): readonly Rule[] {
  const rules: Rule[] = [];
  const wrong: WrongLine[] = [];
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const line = written.trim();
    if (line === '' || line.startsWith('#')) continue;
    const parsed = ruleOrProblem(line, index + 1);
    if (parsed instanceof RuleProblem)
      wrong.push({ number: index + 1, line, indent: written.indexOf(line), problem: parsed });
    else rules.push(parsed);
  }
  if (wrong.length > 0) throw wrongLines(wrong);
  if (rules.length <= MAX_RULES) return rules;
  throw new ActionError(
    'INPUT_INVALID',
    `The input ${NAME} has ${counted(rules.length, 'rule')}, and at most ${wholeNumber(MAX_RULES)} are judged.`,
    'Write one rule for several evals, with a glob such as test-*: before the metric.',
  );
}

function ruleOrProblem(line: string, number: number): Rule | RuleProblem {
  if (line.length > MAX_LINE_LENGTH)
    return new RuleProblem(
      MAX_LINE_LENGTH,
      `The line is longer than ${MAX_LINE_LENGTH} characters.`,
      'Write one rule a line.',
    );
  try {
    return parseRule(line, number);
  } catch (error) {
    if (error instanceof RuleProblem) return error;
    throw error;
  }
}

function wrongLines(wrong: readonly WrongLine[]): ActionError {
  const more = wrong.length - MAX_SHOWN;
  const items = [
    ...wrong.slice(0, MAX_SHOWN).map(describe),
    ...(more > 0 ? [`- and ${counted(more, 'further wrong line')}`] : []),
  ];
  return new ActionError(
    'INPUT_INVALID',
    `The input ${NAME} has ${wrong.length === 1 ? 'a wrong line' : `${wholeNumber(wrong.length)} wrong lines`}:\n${items.join('\n')}`,
    'Write one rule a line, such as "accuracy >= 0.8", "test-*: accuracy >= 90%" or "accuracy drop <= 2pp".',
  );
}

function describe({ number, line, indent, problem }: WrongLine): string {
  const { shown, caret, column } = excerpt(line, problem.at);
  const what = `${oneLine(problem.message, MAX_SENTENCE_BYTES)} ${oneLine(problem.instead, MAX_SENTENCE_BYTES)}`;
  return [
    `- Line ${number}, column ${indent + column}: ${what}`,
    `    ${shown}`,
    `    ${' '.repeat(caret)}^`,
  ].join('\n');
}

/** How much of a line is shown, in characters: before the place, and from it on. */
const SHOWN_BEFORE = 60;
const SHOWN_AFTER = 40;

/** The line around a place, the column of the place in the line, from 1, and its offset in what is shown. */
function excerpt(line: string, at: number): { shown: string; caret: number; column: number } {
  const visible = line.replaceAll('\t', ' ');
  const before = [...visible.slice(0, at)];
  const after = [...visible.slice(at)];
  const left = before.length > SHOWN_BEFORE ? `…${before.slice(-SHOWN_BEFORE).join('')}` : before.join('');
  const right = after.length > SHOWN_AFTER ? `${after.slice(0, SHOWN_AFTER).join('')}…` : after.join('');
  const start = printable(left);
  return { shown: `${start}${printable(right)}`, caret: [...start].length, column: before.length + 1 };
}
