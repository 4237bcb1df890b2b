import { describe, expect, test } from 'vitest';
import { addEstimates, type RunEstimate } from '../../../src/model/estimate.ts';
import { noTraffic } from '../../../src/model/traffic.ts';
import { describeComparison } from '../../../src/report/estimate-text.ts';
import { renderSummary } from '../../../src/report/summary/summary.ts';
import { completion, planned } from '../../helpers/builders.ts';
import { resultsOf, someFacts } from '../../helpers/finished-run.ts';
import { report } from '../../helpers/report-builders.ts';

const estimate: RunEstimate = {
  evals: 1,
  unknownEvals: 0,
  guessedEvals: 0,
  requests: { low: 3, high: 3 },
  promptTokens: { low: 100, high: 200 },
  completionTokens: { low: 10, high: 40 },
  cost: { low: 0.5, high: 1 },
  unpriced: [],
};

const EVAL = planned('a.dev.v0');

function comparison(prompt: number, of: RunEstimate = estimate, isComplete = true): string | undefined {
  const tokensSent = { prompt, completion: 20, cached: 0, reasoning: 0 };
  const outcome = isComplete
    ? ({ status: 'fresh', eval: EVAL, record: completion(EVAL) } as const)
    : ({ status: 'pending', eval: EVAL, reason: 'stopped' } as const);
  const traffic = { ...noTraffic, sent: 3, tokensSent };
  return describeComparison(resultsOf([outcome], { traffic, facts: { ...someFacts, estimate: of } }));
}

describe('describeComparison', () => {
  test('describeComparison: it says whether the run took what was estimated', () => {
    const head =
      'Estimated for 1 eval to run: about 3 requests, 110–240 tokens, $0.50–1.00. It took 3 requests';
    expect(comparison(150)).toBe(`${head}, 170 tokens, as estimated.`);
    expect(comparison(10)).toBe(`${head}, 30 tokens, less than estimated.`);
    expect(comparison(900)).toBe(`${head}, 920 tokens, more than estimated.`);
    expect(comparison(10, estimate, false)).toBe(`${head}, 30 tokens, and is not complete.`);
  });

  test('describeComparison: an estimate without some evals is not compared, and one that knows nothing is not shown', () => {
    expect(comparison(900, { ...estimate, evals: 2, unknownEvals: 1 })).toMatch(
      /It took 3 requests, 920 tokens\.$/,
    );
    expect(comparison(900, { ...estimate, unknownEvals: 1 })).toBeUndefined();
    expect(describeComparison(resultsOf([]))).toBeUndefined();
  });
});

describe('addEstimates', () => {
  test('addEstimates: the shards of a set have the sum, and no cost if one has none', () => {
    const sum = addEstimates(estimate, { ...estimate, unknownEvals: 1, cost: { low: 1, high: 2 } });
    expect(sum).toMatchObject({
      evals: 2,
      unknownEvals: 1,
      requests: { low: 6, high: 6 },
      cost: { low: 1.5, high: 3 },
    });
    expect(addEstimates(estimate, { ...estimate, cost: null, unpriced: ['x'] })).toMatchObject({
      cost: null,
      unpriced: ['x'],
    });
  });
});

test('renderSummary: a dollar sign of the estimate begins no formula', () => {
  const results = resultsOf([{ status: 'fresh', eval: EVAL, record: completion(EVAL) }], {
    facts: { ...someFacts, estimate },
  });
  const summary = renderSummary(report([], { results }), { notes: [], next: '' });
  expect(summary).toContain('<span>$</span>0.50–1.00');
});
