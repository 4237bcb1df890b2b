/** Builds what every report.html has inside: the script of src/report/html/page as one file, and its style. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { PageAssets } from '../src/report/html/page-assets.ts';

const page = join(import.meta.dirname, '../src/report/html/page');

/** In this order: later rules win over earlier ones. */
const STYLES = ['base.css', 'report.css', 'evals.css', 'samples.css', 'media.css'] as const;

/** What would end a `script` or a `style` element, or is changed by a parser of HTML. */
const UNSAFE = /<\/(script|style)|<!--|\r/i;

export async function buildPageAssets(): Promise<PageAssets> {
  const bundle = await rolldown({ input: join(page, 'main.ts'), platform: 'browser', tsconfig: false });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  const script = output[0].code.trim();
  const style = STYLES.map((name) => withoutComments(readFileSync(join(page, name), 'utf8'))).join('\n');
  if (UNSAFE.test(script) || UNSAFE.test(style))
    throw new Error('The script or the style of the page cannot be inside a page.');
  return { script, style };
}

export async function writePageAssets(directory: string): Promise<void> {
  const { script, style } = await buildPageAssets();
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'page.js'), script);
  writeFileSync(join(directory, 'page.css'), style);
}

function withoutComments(css: string): string {
  return css.replace(/\/\*.*?\*\/\n?/gs, '');
}
