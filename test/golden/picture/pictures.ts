/** Draws the picture of each scenario. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { directoryOf } from '../play.ts';
import type { Scenario } from '../scenario.ts';
import type { ShownStep } from '../shown/transcript.ts';
import { type Browser, findChromium, startChromium } from './chromium.ts';
import { pageOf } from './page.ts';
import { withPalette } from './palette-png.ts';

const WIDTH = 1012;
const MAX_HEIGHT = 4000;
/** A larger picture gets a shorter log. */
const MAX_BYTES = 150_000;
const LOG_LINES = [80, 50, 30, 16] as const;

export class Pictures implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #css: readonly string[];

  private constructor(browser: Browser) {
    this.#browser = browser;
    const gitHub = createRequire(import.meta.url).resolve('github-markdown-css/github-markdown-light.css');
    const own = join(import.meta.dirname, 'style.css');
    this.#css = [gitHub, own].map((path) => readFileSync(path, 'utf8'));
  }

  /** Undefined when the machine has no Chromium. */
  static async open(): Promise<Pictures | undefined> {
    const executable = findChromium();
    return executable === undefined ? undefined : new Pictures(await startChromium(executable));
  }

  async draw(scenario: Scenario, steps: readonly ShownStep[]): Promise<void> {
    for (const maxLogLines of LOG_LINES) {
      const page = pageOf({ title: scenario.title, steps, css: this.#css, maxLogLines });
      const png = withPalette(await this.#browser.picture(page, WIDTH, MAX_HEIGHT));
      if (png.length > MAX_BYTES) continue;
      const path = join(directoryOf(scenario), 'picture.png');
      if (!existsSync(path) || !readFileSync(path).equals(png)) writeFileSync(path, png);
      return;
    }
    throw new Error(`The picture of ${scenario.name} has more than ${MAX_BYTES} bytes.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
