import { expect, it } from 'vitest';
import { evalSet, makeScenario, outputsOf } from './scenario.ts';

const { evals, requestsPerEval } = evalSet;
const requests = evals * requestsPerEval;

it('cost-budget under act: a run ends at its budget, saves, and the next attempt completes what is left', async () => {
  const { model, run, removeStateDirectory } = await makeScenario();
  // A tenth of a cent for a token. The four evals take about 43 cents.
  const inputs = { prices: 'gpt-4: input 1000, output 1000', 'cost-budget': '$0.20' };
  const first = await run({ runId: '400', runAttempt: 1, inputs });
  const { received } = model.counts();
  expect(first.exitCode, first.text).not.toBe(0);
  expect(first.text).toContain('the cost-budget of $0.20 is used up');
  expect(outputsOf(first), first.text).toMatchObject({
    complete: 'false',
    verdict: 'incomplete',
    failed: '0',
  });
  expect(outputsOf(first)['saved-key'], first.text).not.toBe('');
  expect(Number(outputsOf(first).cost), first.text).toBeLessThan(0.25);
  expect(received).toBeGreaterThan(0);
  expect(received).toBeLessThan(requests);

  // On another machine, with a budget of its own.
  await removeStateDirectory();
  model.forget();
  const second = await run({ runId: '400', runAttempt: 2, inputs: { ...inputs, 'cost-budget': '5 USD' } });
  expect(second.exitCode, second.text).toBe(0);
  expect(outputsOf(second), second.text).toMatchObject({ complete: 'true', pending: '0' });
  expect(model.counts().received).toBe(requests - received);
  expect(Number(outputsOf(second).cost)).toBeGreaterThan(0);
});
