/** Takes the pictures of docs/report/ from the example report: light, dark, on a phone, and on paper. Needs Chromium. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { renderHtml } from '../src/report/html/render-html.ts';
import { withPalette } from '../test/golden/picture/palette-png.ts';
import { openBrowser } from '../test/helpers/browser.ts';
import { exampleReport } from '../test/helpers/example-report.ts';
import { buildPageAssets } from './page-assets.ts';

/** Pale colours are close to each other. */
const COLOURS = 200;

const target = join(import.meta.dirname, '../docs/report');

/** At 96 pixels an inch, of A4. */
const PAPER = { width: 794, height: 1123 };

interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  readonly media?: 'print';
}

const PICTURES: readonly Picture[] = [
  { name: 'light', width: 1280, height: 4300, scheme: 'light' },
  { name: 'dark', width: 1280, height: 2000, scheme: 'dark' },
  { name: 'phone', width: 390, height: 2600, scheme: 'light' },
  { name: 'print', ...PAPER, scheme: 'light', media: 'print' },
];

const directory = mkdtempSync(join(tmpdir(), 'report-'));
try {
  const path = join(directory, 'report.html');
  writeFileSync(path, [...renderHtml(exampleReport(), await buildPageAssets())].join(''));
  await using browser = await openBrowser();
  mkdirSync(target, { recursive: true });
  for (const picture of PICTURES) await take(await browser.open(path), picture);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function take(page: Page, { name, width, height, scheme, media }: Picture): Promise<void> {
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  // Either of these undoes the other.
  if (media) await page.emulateMediaType(media);
  // The margins of the paper, which a picture does not have.
  if (media) await page.evaluate("document.body.style.padding = '15mm'");
  const whole = await page.evaluate('document.documentElement.scrollHeight');
  const clip = { x: 0, y: 0, width, height: Math.min(Number(whole), media ? 2 * height : height) };
  const png = await page.screenshot({ clip, captureBeyondViewport: true });
  writeFileSync(join(target, `${name}.png`), withPalette(Buffer.from(png), COLOURS));
  await page.close();
}
