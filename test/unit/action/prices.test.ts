/** Which models need a price before a run with a cost-budget starts. */
import { expect, test } from 'vitest';
import { pricingOf, requirePrices } from '../../../src/action/prices.ts';
import { ActionError } from '../../../src/errors.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { NO_DEPENDENCIES } from '../../../src/model/plan.ts';
import type { Prices } from '../../../src/model/price.ts';
import { addTraffic, noTraffic, receivedResponse } from '../../../src/model/traffic.ts';
import { planned } from '../../helpers/builders.ts';
import { finishedRun, someFacts } from '../../helpers/finished-run.ts';

const evalOf = (model: string) => {
  const made = planned('a.dev.v0');
  return { ...made, command: ['oaieval', model, ...made.command.slice(2)] };
};

const plan: Plan = {
  ...{ evals: [], leftOut: [], digest: undefined, dependencies: NO_DEPENDENCIES },
  ...{ evalsVersion: '3', warnings: [], needsApiKey: true, apiModels: ['known', 'unknown', 'judge'] },
};

const prices: Prices = (model) => (model === 'known' ? { input: 1, output: 1, cached: 1 } : undefined);

function problemOf(
  models: readonly string[],
  changes: Partial<Plan> = {},
  modelMap = new Map<string, string>(),
) {
  const step = { inputs: { modelMap } as unknown as Parameters<typeof requirePrices>[1]['inputs'] };
  try {
    requirePrices(prices, step, { ...plan, ...changes }, models.map(evalOf));
    return undefined;
  } catch (error) {
    return error instanceof ActionError ? error.message : error;
  }
}

const missing = (names: string) =>
  `The input cost-budget needs the price of each model, but no price is known of ${names}.`;

test('cost-budget: candidate, judge and the live models of the model map need a price', () => {
  expect(problemOf(['known'])).toBeUndefined();
  expect(problemOf(['known', 'unknown,judge'])).toBe(missing('unknown, judge'));
  expect(problemOf(['known'], {}, new Map([['old', 'live']]))).toBe(missing('live'));
});

test('cost-budget: a judge that no eval which runs asks for needs no price, nor does anything when nothing runs', () => {
  expect(problemOf(['known'])).toBeUndefined();
  expect(problemOf([], {}, new Map([['old', 'live']]))).toBeUndefined();
});

test('cost-budget: a completion function of a registry needs no price, because its models are met later', () => {
  expect(problemOf(['own/function'])).toBeUndefined();
});

test('cost-budget: with a plan of an earlier version, every name but dummy may be a model', () => {
  expect(problemOf(['own/function', 'dummy'], { apiModels: undefined })).toBe(missing('own/function'));
});

test('prices: the facts of a run give the same prices to every process that reports it', async () => {
  const million = { prompt: 1_000_000, completion: 0, cached: 0, reasoning: 0 };
  const traffic = addTraffic(noTraffic, { ...noTraffic, ...receivedResponse('gpt-4o', million) });
  const facts = { ...someFacts, prices: { providers: ['openai', 'anthropic'], overrides: [] } };
  const { prices: listed, list } = await pricingOf(finishedRun([], { facts, traffic }));
  expect(listed('gpt-4o')).toEqual({ input: 2.5, output: 10, cached: 1.25 });
  expect(list?.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  const none = await pricingOf(finishedRun([], { facts: someFacts, traffic }));
  expect([none.prices('gpt-4o'), none.list]).toEqual([undefined, undefined]);
  expect((await pricingOf(finishedRun([], { facts }))).list, 'nothing to price').toBeUndefined();
});
