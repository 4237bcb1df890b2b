import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/model/outcome.ts';
import type { Price, Pricing } from '../../../src/model/price.ts';
import {
  addTraffic,
  noTraffic,
  receivedResponse,
  replayedResponse,
  type Traffic,
} from '../../../src/model/traffic.ts';
import { savedCost } from '../../../src/report/costs.ts';
import { describeCost, pricesText } from '../../../src/report/describe-costs.ts';
import { figuresLine } from '../../../src/report/figures.ts';
import { summarize } from '../../../src/report/results.ts';
import { aboutLines } from '../../../src/report/summary/about.ts';
import { completion, planned } from '../../helpers/builders.ts';
import { finishedRun } from '../../helpers/finished-run.ts';
import { report, verdict } from '../../helpers/report-builders.ts';

/** US dollars per million tokens. */
const PRICES: Readonly<Record<string, Price>> = {
  cheap: { input: 1, output: 2, cached: 0.5 },
  judge: { input: 100, output: 400, cached: 100 },
  local: { input: 0, output: 0, cached: 0 },
};

const pricing: Pricing = {
  prices: (model) => PRICES[model],
  list: { version: '0.1.8', date: '2026-09-23' },
};

const million = { prompt: 1_000_000, completion: 1_000_000, cached: 0, reasoning: 0 };

function traffic(...changes: readonly Partial<Traffic>[]): Traffic {
  return changes.reduce<Traffic>(
    (sum, change) => addTraffic(sum, { ...noTraffic, sent: 1, ...change }),
    noTraffic,
  );
}

function resultsOf(of: Traffic, outcomes: readonly Outcome[] = []) {
  return summarize(finishedRun(outcomes, { traffic: of }), pricing);
}

describe('costs of a run', () => {
  test('costs: candidate and judge are billed at their own prices, cached tokens at theirs', () => {
    const cached = { prompt: 1_000_000, completion: 500_000, cached: 400_000, reasoning: 500_000 };
    const { totals, prices } = resultsOf(
      traffic(receivedResponse('cheap', cached), receivedResponse('judge', million)),
    );
    // 0.6 + 0.2 + 1 for the candidate, in which reasoning is a part of completion; 100 + 400 for the judge.
    expect(totals.cost).toBeCloseTo(501.8, 9);
    expect(totals.replayedCost).toBe(0);
    expect(prices).toEqual({
      list: pricing.list,
      models: { cheap: PRICES.cheap, judge: PRICES.judge },
      unknown: [],
    });
  });

  test('costs: a model without a price makes the whole cost unknown, and is named', () => {
    const results = resultsOf(
      traffic(receivedResponse('cheap', million), receivedResponse('other', million)),
    );
    expect(results.totals.cost).toBeNull();
    expect(results.prices?.unknown).toEqual(['other']);
    expect(describeCost(results)).toBe('Cost: unknown (prices of 2026-09-23; no price is known of other)');
    expect(figuresLine(results, verdict())).toContain('cost unknown');
    expect(pricesText(results)).toBe(
      'Of 2026-09-23, where the input prices sets no others; no price is known of other.',
    );
  });

  test('costs: nothing sent costs nothing, and there is nothing to say', () => {
    const results = resultsOf(noTraffic);
    expect(results.totals).toMatchObject({ cost: 0, replayedCost: 0 });
    expect(results.prices).toBeUndefined();
    expect(describeCost(results)).toBeUndefined();
  });

  test('costs: when no price is known, only one line of the summary says so', () => {
    const results = resultsOf(traffic(receivedResponse('other', million)));
    expect(describeCost(results)).toBeUndefined();
    expect(figuresLine(results, verdict())).not.toMatch(/cost|\$/);
    const about = aboutLines({ ...report([]), results }, {});
    expect(about.filter((line) => /cost|price/.test(line))).toEqual([
      '- No price is known of `other`, so no cost is shown. The input `prices` sets prices.',
    ]);
  });

  test('costs: responses without a number of tokens are unknown, unless the model is free', () => {
    const none = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
    expect(resultsOf(traffic(receivedResponse('cheap', none))).totals.cost).toBeNull();
    expect(resultsOf(traffic(receivedResponse('local', none))).totals.cost).toBe(0);
  });

  test('costs: tokens of an earlier version, whose models nobody knows, are unknown', () => {
    expect(resultsOf({ ...noTraffic, sent: 1, tokensSent: million }).totals.cost).toBeNull();
  });
});

describe('costs that resuming saved', () => {
  const a = planned('a.dev.v0');
  const usage = { cheap: { responses: 1, ...million } };
  const tokens = { ...million, total: 2_000_000 };
  const reused = (changes = {}): Outcome => ({
    status: 'reused',
    eval: a,
    record: completion(a, { tokens, usage, ...changes }),
  });

  test('costs: an eval costs what its recorded responses cost, and a reused one saves that', () => {
    const results = resultsOf(
      traffic(receivedResponse('cheap', million), replayedResponse('cheap', million)),
      [reused()],
    );
    expect(results.evals[0]?.cost).toBe(3);
    expect(results.totals).toMatchObject({ cost: 3, replayedCost: 3 });
    expect(savedCost(results)).toBe(6);
    expect(describeCost(results)).toBe('Cost: $3.00, $6.00 saved by resuming (prices of 2026-09-23)');
    expect(figuresLine(results, verdict()).replaceAll(/<\/?span>/g, '')).toContain(
      '$3.00 · $6.00 saved by resuming',
    );
  });

  test('costs: an eval whose models were not recorded has no known cost, and then nobody knows what it saved', () => {
    const results = resultsOf(traffic(receivedResponse('cheap', million)), [reused({ usage: undefined })]);
    expect(results.evals[0]?.cost).toBeNull();
    expect(savedCost(results)).toBeNull();
    expect(figuresLine(results, verdict())).toContain('2.0 M tokens saved by resuming');
  });

  test('costs: an eval that asked nobody cost nothing', () => {
    const none = { prompt: 0, completion: 0, total: 0, cached: 0, reasoning: 0 };
    expect(resultsOf(noTraffic, [reused({ usage: undefined, tokens: none })]).evals[0]?.cost).toBe(0);
  });
});
