import { describe, expect, test } from 'vitest';
import type { RunEstimate } from '../../../src/model/estimate.ts';
import { costText, describeEstimate, tokenText } from '../../../src/report/estimate-text.ts';

const estimate: RunEstimate = {
  evals: 28,
  unknownEvals: 0,
  guessedEvals: 0,
  requests: { low: 1140, high: 1400 },
  promptTokens: { low: 700_000, high: 900_000 },
  completionTokens: { low: 100_000, high: 200_000 },
  cost: { low: 1.6, high: 2.4 },
  unpriced: [],
};

describe('describeEstimate', () => {
  test('describeEstimate: it has requests, tokens and dollars, each from low to high', () => {
    expect(describeEstimate(estimate)).toBe(
      '28 evals to run: about 1,140–1,400 requests, 0.8–1.1 M tokens, $1.60–2.40',
    );
  });

  test('describeEstimate: it says which price is missing, and how much is guessed or not known', () => {
    expect(
      describeEstimate({ ...estimate, cost: null, unpriced: ['mystery'], unknownEvals: 2, guessedEvals: 1 }),
    ).toBe(
      '28 evals to run: about 1,140–1,400 requests, 0.8–1.1 M tokens, cost not known, because there is no price for mystery (for 1 eval this is a guess; without 2 evals of which nothing is known)',
    );
    expect(describeEstimate({ ...estimate, evals: 2, unknownEvals: 2 })).toBe(
      '2 evals to run: how many requests they will send is not known',
    );
    expect(describeEstimate({ ...estimate, evals: 1, requests: { low: 0, high: 0 } })).toBe(
      '1 eval to run: no request',
    );
  });

  test.for([
    [{ low: 800, high: 1100 }, '800–1,100'],
    [{ low: 5, high: 5 }, '5'],
    [{ low: 840, high: 12_000 }, '0.8–12 k'],
    [{ low: 8400, high: 12_000 }, '8.4–12 k'],
    [{ low: 812_345, high: 1_123_456 }, '0.8–1.1 M'],
    [{ low: 2e9, high: 3e9 }, '2.0–3.0 G'],
    [{ low: 0, high: 12_000 }, '0.0–12 k'],
    [{ low: 192, high: 1_200_000 }, '192–1.2 M'],
    [{ low: 12_345, high: 3e9 }, '12 k–3.0 G'],
  ] as const)(
    'tokenText: both ends have the unit of the high one, unless the low one would be 0.0: %j is %s',
    ([range, text]) => {
      expect(tokenText(range)).toBe(text);
    },
  );

  test('costText: small amounts have two digits that count', () => {
    expect(costText({ low: 0.00421, high: 0.0061 })).toBe('$0.0042–0.0061');
    expect(costText({ low: 0, high: 0 })).toBe('$0.00');
  });
});
