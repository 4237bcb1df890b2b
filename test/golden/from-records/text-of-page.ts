/** What a reader sees of `report.html` with all folds open, as text. Pure. */

/** Elements that start a new line. */
const BLOCK =
  /<\/?(?:article|aside|body|dd|details|div|dl|dt|figure|footer|form|h[1-6]|header|li|main|ol|p|pre|section|summary|table|tbody|thead|tr|ul)\b[^>]*>/g;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Of a prompt, an answer and the like, which `samples.jsonl` has whole. */
const MAX_CHARACTERS = 160;

/** Cells of a row are separated by ` | `. A picture is its label in brackets. Each text of a sample is on one line, and cut. */
export function textOfPage(page: string): string {
  const text = page
    .replace(/^[\s\S]*?<body>/, '')
    .replaceAll(/<script\b[\s\S]*?<\/script>/g, '')
    .replaceAll(/<svg[^>]*aria-label="([^"]*)"[\s\S]*?<\/svg>/g, '[$1]')
    .replaceAll(/<pre[^>]*>([\s\S]*?)<\/pre>/g, (_, text: string) => `<pre>${onOneLine(text)}</pre>`)
    .replaceAll(/<\/(?:a|b|code|em|span|strong)>(?=<(?!\/))/g, ' ')
    .replaceAll(/<\/(?:dt|h4)>\s*<(?:dd|pre)[^>]*>\n?/g, ': ')
    .replaceAll(/<h([1-3])[^>]*>/g, (_, level: string) => `\n\u0000${'#'.repeat(Number(level))} `)
    .replaceAll(/<\/t[dh]>\s*<t[dh]\b[^>]*>/g, ' | ')
    .replaceAll(BLOCK, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
    .replaceAll('\u0000', '\n')
    .trim();
  return `${decoded(text)}\n`;
}

function onOneLine(markup: string): string {
  const line = decoded(markup.replaceAll(/<[^>]*>/g, '').trim()).replaceAll(/\s*\n\s*/g, ' / ');
  return encoded(line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS)}…`);
}

function decoded(text: string): string {
  return text.replaceAll(/&(\w+|#\d+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

function encoded(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
