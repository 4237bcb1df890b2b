/** Writes attributes and text of XML 1.0, whatever characters they have. */
import { oneLine, printable, shorten } from '../text.ts';

const MAX_ATTRIBUTE_BYTES = 4096;
const MAX_TEXT_BYTES = 64 * 1024;

export type Attributes = Readonly<Record<string, string | number>>;

/** ` name="value"` for each of them. A parser would make line breaks blanks, so each value is on one line. */
export function attributesOf(values: Attributes): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(oneLine(String(value), MAX_ATTRIBUTE_BYTES))}"`)
    .join('');
}

export function textOf(text: string): string {
  return escapeXml(shorten(printable(text), MAX_TEXT_BYTES));
}

/** Of printable text, only two characters are not allowed at all (https://www.w3.org/TR/xml/#charsets). */
function escapeXml(text: string): string {
  return text
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
