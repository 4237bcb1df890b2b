/** Draws the picture of each scenario. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Chromium, findChromium, startChromium } from '../../helpers/chromium.ts';
import { directoryOf } from '../play.ts';
import type { Scenario } from '../scenario.ts';
import type { ShownStep } from '../shown/transcript.ts';
import { type MarkdownPage, markdownPageOf } from './markdown-page.ts';
import { pageOf } from './page.ts';
import { withPalette } from './palette-png.ts';

const WIDTH = 1012;
const MAX_HEIGHT = 4000;
/** A larger picture gets a shorter log. */
const MAX_BYTES = 150_000;
const LOG_LINES = [80, 50, 30, 16] as const;

export class Pictures implements AsyncDisposable {
  readonly #chromium: Chromium;
  readonly #css: readonly string[];

  private constructor(chromium: Chromium) {
    this.#chromium = chromium;
    const gitHub = createRequire(import.meta.url).resolve('github-markdown-css/github-markdown-light.css');
    const own = join(import.meta.dirname, 'style.css');
    this.#css = [gitHub, own].map((path) => readFileSync(path, 'utf8'));
  }

  /** Undefined when the machine has no Chromium. */
  static async open(): Promise<Pictures | undefined> {
    return findChromium() === undefined ? undefined : new Pictures(await startChromium());
  }

  async draw(scenario: Scenario, steps: readonly ShownStep[]): Promise<void> {
    for (const maxLogLines of LOG_LINES) {
      const page = pageOf({ title: scenario.title, steps, css: this.#css, maxLogLines });
      const png = withPalette(await this.#picture(page, WIDTH));
      if (png.length > MAX_BYTES) continue;
      writeIfChanged(join(directoryOf(scenario), 'picture.png'), png);
      return;
    }
    throw new Error(`The picture of ${scenario.name} has more than ${MAX_BYTES} bytes.`);
  }

  /** Draws a text as GitHub shows it in a summary or in a comment. */
  async drawMarkdown(path: string, text: Omit<MarkdownPage, 'css'>): Promise<void> {
    const page = markdownPageOf({ ...text, css: this.#css });
    writeIfChanged(path, withPalette(await this.#picture(page, text.width)));
  }

  /** A PNG of the whole page, but of at most `MAX_HEIGHT` pixels. */
  async #picture(html: string, width: number): Promise<Buffer> {
    const page = await this.#chromium.browser.newPage();
    await page.setViewport({ width, height: 800 });
    await page.setContent(html);
    await page.evaluate('document.fonts.ready.then(() => 0)');
    const whole = await page.evaluate('Math.ceil(document.body.getBoundingClientRect().height)');
    const clip = { x: 0, y: 0, width, height: Math.min(Number(whole), MAX_HEIGHT) };
    const png = await page.screenshot({ clip, captureBeyondViewport: true });
    await page.close();
    return Buffer.from(png);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chromium[Symbol.asyncDispose]();
  }
}

function writeIfChanged(path: string, png: Buffer): void {
  if (!existsSync(path) || !readFileSync(path).equals(png)) writeFileSync(path, png);
}
