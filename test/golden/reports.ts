/**
 * Writes the summary, the comment and the table of the log for typical reports: texts, which a test compares, and pictures, which
 * no test compares.
 *
 *     npm run golden:reports                            all variants
 *     npm run golden:reports -- failed degraded         these variants
 *     npm run golden:reports -- --no-pictures           only the texts
 *     npm run golden:reports -- --open /tmp/pictures    also pictures in which all folds are open, into that directory
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pictures } from './picture/pictures.ts';
import { variants } from './variants/all.ts';
import { comparisons, writeComparison } from './variants/comparisons.ts';
import { REPORTS, textsOf, writeTextsOf } from './variants/texts.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pictures: { type: 'boolean', default: true }, open: { type: 'string' } },
  allowNegative: true,
});

const all = [...variants, ...comparisons];
const unknown = positionals.filter((name) => !all.some((variant) => variant.name === name));
if (unknown.length > 0)
  throw new Error(
    `There is no variant ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.`,
  );

await using pictures = values.pictures ? await Pictures.open() : undefined;
if (!pictures && values.pictures)
  console.log('No pictures: there is no chromium, chromium-browser or google-chrome on PATH.');
if (values.open !== undefined) mkdirSync(values.open, { recursive: true });
for (const variant of variants) {
  const { name } = variant;
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const texts = textsOf(variant);
  writeTextsOf(variant, texts);
  for (const [text, width] of [
    ['summary', 1012],
    ['comment', 800],
  ] as const) {
    const markdown = texts[`${text}.md`];
    await pictures?.drawMarkdown(join(REPORTS, name, `${text}.png`), { markdown, width, isOpen: false });
    if (values.open !== undefined)
      await pictures?.drawMarkdown(join(values.open, `${name}-${text}.png`), {
        markdown,
        width,
        isOpen: true,
      });
  }
  console.log(name);
}
for (const comparison of comparisons) {
  if (positionals.length > 0 && !positionals.includes(comparison.name)) continue;
  const { markdown, directory } = writeComparison(comparison);
  await pictures?.drawMarkdown(join(directory, 'summary.png'), { markdown, width: 1012, isOpen: false });
  console.log(comparison.name);
}
