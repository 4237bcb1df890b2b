/** Estimates of evals that come with evals, of every class that runs without the internet, beside what they take. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { estimateLines } from '../helpers/estimate-lines.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { emptyNltkData, FIXTURES } from '../helpers/same-results.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { logOf, TestMachine } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';

let python = '';
beforeAll(async () => {
  python = await evalsPython();
});

test('estimate: what an eval of each class takes is in the range', LONG, async (context) => {
  const machine = await TestMachine.make(context, {
    python,
    model: 'gpt-3.5-turbo',
    evalSet: 'same-results-classes',
    api: {},
    env: {
      PYTHONPATH: join(FIXTURES, 'modules'),
      NLTK_DATA: emptyNltkData(temporaryDirectory(context)),
      https_proxy: 'http://127.0.0.1:9',
    },
    inputs: { 'registry-path': join(FIXTURES, 'registry'), args: '--max_samples 6' },
  });
  const plan = await machine.run({ inputs: { 'plan-only': 'true' } });
  const estimates = estimateLines(plan);
  expect(plan.lines.join('\n')).toContain('without 3 evals of which nothing is known');
  expect(estimates.size, logOf(plan)).toBe(23);

  const run = await machine.run();
  expect(run.outputs, logOf(run)).toMatchObject({ complete: 'true', fresh: '26' });
  for (const [name, { from, requests, tokens }] of estimates) {
    const record = machine.records().find(({ eval: key }) => key === name || key.startsWith(`${name}.`));
    const sent = record?.requests?.sent ?? 0;
    const total = record?.tokens.total ?? 0;
    expect(sent, name).toBeGreaterThanOrEqual(requests[0]);
    expect(sent, name).toBeLessThanOrEqual(requests[1]);
    expect(total, name).toBeGreaterThanOrEqual(tokens[0]);
    expect(total, name).toBeLessThanOrEqual(tokens[1]);
    // The number of requests is exact where the class is known. What a model writes is not.
    if (from === 'characters') expect(requests[0], name).toBe(requests[1]);
  }
  const known = [...estimates].filter(([, { from }]) => from === 'characters').map(([name]) => name);
  expect(known).toHaveLength(16);
});
