/** Short texts that are the same for the same value. */
import { hash } from 'node:crypto';

type JsonObject = Readonly<Record<string, unknown>>;

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
