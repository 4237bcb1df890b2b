/**
 * Writes all reports of the real records in `test/fixtures/records`: texts, which a test compares, and pictures of the summary and of the
 * comment, which no test compares.
 *
 *     npm run golden:records                            both variants
 *     npm run golden:records -- compared                this variant
 *     npm run golden:records -- --no-pictures           only the texts
 *     npm run golden:records -- --open /tmp/pictures    also pictures in which all folds are open, into that directory
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { filesOf, RECORDS, writeFilesOf } from './from-records/files.ts';
import { recordedVariants } from './from-records/variants.ts';
import { Pictures } from './picture/pictures.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pictures: { type: 'boolean', default: true }, open: { type: 'string' } },
  allowNegative: true,
});

const unknown = positionals.filter((name) => !recordedVariants.some((variant) => variant.name === name));
if (unknown.length > 0)
  throw new Error(
    `There is no variant ${unknown.join(', ')}. There are: ${recordedVariants.map(({ name }) => name).join(', ')}.`,
  );

await using pictures = values.pictures ? await Pictures.open() : undefined;
if (!pictures && values.pictures)
  console.log('No pictures: there is no chromium, chromium-browser or google-chrome on PATH.');
if (values.open !== undefined) mkdirSync(values.open, { recursive: true });
for (const variant of recordedVariants) {
  const { name } = variant;
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const files = await filesOf(variant);
  writeFilesOf(variant, files);
  for (const [text, width] of [
    ['summary', 1012],
    ['comment', 800],
  ] as const) {
    const markdown = files[`${text}.md`] ?? '';
    const draw = (path: string, isOpen: boolean) => pictures?.drawMarkdown(path, { markdown, width, isOpen });
    await draw(join(RECORDS, name, `${text}.png`), false);
    if (values.open !== undefined) await draw(join(values.open, `${name}-${text}.png`), true);
  }
  console.log(name);
}
