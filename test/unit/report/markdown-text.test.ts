import { expect, test } from 'vitest';
import { code, codeInTable, fenced, html, inline } from '../../../src/report/markdown-text.ts';
import { renderMarkdown } from '../../golden/picture/markdown.ts';

/** Of others: each would act as something else if it were not escaped. */
const HOSTILE = [
  ['HTML', '<img src=x onerror=alert(1)> & </details>'],
  ['a comment of HTML', '<!-- open'],
  ['a link', '[click](http://evil.example)'],
  ['an address', 'see https://evil.example/a?b=c and HTTP://EVIL.example'],
  ['an address without a scheme', 'www.evil.example'],
  ['an address of mail', 'mail me@evil.example'],
  ['an image', '![x](http://evil.example/p.png)'],
  ['a mention', '@octocat, @org/team'],
  ['references', '#1, GH-2, octo-org/repo#3'],
  ['formulas', '$x^2$ costs $5'],
  ['emphasis', '*a* _b_ ~~c~~ `d`'],
  ['a table', 'a | b'],
  ['a footnote', '[^1]'],
  ['a backslash before a mention', '\\@octocat'],
  ['a backslash before a bar', 'a \\| <b>b</b> \\\\| c'],
  ['a backslash at the end', 'a\\'],
  ['an entity', '&lt;b&gt; &#64;octocat'],
  ['a heading', '# big'],
  ['a list', '- item'],
  ['a numbered list', '12. item'],
  ['a quote', '> quote'],
  ['an underline', '=== '],
] as const;

/** The text that a reader sees. */
function textOf(rendered: string): string {
  return rendered
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .trim();
}

/** What a filter of GitHub could still find in the text of one element. */
const REFERENCE = /@\w|#\d|GH-\d|:\/\/|www\.|\$\S/i;

test.each(HOSTILE)('inline text: %s is shown as it is, and does nothing', (_, text) => {
  const rendered = renderMarkdown(inline(text));
  expect(textOf(rendered)).toBe(text.trim());
  expect(rendered).toMatch(/^<p>/);
  expect(rendered).not.toMatch(/<(?!\/?(?:p|span)>)/);
  for (const part of rendered.split(/<[^>]*>/)) expect(part).not.toMatch(REFERENCE);
});

test.each(HOSTILE)('inline text: %s stays in its cell of a table', (_, text) => {
  const rendered = renderMarkdown(`| a | b |\n| --- | --- |\n| ${inline(text)} | end |`);
  expect(rendered.match(/<td>/g)).toHaveLength(2);
  expect(rendered).toContain('<td>end</td>');
});

test.each(HOSTILE)('html text: %s is shown as it is in the first line of a fold', (_, text) => {
  const rendered = renderMarkdown(`<details>\n<summary>${html(text)}</summary>\n\nend\n\n</details>`);
  const [, summary = ''] = /<summary>(.*)<\/summary>/.exec(rendered) ?? [];
  expect(textOf(summary)).toBe(text.trim());
  expect(summary).not.toMatch(/<(?!\/?span>)/);
  for (const part of summary.split(/<[^>]*>/)) expect(part).not.toMatch(REFERENCE);
});

test.each(HOSTILE)('code: %s is one code span, in a paragraph and in a table', (_, text) => {
  expect(renderMarkdown(code(text))).toMatch(/^<p><code>[^<]*<\/code><\/p>\s*$/);
  const table = renderMarkdown(`| a | b |\n| --- | --- |\n| ${codeInTable(text)} | end |`);
  expect(table.match(/<td><code>[^<]*<\/code><\/td>/g)).toHaveLength(1);
  expect(table).toContain('<td>end</td>');
});

test('code: an empty name is still a code span', () => {
  expect(code('')).toBe('` `');
});

test.each([
  ['no backticks', 'a\nb', '```'],
  ['a row of four backticks', 'a\n````\nb', '`````'],
  ['backticks in a line', 'a `````` b', '```````'],
])('fenced text: with %s the fence is %j', (_, text, fence) => {
  expect(fenced(text, 1000)).toBe(`${fence}text\n${text}\n${fence}`);
  expect(renderMarkdown(`${fenced(text, 1000)}\n\nend`)).toContain('<p>end</p>');
});

test('fenced text: control characters are shown as codes, and a long text is shortened', () => {
  expect(fenced('a\u202eb\u0007', 1000)).toContain('a\\u202eb\\u0007');
  expect(Buffer.byteLength(fenced('ü'.repeat(10_000), 500))).toBeLessThan(600);
});

test('inline text: a long text is shortened before it is escaped', () => {
  expect(Buffer.byteLength(inline('x'.repeat(10_000)))).toBeLessThanOrEqual(510);
  expect(Buffer.byteLength(inline('@'.repeat(10_000)))).toBeLessThanOrEqual(1500);
  expect(Buffer.byteLength(html('$'.repeat(10_000)))).toBeLessThanOrEqual(1500);
});
