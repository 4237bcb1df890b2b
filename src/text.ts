/** Makes text that others wrote safe to show: nothing in it controls a terminal or misleads a reader, and it contains no secret. */
import { stripVTControlCharacters } from 'node:util';
import { wholeNumber } from './model/format.ts';

/**
 * Invisible characters that have an effect: controls, line separators, halves of surrogate pairs, and format characters, such
 * as bidirectional overrides, zero-width characters and the byte order mark.
 */
const INVISIBLE = '\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}';

const ANY_INVISIBLE = new RegExp(`[${INVISIBLE}]`, 'u');
const ALL_INVISIBLE = new RegExp(`[${INVISIBLE}]`, 'gu');
const ALL_INVISIBLE_IN_LINES = new RegExp(`(?![\\t\\n])[${INVISIBLE}]`, 'gu');

/** Whether a text contains no control characters, line breaks among them. Weaker than `isSingleLine`. */
export function hasNoControls(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

/** Whether a text contains no control characters and no line or paragraph separators. Weaker than `isPrintable`. */
export function isSingleLine(text: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}

/** Whether a text contains only visible characters and blanks. */
export function isPrintable(text: string): boolean {
  return !ANY_INVISIBLE.test(text);
}

/** The code of the first invisible character; undefined when there is none. */
export function firstInvisible(text: string): string | undefined {
  const found = ANY_INVISIBLE.exec(text);
  return found ? codeOf(found[0]) : undefined;
}

/** Shows invisible characters as their codes, such as `\u202e`. Drops colours and retains line breaks. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r\n', '\n').replace(ALL_INVISIBLE_IN_LINES, codeOf);
}

/** The printable text as one line, shortened to `bytes`. */
export function oneLine(text: string, bytes = Number.POSITIVE_INFINITY): string {
  const line = stripVTControlCharacters(text).replace(/\s+/g, ' ').trim();
  return shorten(line.replace(ALL_INVISIBLE, codeOf), bytes);
}

/** Orders two texts by their code units, in the same way on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `\u202e`, `\u{e0001}` */
function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
  return code.length === 4 ? `\\u${code}` : `\\u{${code}}`;
}

/** Shortens a text to `bytes` of UTF-8. It cuts the middle, because a message begins with what failed and often ends with why. */
export function shorten(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text;
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  const note = ` … (shortened, ${wholeNumber(encoded.length)} bytes) … `;
  const room = Math.max(0, bytes - Buffer.byteLength(note));
  const tail = Math.floor(room / 3);
  return `${firstBytes(encoded, room - tail)}${note}${lastBytes(encoded, tail)}`;
}

/** Returns whole characters only, as does `lastBytes`. */
function firstBytes(text: Buffer, bytes: number): string {
  let end = bytes;
  while (end > 0 && continues(text[end])) end -= 1;
  return text.toString('utf8', 0, end);
}

function lastBytes(text: Buffer, bytes: number): string {
  let start = text.length - bytes;
  while (start < text.length && continues(text[start])) start += 1;
  return text.toString('utf8', start);
}

/** Whether a byte continues a character of UTF-8. */
function continues(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** A shorter value may be an ordinary word, such as `EMPTY` or `ollama`: a placeholder for servers that need no key. */
const MIN_SECRET_LENGTH = 16;

/** From this length on, parts of a value are hidden too, because a line may be wrapped or cut in the middle of the value. */
const LONG_SECRET_LENGTH = 32;
const MIN_PART_LENGTH = 16;

/** Every part contains a whole block of this length that begins at a multiple of it, wherever the part is in a text. */
const BLOCK_LENGTH = MIN_PART_LENGTH / 2;

/** Replaces secrets in text. */
export class Redactor {
  readonly #values = new Set<string>();
  readonly #parts = new Set<string>();
  /** All pieces of long secrets that have the length of a block. */
  readonly #blocks = new Set<string>();

  /** @returns false for a value that is too short to be hidden, because ordinary words would be hidden too */
  hide(secret: string): boolean {
    if (secret.length < MIN_SECRET_LENGTH) return false;
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      if (form.length < LONG_SECRET_LENGTH) this.#values.add(form);
      else this.#hideParts(form);
    }
    return true;
  }

  /** Replaces each secret, and each part of a long secret, by `***`. */
  redact(text: string): string {
    let shown = text;
    for (const value of this.#values) shown = shown.replaceAll(value, '***');
    return this.#mayContainParts(shown) ? this.#withoutParts(shown) : shown;
  }

  #hideParts(form: string): void {
    for (let at = 0; at + BLOCK_LENGTH <= form.length; at += 1) {
      this.#blocks.add(form.slice(at, at + BLOCK_LENGTH));
      if (at + MIN_PART_LENGTH <= form.length) this.#parts.add(form.slice(at, at + MIN_PART_LENGTH));
    }
  }

  /** Looks at each block of the text once. Nearly all texts have none, and this is far faster than looking for parts. */
  #mayContainParts(text: string): boolean {
    if (this.#blocks.size === 0) return false;
    for (let at = 0; at + BLOCK_LENGTH <= text.length; at += BLOCK_LENGTH)
      if (this.#blocks.has(text.slice(at, at + BLOCK_LENGTH))) return true;
    return false;
  }

  #withoutParts(text: string): string {
    let shown = '';
    let copied = 0;
    for (let at = 0; at + MIN_PART_LENGTH <= text.length; at += 1) {
      if (!this.#parts.has(text.slice(at, at + MIN_PART_LENGTH))) continue;
      let end = at + MIN_PART_LENGTH;
      while (this.#parts.has(text.slice(end - MIN_PART_LENGTH + 1, end + 1))) end += 1;
      shown += `${text.slice(copied, at)}***`;
      copied = end;
      at = end - 1;
    }
    return shown + text.slice(copied);
  }
}
