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

/** Evals has to be imported for a plan. `test/integration/plan/misconfigurations.test.ts` runs all of these in a forked process. */
const planned = misconfigurations.filter(isMistakeInPlan);
const PLANNED_WITH_EVERY_CHANGE = 4;

const others = misconfigurations.filter((row) => !isMistakeInPlan(row));
const atOnce = others.filter(({ needsPlan = true }) => !needsPlan);
const onlyHere = others.filter(({ needsPlan = true }) => needsPlan);

describe.concurrent('misconfigurations', () => {
  const short = [...atOnce, ...planned.slice(0, PLANNED_WITH_EVERY_CHANGE)];
  const rows = [...short, ...onlyHere, ...planned.slice(PLANNED_WITH_EVERY_CHANGE)];
  testRows({ short: short.length, long: onlyHere.length }, rows)(
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
  expect(misconfigurations.length).toBeGreaterThanOrEqual(2);
});
