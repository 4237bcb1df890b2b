/** Text that others wrote, in GitHub's Markdown and HTML: it acts neither as markup nor as a mention, link or formula. Pure. */
import { oneLine, printable, shorten } from '../text.ts';

/** The text without markup: what others wrote must not act as HTML, as Markdown or as a mention. */
export function withoutMarkup(text: string): string {
  return text
    .replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? c)
    .replace(/[\\`*_{}[\]|~!#@]/g, (c) => `\\${c}`);
}

/** A longer name or message is shortened. The log contains all of it. */
const MAX_BYTES = 500;

/**
 * One line of text that others wrote, for a paragraph, a list item or a cell of a table, in at most `3 * maxBytes`.
 * GitHub looks for mentions, references, links and formulas in the text that Markdown leaves, where a backslash is gone. An
 * element between two characters separates them for good
 * (https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions).
 */
export function inline(text: string, maxBytes = MAX_BYTES): string {
  const shown = bounded(text, maxBytes, (line) => withoutReferences(withoutMarkup(line)));
  return STARTS_BLOCK.test(shown) ? shown.replace(/^(\d*)(.)/, '$1\\$2') : shown;
}

/** An item of a list, a rule, or the line below a heading. */
const STARTS_BLOCK = /^(?:\d+[.)]|[-+])(?:\s|$)|^[-=]+$/;

/** The same as HTML, for places where GitHub reads no Markdown, such as the first line of a fold. */
export function html(text: string, maxBytes = MAX_BYTES): string {
  return bounded(text, maxBytes, (line) => {
    const escaped = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return withoutLinks(escaped.replace(/[@#$]/g, apart));
  });
}

/** What is escaped may take so many times its bytes. A text that takes more is nothing that a person reads. */
const MAX_GROWTH = 3;

/** Fifteen bytes for one, where every character is escaped: such a text is shortened once more. */
function bounded(text: string, maxBytes: number, escaped: (line: string) => string): string {
  const shown = escaped(oneLine(text, maxBytes));
  if (Buffer.byteLength(shown) <= MAX_GROWTH * maxBytes) return shown;
  return escaped(oneLine(text, Math.floor(maxBytes / 8)));
}

/** A name in a paragraph or a list item, as code. */
export function code(text: string, maxBytes = MAX_BYTES): string {
  return `\`${oneLine(text, maxBytes).replaceAll('`', "'") || ' '}\``;
}

/** A name in a cell of a table, as code. A backslash before a bar would end the cell, and code has no way to escape it. */
export function codeInTable(text: string, maxBytes = MAX_BYTES): string {
  return code(text, maxBytes)
    .replace(/\\+(?=\|)/g, '/')
    .replaceAll('|', '\\|');
}

/**
 * Text of several lines as it is, in a fence that is longer than any row of backticks inside.
 * @param maxBytes a longer text is shortened in the middle
 */
export function fenced(text: string, maxBytes: number, language = 'text'): string {
  const shown = printable(shorten(text, maxBytes));
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}

function withoutReferences(text: string): string {
  return withoutLinks(
    text.replace(/\\([@#])|\$/g, (found, mark: string | undefined) => apart(mark ?? found)),
  );
}

function withoutLinks(text: string): string {
  return text
    .replaceAll('://', `${apart(':')}//`)
    .replace(/\b(www)\./gi, `$1${apart('.')}`)
    .replace(/\b(GH)-(?=\d)/gi, `$1${apart('-')}`);
}

function apart(character: string): string {
  return `<span>${character}</span>`;
}
