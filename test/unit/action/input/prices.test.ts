/** The inputs prices and cost-budget. */
import { afterEach, expect, test, vi } from 'vitest';
import { costBudgetInput, pricesInput } from '../../../../src/action/input/prices.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

function pricesOf(text: string) {
  vi.stubEnv('INPUT_PRICES', text);
  return pricesInput();
}

test.each<[string, [string, number, number, number][]]>([
  ['', []],
  ['m: input 0.15, output 0.60, cached 0.075', [['m', 0.15, 0.6, 0.075]]],
  ['m: input 2, output 8', [['m', 2, 8, 2]]],
  ['m: output $8,cached $0.5 , INPUT $2', [['m', 2, 8, 0.5]]],
  ['ft:gpt-4o:own::id: input 3.75, output 15', [['ft:gpt-4o:own::id', 3.75, 15, 3.75]]],
  [
    ' org/model:free : free \r\n\nown-*: input 1, output 0\n',
    [
      ['org/model:free', 0, 0, 0],
      ['own-*', 1, 0, 1],
    ],
  ],
])('prices: %j is read', (text, expected) => {
  expect(pricesOf(text)).toEqual(
    expected.map(([model, input, output, cached]) => ({ model, price: { input, output, cached } })),
  );
});

test.each([
  ['m', 'it has no ":" between the model and its prices'],
  [': free', 'the model before ":" is missing'],
  ['m:', 'the prices after ":" are missing'],
  ['a b: free', 'a model name cannot contain white space'],
  ['m: input 1, input 2, output 3', 'it has more than one price of input'],
  ['m: output 3', 'the price of input is missing'],
  ['m: input -1, output 3', '"input -1" is not "input", "output" or "cached" and a number'],
  ['m: input 1e3, output 3', '"input 1e3" is not'],
  ['m: input 1000001, output 3', 'input 1000001 is more than 1000000 US dollars per million tokens'],
])('prices: %j is refused', (text, why) => {
  expect(() => pricesOf(text)).toThrow(why);
});

test.each([
  ['', undefined],
  ['5', 5],
  ['5.00', 5],
  ['$5', 5],
  ['$ 0.50', 0.5],
  ['5 USD', 5],
  ['5usd', 5],
  ['USD 5', 5],
  ['5$', 5],
  ['1,250.50', 1250.5],
  ['2_000 dollars', 2000],
])('cost-budget: %j is %s US dollars', (text, amount) => {
  vi.stubEnv('INPUT_COST-BUDGET', text);
  expect(costBudgetInput()).toBe(amount);
});

test.each(['0', '-5', '5 EUR', '5,50', '1e3', 'none', '5k', '.50'])('cost-budget: %j is refused', (text) => {
  vi.stubEnv('INPUT_COST-BUDGET', text);
  expect(() => costBudgetInput()).toThrow('it is not an amount of US dollars above 0');
});
