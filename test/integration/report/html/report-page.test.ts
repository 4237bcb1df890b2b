/** What a person can do with report.html in a browser. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPageAssets } from '../../../../scripts/page-assets.ts';
import type { Report } from '../../../../src/model/report.ts';
import type { PageAssets } from '../../../../src/report/html/page-assets.ts';
import { renderHtml } from '../../../../src/report/html/render-html.ts';
import { openBrowser, type TestBrowser, type WatchedPage } from '../../../helpers/browser.ts';
import { exampleReport } from '../../../helpers/example-report.ts';
import { evalResult, evalSamples, report, sample } from '../../../helpers/report-builders.ts';
import { has } from '../../../helpers/requires.ts';
import { cleanupAfterAll, temporaryDirectory } from '../../../helpers/temporary-directory.ts';

const REFUSAL_KEY = 'safety-over-refusal.test.v1';

describe.runIf(has('chromium'))('report page', () => {
  const cleanup = cleanupAfterAll();
  let browser: TestBrowser;
  let assets: PageAssets;
  let example: string;

  beforeAll(async () => {
    [browser, assets] = await Promise.all([openBrowser(), buildPageAssets()]);
    example = write(exampleReport());
  });
  afterAll(async () => browser[Symbol.asyncDispose]());

  function write(made: Report, change = (html: string) => html): string {
    const path = join(temporaryDirectory(cleanup), 'report.html');
    writeFileSync(path, change([...renderHtml(made, assets)].join('')));
    return path;
  }

  test('report page: it loads nothing, and the console has no complaint', async () => {
    const page = await browser.open(example);
    expect(await page.$eval('h1', (element) => element.textContent)).toContain('2 of 28 evals failed');
    expect(await page.$eval('#tools input', (element) => element.checkVisibility())).toBe(true);
    expect([page.requests, page.complaints]).toEqual([[], []]);
  });

  test('report page: its policy stops scripts, styles, pictures and requests that somebody injects', async () => {
    const injected = `<script>document.title = 'injected'</script><p onclick="" id="styled" style="display: none">x</p><img src="https://example.invalid/x.png" onerror="document.title = 'injected'">`;
    const page = await browser.open(
      write(exampleReport(), (html) => html.replace('<main>', `<main>${injected}`)),
    );
    expect(await page.title()).not.toBe('injected');
    expect(await page.$eval('#styled', (element) => getComputedStyle(element).display)).toBe('block');
    // A blocked request is announced and never sent.
    expect(page.complaints.filter((text) => text.includes('Content Security Policy')).length).toBeGreaterThan(
      2,
    );
  });

  test('report page: markup in any field of a report is text', async () => {
    const page = await browser.open(write(hostileReport()), {
      fragment: `#eval=${encodeURIComponent(PAYLOAD)}&sample=<img>`,
    });
    await page.$$eval('details', (all) => {
      for (const each of all) each.open = true;
    });
    await page.locator('.sample:last-child summary').wait();
    await search(page, '<img');
    const found = await page.evaluate(() => ({
      ran: 'hacked' in window,
      strange: document.querySelectorAll('img, iframe, object, embed, base, form, style ~ style, svg[onload]')
        .length,
      scripts: [...document.scripts].filter(({ type }) => type !== 'application/json').length,
      addresses: [...document.links]
        .map((link) => link.getAttribute('href') ?? '')
        .filter((href) => !href.startsWith('#')),
    }));
    expect(found).toEqual({ ran: false, strange: 0, scripts: 1, addresses: [] });
    expect([page.requests, page.complaints]).toEqual([[], []]);
    expect(await page.$eval('#samples', (element) => element.textContent)).toContain('<img src=x');
  });

  test('report page: a click on the head of a column sorts by it, also the other way, and then not', async () => {
    const page = await browser.open(example);
    const names = () =>
      page.$$eval('#evals-table .eval-name', (all) => all.slice(0, 3).map(({ textContent }) => textContent));
    const original = await names();
    const click = () => page.locator('#evals-table th:nth-child(6) button').click();
    await click();
    expect(
      await page.$eval('#evals-table th:nth-child(6)', ({ ariaSort, textContent }) => [
        textContent,
        ariaSort,
      ]),
    ).toEqual(['Samples', 'descending']);
    expect((await names())[0]).toBe('math-word-problems');
    await click();
    expect((await names())[0]).toBe('code-review');
    await click();
    expect(await names()).toEqual(original);
  });

  test('report page: a filter by status shows these evals only, in all sections', async () => {
    const page = await browser.open(example);
    await page.select('select[aria-label="Evals"]', 'degraded');
    const expected = ['support-refund-policy', 'safety-over-refusal'];
    for (const each of ['#evals-table .eval-name', '#problems .card .eval-name', '#samples .eval-title'])
      expect(await shown(page, each)).toEqual(expected);
    expect(await page.$eval('.matches', ({ textContent }) => textContent)).toBe('2 of 28 evals');
  });

  test('report page: a filter by outcome shows samples with it', async () => {
    const page = await browser.open(example);
    await page.select('select[aria-label="Samples"]', 'flipped');
    await page.locator(`details[id="eval=${REFUSAL_KEY}"] > summary`).click();
    await page.locator(`details[id="eval=${REFUSAL_KEY}"] .flip`).wait();
    const samples = await shown(page, `details[id="eval=${REFUSAL_KEY}"] .sample > summary`);
    expect(samples.length).toBeGreaterThan(10);
    expect(samples.every((text) => text.includes('\u2192'))).toBe(true);
  });

  test('report page: a search finds samples by their texts, and opens few of them', async () => {
    const page = await browser.open(example);
    await search(page, 'LOOKUP-9f31');
    await page.locator('#no-match').wait();
    await search(page, 'sql-joins.test.15');
    await page.waitForFunction(() => document.querySelector('.matches')?.textContent?.includes('matching'));
    expect(await shown(page, '#samples .eval-title')).toEqual(['sql-joins']);
    const samples = await shown(page, '#samples .sample-id');
    expect(samples.length).toBeGreaterThan(1);
    expect(samples.every((id) => id.startsWith('sql-joins.test.15'))).toBe(true);
    await page.keyboard.press('Escape');
    expect(await shown(page, '#samples .eval-title')).toHaveLength(28);
    expect(await page.$$('details.eval[open]')).toEqual([]);
  });

  test('report page: a link opens its sample and focuses it, also when a filter hides it', async () => {
    const page = await browser.open(example);
    await search(page, 'sql-joins');
    await page.waitForFunction(() => document.querySelector('.matches')?.textContent !== '');
    const id = `${REFUSAL_KEY}&sample=safety-over-refusal.test.149`;
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#eval=${id}`);
    await page.waitForFunction(
      (wanted) => document.activeElement?.parentElement?.id === wanted,
      {},
      `eval=${id}`,
    );
    const opened = await page.$eval('.is-target', (element) => [
      (element as HTMLDetailsElement).open,
      element.checkVisibility(),
    ]);
    expect(opened).toEqual([true, true]);
  });

  test('report page: a filter remains when a link leads to an eval that it shows', async () => {
    const page = await browser.open(example);
    await page.select('select[aria-label="Evals"]', 'degraded');
    const click = () => page.locator(`#evals-table a[href="#eval=${REFUSAL_KEY}"]`).click();
    const isOpen = () => page.$eval(`details[id="eval=${REFUSAL_KEY}"]`, ({ open }) => open);
    await click();
    await page.locator('.is-target').wait();
    expect(await shown(page, '#samples .eval-title')).toHaveLength(2);
    await page.keyboard.press('c');
    expect(await isOpen()).toBe(false);
    await click();
    expect(await isOpen()).toBe(true);
  });

  test('report page: a link to a sample that the page does not have says so, and opens the eval', async () => {
    const page = await browser.open(example, { fragment: `#eval=${REFUSAL_KEY}&sample=gone` });
    expect(
      await page.$eval('.absent', (element) => [element.textContent, element.checkVisibility()]),
    ).toEqual([
      'This page does not have the sample that the link names. The file samples.jsonl has all of them.',
      true,
    ]);
  });

  test('report page: keys search, move, open, close, and list themselves', async () => {
    const page = await browser.open(example);
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press('/');
    await page.keyboard.type('jk/?');
    expect(await page.$eval('#tools input', ({ value }) => value)).toBe('jk/?');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    const first = await focused();
    await page.keyboard.press('j');
    expect(await focused()).not.toBe(first);
    await page.keyboard.press('k');
    expect(await focused()).toBe(first);
    const isOpen = () => page.evaluate(() => document.activeElement?.parentElement?.hasAttribute('open'));
    await page.focus('.group:not([open]) > summary');
    await page.keyboard.press('Enter');
    expect(await isOpen()).toBe(true);
    await page.keyboard.press('c');
    expect(await isOpen()).toBe(false);
    await page.keyboard.press('?');
    expect(await page.$eval('dialog', ({ open, textContent }) => open && textContent)).toContain(
      'go to the next eval or sample',
    );
  });

  test('report page: without its script it has all sections, and samples that open', async () => {
    const page = await browser.open(example, {
      script: false,
      fragment: `#eval=${REFUSAL_KEY}&sample=safety-over-refusal.test.54`,
    });
    expect(await page.$eval('#tools', (element) => element.checkVisibility())).toBe(false);
    await page.focus('[id="eval=safety-over-refusal.test.v1&sample=safety-over-refusal.test.54"] > summary');
    await page.keyboard.press('Enter');
    expect(
      await page.$eval('[id$="sample=safety-over-refusal.test.54"] .sample-body', (element) =>
        element.checkVisibility(),
      ),
    ).toBe(true);
    expect(await page.$eval('#samples', (element) => element.textContent)).toContain(
      'with its script, this page shows them',
    );
  });

  test('report page: 10,000 samples are shown page by page, searched, and linked to', async () => {
    const path = write(largeReport());
    const page = await browser.open(path);
    const inFirst = '#samples .eval:first-of-type';
    await page.locator(`${inFirst} > summary`).click();
    await page.locator(`${inFirst} .more button`).click();
    await page.waitForFunction(
      (list) => document.querySelectorAll(`${list} .sample`).length === 100,
      {},
      inFirst,
    );
    expect(await page.$eval(`${inFirst} .more`, ({ textContent }) => textContent)).toBe(
      'Show 50 more of 900 samples left',
    );
    await search(page, 'question 999 of large-7');
    await page.waitForFunction(() =>
      document.querySelector('.matches')?.textContent?.includes('1 matching sample'),
    );
    expect(await shown(page, '#samples .sample-id')).toEqual(['large-7.test.999']);
    const linked = await browser.open(path, { fragment: '#eval=large-3.dev.v0&sample=large-3.test.998' });
    expect(
      await linked.$eval('.is-target .sample-id', (element) => [
        element.textContent,
        element.checkVisibility(),
      ]),
    ).toEqual(['large-3.test.998', true]);
  });

  test('report page: on a phone nothing is wider than the screen, and a row of the table is a card', async () => {
    const page = await browser.open(example);
    await page.setViewport({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await page.$eval('#evals-table tr:last-child td', (cell) => getComputedStyle(cell).display)).toBe(
      'block',
    );
  });

  test('report page: on paper it is light, has no tools, and leaves out what is closed', async () => {
    const page = await browser.open(example);
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await colour();
    await page.emulateMediaType('print');
    // A4 without its margins.
    await page.setViewport({ width: 680, height: 1000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(680);
    expect(await page.$eval('#evals-table td', (cell) => getComputedStyle(cell).display)).toBe('table-cell');
    expect(await colour()).toBe('rgb(255, 255, 255)');
    expect(dark).not.toBe('rgb(255, 255, 255)');
    const isShown = (selector: string) => page.$eval(selector, (element) => element.checkVisibility());
    expect([
      await isShown('#tools'),
      await isShown('#samples'),
      await isShown('#problems .sample-body'),
    ]).toEqual([false, false, true]);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
  });

  test('report page: the switch between light and dark wins over the system', async () => {
    const page = await browser.open(example);
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await colour();
    await page.keyboard.press('d');
    expect(await colour()).not.toBe(light);
    expect(await page.$eval('.theme', ({ textContent }) => textContent)).toBe('Light');
  });
});

/** The texts of elements that can be seen. */
function shown(page: WatchedPage, selector: string): Promise<string[]> {
  return page.$$eval(selector, (all) =>
    all.filter((each) => each.checkVisibility()).map((each) => each.textContent ?? ''),
  );
}

