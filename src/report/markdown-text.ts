/** The text without markup: what others wrote must not act as HTML, as Markdown or as a mention. Pure. */
export function withoutMarkup(text: string): string {
  return text
    .replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? c)
    .replace(/[\\`*_{}[\]|~!#@]/g, (c) => `\\${c}`);
}
