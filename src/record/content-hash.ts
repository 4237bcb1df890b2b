/**
 * What identifies a sample in other runs. The ids of evals, `name.split.index`, shift when a row is inserted above; what was asked and
 * expected does not.
 */
import { hash } from 'node:crypto';
import type { JsonObject } from './json-values.ts';

/** Deeper values do not count, because they could overflow the stack. No prompt is that deep. */
const MAX_DEPTH = 32;

/** Longer texts are kept as their digests. */
const MAX_CHARACTERS = 100;

/** SHA-256, in hex. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** JSON with sorted keys and without spaces: the same text for the same value. */
function canonicalJson(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === MAX_DEPTH) return '…';
  return Array.isArray(value)
    ? canonicalList(value, depth + 1)
    : canonicalObject(value as JsonObject, depth + 1);
}

function canonicalList(items: readonly unknown[], depth: number): string {
  let text = '';
  for (const item of items) text += `${text === '' ? '[' : ','}${canonicalJson(item, depth)}`;
  return text === '' ? '[]' : `${text}]`;
}

function canonicalObject(value: JsonObject, depth: number): string {
  let text = '';
  for (const name of Object.keys(value).sort())
    text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${canonicalJson(value[name], depth)}`;
  return text === '' ? '{}' : `${text}}`;
}

/** A short text that is the same for the same value: its canonical JSON, or the digest of that. */
export function digestOf(value: unknown): string {
  const text = canonicalJson(value);
  return text.length <= MAX_CHARACTERS ? text : sha256(text);
}

/**
 * The hash of a sample: of what was asked and expected, or of its id where the record has neither.
 * @param asked the digest of the prompt; undefined when the record has none
 * @param expected the digest of what was expected
 */
export function contentHash(id: string, asked: string | undefined, expected: string | undefined): string {
  if (asked === undefined && expected === undefined) return sha256(`id\n${id}`);
  return sha256(`content\n${asked ?? ''}\n${expected ?? ''}`);
}

/**
 * Tells samples of the same content apart, such as the repetitions of one question. The first of them has the hash of the content, and
 * the others have hashes of that and their number, in the order of their ids. So the nth of one run is the nth of another.
 */
export class Repetitions {
  readonly #seen = new Map<string, number>();

  distinct(hash: string): string {
    const number = this.#seen.get(hash) ?? 0;
    this.#seen.set(hash, number + 1);
    return number === 0 ? hash : sha256(`${hash}\n${number}`);
  }
}
