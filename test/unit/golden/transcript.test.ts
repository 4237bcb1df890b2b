import { expect, test } from 'vitest';
import { renderMarkdown } from '../../golden/picture/markdown.ts';
import type { Played } from '../../golden/played.ts';
import { shownSteps } from '../../golden/shown/transcript.ts';

/** A run that printed these lines. */
function played(...lines: string[]): Played {
  const phase = { lines, summary: '', exitCode: 1 };
  return { result: { ...phase, post: undefined }, inputs: { model: 'm' } } as unknown as Played;
}

test('shownSteps: groups, and annotations in the log by their first line', () => {
  const [step] = shownSteps(
    played('a', '::group::title', 'b', '::endgroup::', '::error title=T,file=x.py,line=3::c%0Ad'),
  );
  expect(step?.log.slice(1)).toEqual([
    { kind: 'line', line: { text: 'a' } },
    { kind: 'group', title: 'title', lines: [{ text: 'b' }] },
    { kind: 'line', line: { text: 'Error: c', level: 'error' } },
    { kind: 'line', line: { text: 'd' } },
  ]);
  expect(step?.annotations).toEqual([
    { level: 'error', title: 'T', place: 'x.py:3', message: 'c\nd', isShown: true },
  ]);
});

test('shownSteps: GitHub shows ten annotations of a level', () => {
  const errors = Array.from({ length: 12 }, (_, i) => `::error::${i}`);
  const [step] = shownSteps(played(...errors, '::warning::w'));
  const shown = step?.annotations.filter(({ isShown }) => isShown).map(({ message }) => message);
  expect(shown).toEqual([...Array.from({ length: 10 }, (_, i) => String(i)), 'w']);
});

test('renderMarkdown: tables and alerts stay, scripts and styles go', () => {
  const html = renderMarkdown(
    '> [!WARNING]\n> Hot\n\n| a |\n| -: |\n| `b` |\n\n<script>x</script><p style="color:red" onclick="x">c</p>\n',
  );
  expect(html).toContain('class="markdown-alert markdown-alert-warning"');
  expect(html).toContain('<td align="right"><code>b</code></td>');
  expect(html).not.toMatch(/script|style|onclick/);
});