async function search(page: WatchedPage, words: string): Promise<void> {
  await page.$eval(
    '#tools input',
    (input, value) => {
      input.value = value;
      input.dispatchEvent(new Event('input'));
    },
    words,
  );
}

function largeReport(): Report {
  const names = Array.from({ length: 10 }, (_, index) => `large-${index}`);
  const samples = names.map((name) => {
    const all = Array.from({ length: 1000 }, (_, index) => sample(`${name}.test.${index}`, index % 4 > 0));
    const texts = all.map(({ id }, index) => [
      id,
      { prompt: `question ${index} of ${name}`, answer: 'yes', expected: 'no' },
    ]);
    return [
      `${name}.dev.v0`,
      evalSamples(all, Object.fromEntries(texts) as Record<string, { prompt: string }>),
    ] as const;
  });
  return report(
    names.map((name) => evalResult(name)),
    { samples: new Map(samples) },
  );
}

const PAYLOAD = `"'><img src=x onerror="window.hacked = 1"></script></title></style><script>window.hacked = 1</script><!--\u202e\u2028\u0000<svg onload="window.hacked = 1">javascript:window.hacked=1`;

/** Fields whose values the types fix. */
const FIXED = new Set([
  'status',
  'kind',
  'method',
  'outcome',
  'outcomeBefore',
  'outcomeNow',
  'param',
  'renamedTo',
]);

