/** A headless Chromium that opens files of this machine, and notes what it should not do. */
import { pathToFileURL } from 'node:url';
import type { Page } from 'puppeteer-core';
import { startChromium } from './chromium.ts';

export interface TestBrowser extends AsyncDisposable {
  /** @param fragment with its `#` */
  open(
    path: string,
    options?: { readonly fragment?: string; readonly script?: boolean },
  ): Promise<WatchedPage>;
}

export interface WatchedPage extends Page {
  /** Errors and warnings of the console, and exceptions. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for, but for the page itself. */
  readonly requests: readonly string[];
}

export async function openBrowser(): Promise<TestBrowser> {
  const chromium = await startChromium();
  return {
    open: async (path, { fragment = '', script = true } = {}) => {
      const page = await chromium.browser.newPage();
      const watched = watch(page);
      await page.setJavaScriptEnabled(script);
      await page.goto(`${pathToFileURL(path)}${fragment}`);
      return watched;
    },
    [Symbol.asyncDispose]: () => chromium[Symbol.asyncDispose](),
  };
}

function watch(page: Page): WatchedPage {
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.isNavigationRequest()) requests.push(request.url());
  });
  return Object.assign(page, { complaints, requests });
}
