/** Text that others wrote, made fit to be shown: nothing in it acts on a terminal or misleads a reader, and no secret is in it. */
import { stripVTControlCharacters } from 'node:util';

/**
 * Characters that cannot be seen but act: controls, line separators, half a surrogate pair, and formats, among them those
 * that turn the direction of writing, zero-width ones and the byte order mark.
 */
const INVISIBLE = '\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}';

const ANY_INVISIBLE = new RegExp(`[${INVISIBLE}]`, 'u');
const ALL_INVISIBLE = new RegExp(`[${INVISIBLE}]`, 'gu');
const ALL_INVISIBLE_IN_LINES = new RegExp(`(?![\\t\\n])[${INVISIBLE}]`, 'gu');

/** Whether a text holds nothing but what can be seen, and blanks. */
export function isPrintable(text: string): boolean {
  return !ANY_INVISIBLE.test(text);
}

/** The code of the first character that cannot be seen; undefined when there is none. */
export function firstInvisible(text: string): string | undefined {
  const found = ANY_INVISIBLE.exec(text);
  return found ? codeOf(found[0]) : undefined;
}

/** The same text with invisible characters shown as their codes, such as `\u202e`. Colours are dropped, lines stay lines. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r\n', '\n').replace(ALL_INVISIBLE_IN_LINES, codeOf);
}

/** The same as one line, shortened to `bytes`. */
export function oneLine(text: string, bytes = Number.POSITIVE_INFINITY): string {
  const line = stripVTControlCharacters(text).replace(/\s+/g, ' ').trim();
  return shorten(line.replace(ALL_INVISIBLE, codeOf), bytes);
}

/** The order of two texts by their code units, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `\u202e`, `\u{e0001}` */
function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
  return code.length === 4 ? `\\u${code}` : `\\u{${code}}`;
}

/** Cuts a text to `bytes` of UTF-8. The middle is left out: a message begins with what failed and often ends with why. */
export function shorten(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text;
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  const note = ` … (shortened, ${encoded.length.toLocaleString('en-US')} bytes) … `;
  const room = Math.max(0, bytes - Buffer.byteLength(note));
  const tail = Math.floor(room / 3);
  return `${firstBytes(encoded, room - tail)}${note}${lastBytes(encoded, tail)}`;
}

/** Whole characters only. */
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

/** Whether a byte is inside a character of UTF-8. */
function continues(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** A shorter value may be a word that stands anywhere: `EMPTY`, `ollama`, and other keys of servers that need none. */
const SHORTEST_SECRET = 16;

/** Of a longer value, parts are hidden as well: a line may be broken, or cut, in the middle of it. */
const LONG_SECRET = 32;
const SHORTEST_PART = 16;

/** Hides secrets in text. */
export class Redactor {
  readonly #values = new Set<string>();
  readonly #parts = new Set<string>();

  /** @returns false for what is too short to be hidden without hiding ordinary words */
  hide(secret: string): boolean {
    if (secret.length < SHORTEST_SECRET) return false;
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      if (form.length < LONG_SECRET) this.#values.add(form);
      else
        for (let at = 0; at + SHORTEST_PART <= form.length; at += 1)
          this.#parts.add(form.slice(at, at + SHORTEST_PART));
    }
    return true;
  }

  /** The text with `***` in place of each secret, and of each part of a long one. */
  redact(text: string): string {
    let shown = text;
    for (const value of this.#values) shown = shown.replaceAll(value, '***');
    return this.#parts.size > 0 ? this.#withoutParts(shown) : shown;
  }

  #withoutParts(text: string): string {
    let shown = '';
    let copied = 0;
    for (let at = 0; at + SHORTEST_PART <= text.length; at += 1) {
      if (!this.#parts.has(text.slice(at, at + SHORTEST_PART))) continue;
      let end = at + SHORTEST_PART;
      while (this.#parts.has(text.slice(end - SHORTEST_PART + 1, end + 1))) end += 1;
      shown += `${text.slice(copied, at)}***`;
      copied = end;
      at = end - 1;
    }
    return shown + text.slice(copied);
  }
}