/** The example report with markup in all its texts, the names of metrics and of models among them. */
function hostileReport(): Report {
  const { results, verdict, links, samples, baselineSamples } = exampleReport();
  const hostileSamples = (all: Report['samples']): Report['samples'] =>
    new Map(
      [...all].map(([key, each]) => {
        const originals = new Map(each.samples.map((one) => [`${one.id}${PAYLOAD}`, one]));
        const texts = (one: { readonly id: string }) => {
          const original = originals.get(one.id);
          return poisoned(original ? each.texts(original) : null) as ReturnType<typeof each.texts>;
        };
        return [
          `${key}${PAYLOAD}`,
          { samples: poisoned(each.samples.slice(0, 15)) as typeof each.samples, texts },
        ];
      }),
    );
  return {
    results: poisoned(results) as typeof results,
    verdict: poisoned(verdict) as typeof verdict,
    links: poisoned(links) as typeof links,
    samples: hostileSamples(samples),
    baselineSamples: hostileSamples(baselineSamples),
  };
}

function poisoned(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return FIXED.has(field) ? value : `${value}${PAYLOAD}`;
  if (Array.isArray(value)) return value.map((each) => poisoned(each, field));
  if (typeof value !== 'object' || value === null) return value;
  const isByName = ['metrics', 'intervals', 'scores', 'replacedModels', 'modelMap'].includes(field);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      isByName ? `${name}${PAYLOAD}` : name,
      poisoned(each, name),
    ]),
  );
}
