import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, launch } from 'puppeteer-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a browser on PATH. */
export function findChromium(path = process.env.PATH ?? ''): string | undefined {
  const candidates = NAMES.flatMap((name) => path.split(delimiter).map((directory) => join(directory, name)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface Chromium extends AsyncDisposable {
  readonly browser: Browser;
}

/** A headless Chromium with a profile of its own, whose pages look the same on every machine. */
export async function startChromium(): Promise<Chromium> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium on PATH.');
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const browser = await launch({
    executablePath,
    userDataDir: profile,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      // Grey edges compress better than coloured ones.
      '--disable-lcd-text',
      '--font-render-hinting=none',
    ],
  });
  return {
    browser,
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
