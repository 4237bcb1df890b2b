import { describe, expect, test } from 'vitest';
import { type BudgetOptions, openBudget } from '../../../src/run/budget.ts';
import { completion, planned } from '../../helpers/builders.ts';

const a = { ...planned('a.dev.v0'), name: 'a' };

const PRICES = new Map([
  ['cheap', { input: 1, output: 2, cached: 1 }],
  ['judge', { input: 100, output: 200, cached: 100 }],
  ['local', { input: 0, output: 0, cached: 0 }],
]);

const cheap = { evalName: 'a', model: 'cheap' };
const judge = { evalName: 'a', model: 'judge' };

function budget(dollars: number, options: Partial<BudgetOptions> = {}) {
  return openBudget({
    ...{ timeMs: undefined, tokens: undefined, beganAt: 0, records: [], evals: [a], sampleResume: true },
    cost: { dollars, prices: (model) => PRICES.get(model) },
    ...options,
  });
}

/** A thousand tokens of prompts cost a tenth of a cent, or ten cents of the judge. */
const used = (prompt: number) => ({ prompt, completion: 0, cached: 0, reasoning: 0 });

describe('cost-budget', () => {
  test('cost-budget: ends the run with the response that reaches the limit, not before', () => {
    const { spend, exhausted } = budget(0.5);
    spend(used(400_000), cheap);
    expect(exhausted.aborted).toBe(false);
    spend(used(1000), judge);
    expect(exhausted.reason).toEqual(new Error('the cost-budget of $0.50 is used up'));
  });

  test('cost-budget: a request of a dear model reserves more than one of a cheap model, though none came back yet', () => {
    const { requests, spend, exhausted } = budget(1);
    const first = requests?.reserve(cheap);
    spend(used(1000), cheap);
    first?.end(true);
    const dear = Array.from({ length: 20 }, () => requests?.reserve(judge));
    expect(dear.filter((each) => each !== undefined)).toHaveLength(9);
    expect(exhausted.aborted).toBe(false);
  });

  test('cost-budget: when nothing is in flight and the next response does not fit, the run ends with the amounts', () => {
    const { requests, spend, exhausted } = budget(0.25);
    for (let n = 0; n < 2; n += 1) {
      const sent = requests?.reserve(judge);
      spend(used(1000), judge);
      sent?.end(true);
    }
    expect(requests?.reserve(judge)).toBeUndefined();
    expect(exhausted.reason).toEqual(
      new Error(
        'the cost-budget of $0.25 is used up ($0.20 are spent, and the next response may take $0.10)',
      ),
    );
  });

  test('cost-budget: a model without a price ends the run before a request is sent to it', () => {
    const { requests, exhausted } = budget(1);
    expect(requests?.reserve({ evalName: 'a', model: 'hidden' })).toBeUndefined();
    expect(exhausted.reason).toEqual(
      new Error(
        'the cost-budget needs the price of hidden, which is not known (set it with a line of the input prices, such as hidden: input 0.15, output 0.60)',
      ),
    );
  });

  test('cost-budget: a request that names no model is sent, and one whose response has tokens then ends the run', () => {
    const { requests, spend, exhausted } = budget(1);
    const none = { evalName: 'a', model: '' };
    requests?.reserve(none)?.end(true);
    expect(exhausted.aborted).toBe(false);
    spend(used(1), none);
    expect(exhausted.reason).toEqual(
      new Error('the cost-budget needs the price of each response, and a request names no model'),
    );
  });

  test('cost-budget: a response that does not say how many tokens it has ends the run, unless its model is free', () => {
    const { spend, exhausted } = budget(1);
    spend(used(0), { evalName: 'a', model: 'local' });
    expect(exhausted.aborted).toBe(false);
    spend(used(0), cheap);
    expect(exhausted.reason).toEqual(
      new Error(
        'the cost-budget needs the tokens of each response, and one of cheap does not say how many it has',
      ),
    );
  });

  test('cost-budget: beside a token-budget, the one that is used up first ends the run, and both are kept', () => {
    const { requests, spend, exhausted } = budget(1, { tokens: 3000 });
    const first = requests?.reserve(cheap);
    spend(used(1000), cheap);
    first?.end(true);
    const sent = [requests?.reserve(cheap), requests?.reserve(cheap)];
    expect(sent.map((each) => each !== undefined)).toEqual([true, true]);
    expect(requests?.reserve(cheap), 'its tokens do not fit').toBeUndefined();
    for (const each of sent) {
      spend(used(1000), cheap);
      each?.end(true);
    }
    expect(exhausted.reason).toEqual(new Error('the token-budget of 3,000 is used up'));
  });

  test('cost-budget: skips an eval that cost more than what is left after what the running ones still need', () => {
    const b = planned('b.dev.v0');
    const tokens = { ...used(1000), total: 1000 };
    const records = [
      completion(a, { tokens, usage: { cheap: { responses: 1, ...used(200_000) } } }),
      completion(b, { tokens, usage: { judge: { responses: 1, ...used(3000) } } }),
    ];
    const { reasonToSkip } = budget(0.4, { records });
    expect(reasonToSkip(b)).toBeUndefined();
    const half = { key: a.key, usage: { cheap: { responses: 1, ...used(50_000) } } };
    expect(reasonToSkip(b, [half])).toBe(
      'it used $0.30 last time; $0.25 of the cost-budget remain after reserving $0.15 for running evals',
    );
    expect(budget(0.2, { records }).reasonToSkip(b), 'too large for any budget').toBeUndefined();
  });
});
