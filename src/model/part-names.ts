/**
 * The names of a fingerprint's parts. Completion records contain them, and messages show them: `model`, `samples`,
 * `knowledge_base_directory menu.txt`, `code:own/scoring.py`, `package:numpy`.
 */

const CODE = 'code:';
const PACKAGE = 'package:';

/** The part for the judge of a model-graded eval. No argument has such a name, because `dataPart` replaces colons. */
export const JUDGE_PART = 'judge:model';

/** The part for the arguments of `oaieval` that change results. */
export const ARGUMENTS_PART = 'arguments';

/** Names of parts that are not arguments. An argument that has such a name gets another one. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['arguments', 'base_url', 'completion_fn', 'evals', 'model', 'modelgraded', 'solvers', 'spec'],
]);

const MAX_CHARACTERS = 200;

/** The part for the model map. It has a space, so no argument has this name. */
export const MODEL_MAP_PART = 'model map';

export const codePart = (label: string): string => CODE + printable(label);

export const packagePart = (name: string): string => PACKAGE + printable(name);

/** The part for the file or directory that an argument names. */
export function dataPart(argument: string): string {
  const name = printable(argument).replaceAll(/[\s:]/g, '_') || '_';
  return RESERVED.has(name) ? `${name}_argument` : name;
}

/** The part for one entry of the directory that an argument names; `part` is that of the argument. */
export function entryPart(part: string, entry: string): string {
  return `${part} ${printable(entry)}`;
}

/** The argument that a part belongs to, as `dataPart` names it. */
export function argumentOf(part: string): string {
  return part.split(' ', 1)[0] ?? part;
}

const LABELS: ReadonlyMap<string, string> = new Map([
  ['base_url', 'base URL'],
  ['completion_fn', 'completion function'],
  ['evals', 'evals version'],
  ['modelgraded', 'model-graded spec'],
]);

/** The name of a part in messages: `own/scoring.py`, `few shot jsonl`. */
export function describePartName(part: string): string {
  if (part === JUDGE_PART) return 'judge';
  if (part.startsWith(CODE)) return part.slice(CODE.length);
  if (part.startsWith(PACKAGE)) return `package ${part.slice(PACKAGE.length)}`;
  const label = LABELS.get(part);
  if (label !== undefined) return label;
  const [name = '', ...entry] = part.split(' ');
  return [name.replaceAll('_', ' '), ...entry].join(' ');
}

/**
 * Removes control and format characters, and halves of surrogate pairs. It does not use text.ts, because the result is part of
 * fingerprints and must never change.
 */
function printable(text: string): string {
  const line = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, '?');
  return line.length <= MAX_CHARACTERS ? line : `…${line.slice(-MAX_CHARACTERS)}`.toWellFormed();
}
