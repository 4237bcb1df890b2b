/** Each mistake of a user ends with one clear error, before any request is sent, and changes no state. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { runAction } from '../helpers/runner.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { testRows } from '../helpers/test-rows.ts';
import { misconfigurations } from '../misconfigurations/all.ts';
import { comparable, isMistakeInPlan, makeCheckout } from '../misconfigurations/misconfiguration.ts';
import { type ModelApi, startModelApi } from '../stand-ins/model-api.ts';

let api: ModelApi;
let python: string;
beforeAll(async () => {
  [api, python] = await Promise.all([startModelApi(), evalsPython()]);
});
afterAll(() => api.close());

/**
 * These run the bundle with every change. `test/integration/action/misconfigurations.test.ts` and
 * `test/integration/plan/misconfigurations.test.ts` run all rows that can do without it.
 */
const some = misconfigurations.filter(({ needsPlan = true }, index) => index % (needsPlan ? 10 : 8) === 0);
const others = misconfigurations.filter((row) => !some.includes(row));
/** Evals has to be imported for a plan, which takes seconds. */
const plannedElsewhere = others.filter(isMistakeInPlan);
const onlyHere = others.filter((row) => !isMistakeInPlan(row));

describe.concurrent('misconfigurations', () => {
  const rows = [...some, ...onlyHere, ...plannedElsewhere];
  testRows({ short: some.length, long: onlyHere.length }, rows)(
    'misconfiguration: $title',
    async (row, context) => {
      const directory = temporaryDirectory(context);
      const checkout = join(directory, 'checkout');
      const stateDirectory = join(directory, 'state');
      const inputs = makeCheckout(checkout, row);
      const result = await runAction({
        directory,
        workspace: checkout,
        ...('state-directory' in inputs ? {} : { stateDirectory }),
        inputs: { python, ...inputs },
        env: {
          OPENAI_BASE_URL: api.url,
          OPENAI_API_KEY: 'x',
          PYTHONPATH: join(checkout, 'modules'),
          ...row.env,
        },
      });
      const errors = result.annotations.filter(({ level }) => level === 'error');
      expect(errors.map(({ message }) => comparable(message, { checkout }))).toEqual([row.says]);
      expect(comparable(wordsOf(shownBy(result.summary)), { checkout })).toContain(wordsOf(row.says));
      expect(result.exitCode).toBe(1);
      expect(existsSync(stateDirectory)).toBe(false);
      expect(result.post?.exitCode).toBe(0);
      expect(result.post?.lines).toEqual([]);
      expect(api.requests).toEqual([]);
    },
  );
});

test('misconfigurations: there are at least 120, each with a title of its own', () => {
  expect(new Set(misconfigurations.map(({ title }) => title)).size).toBe(misconfigurations.length);
  expect(misconfigurations.length).toBeGreaterThanOrEqual(120);
});

/** The text that Markdown shows. */
function shownBy(markdown: string): string {
  return markdown
    .replace(/^>( ?\[!CAUTION\])?/gm, '')
    .replace(/Code: `[A-Z_]+`\s*$|^ *```.*$|\*\*|<br>/gm, '')
    .replace(/\\([^\w\s]|_)/g, '$1')
    .replace(/<\/?span>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

/** The words of an error: its text without what differs between the log and the job summary. */
function wordsOf(text: string): string {
  return text
    .replace(/ \[[A-Z_]+\]$/, '')
    .replace(/\bWhat to do:|^ *- /gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}
