/**
 * The names of a fingerprint's parts. They are kept in completion records, and read by people: `model`, `samples`,
 * `knowledge_base_directory menu.txt`, `code:own/scoring.py`, `package:numpy`.
 */

const CODE = 'code:';
const PACKAGE = 'package:';

/** Parts of every eval, or of what is no argument. An argument of such a name gets another. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['arguments', 'base_url', 'completion_fn', 'evals', 'model', 'modelgraded', 'solvers', 'spec'],
]);

const LONGEST = 200;

export const codePart = (label: string): string => CODE + printable(label);

export const packagePart = (name: string): string => PACKAGE + printable(name);

/** The part of what an argument names. */
export function dataPart(argument: string): string {
  const name = printable(argument).replaceAll(/[\s:]/g, '_') || '_';
  return RESERVED.has(name) ? `${name}_argument` : name;
}

/** The part of one entry of the directory that an argument names; `part` is the argument's own. */
export function entryPart(part: string, entry: string): string {
  return `${part} ${printable(entry)}`;
}

/** The argument that a part is of, as `dataPart` names it. */
export function argumentOf(part: string): string {
  return part.split(' ', 1)[0] ?? part;
}

/** How people read it: `own/scoring.py`, `few shot jsonl`. */
export function describePartName(part: string): string {
  if (part.startsWith(CODE)) return part.slice(CODE.length);
  if (part.startsWith(PACKAGE)) return `package ${part.slice(PACKAGE.length)}`;
  const [name = '', ...entry] = part.split(' ');
  return [name.replaceAll('_', ' '), ...entry].join(' ');
}

/**
 * Removes what a terminal or a runner would act on, and halves of characters. Not text.ts: the result is part of fingerprints,
 * so it must never change.
 */
function printable(text: string): string {
  const line = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, '?');
  return line.length <= LONGEST ? line : `…${line.slice(-LONGEST)}`.toWellFormed();
}
