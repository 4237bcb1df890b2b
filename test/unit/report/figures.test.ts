import { expect, test } from 'vitest';
import type { Results } from '../../../src/model/results.ts';
import type { OverallDifference, OverallRate, Verdict } from '../../../src/model/verdict.ts';
import { figuresLine } from '../../../src/report/figures.ts';
import { comparison, rated, reused } from '../../golden/variants/samples.ts';
import { results, verdict } from '../../helpers/report-builders.ts';

const overall: OverallRate = { metric: 'accuracy', rate: 0.812, low: 0.79, high: 0.832, n: 1140 };

const difference: OverallDifference = {
  ...{ before: 0.849, now: 0.812, difference: -0.037, low: -0.052, high: -0.022 },
  ...{ pairs: 1140, worse: 61, better: 19 },
};

const line = (changes: Partial<Verdict>, more: Partial<Results> = {}) =>
  figuresLine(results([rated('a', 8, 10)], { model: 'gpt-4', evalSet: 'set', ...more }), verdict(changes))
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/<\/?span>/g, '');

const totals = results([]).totals;

const spent = (changes: Partial<Results['totals']>): Partial<Results> => ({
  totals: { ...totals, ...changes },
});

test('figures: rate, baseline, difference, pairs, tokens, cost and what resuming saved are one line', () => {
  const shown = line(
    { overall, comparison: comparison([], { overall: difference }) },
    spent({
      tokens: { prompt: 700_000, completion: 112_300, cached: 0, reasoning: 0 },
      replayedTokens: { prompt: 400_000, completion: 10_000, cached: 0, reasoning: 0 },
      cost: 1.84,
    }),
  );
  expect(shown).toBe(
    '`gpt-4` on `set` · accuracy 81.2 % ± 2.1 vs 84.9 % on main@abc1234 · −3.7 pp (95 % −5.2 … −2.2) · 1,140 pairs, 61 down, 19 up · 812 k tokens · $1.84 · 410 k tokens saved by resuming',
  );
});

test.each<[string, Partial<Verdict>, Partial<Results>, string]>([
  ['no rate', {}, {}, '150 tokens'],
  ['a rate without a baseline', { overall }, {}, 'accuracy 81.2 % ± 2.1 · 150 tokens'],
  [
    'a rate that is close to 100 %',
    { overall: { ...overall, rate: 0.98, low: 0.93, high: 0.995 } },
    {},
    'accuracy 98.0 % (95 % 93.0 … 99.5) · 150 tokens',
  ],
  [
    'samples that the baseline does not have',
    {
      overall: { ...overall, rate: 0.83, low: 0.81, high: 0.85 },
      comparison: comparison([], { overall: difference }),
    },
    {},
    'accuracy 83.0 % ± 2.0 · of the pairs 81.2 % vs 84.9 % on main@abc1234 · −3.7 pp (95 % −5.2 … −2.2) · 1,140 pairs, 61 down, 19 up · 150 tokens',
  ],
  [
    'a baseline without a commit',
    { overall, comparison: comparison([], { overall: { ...difference, difference: 0 }, source: null }) },
    {},
    'accuracy 81.2 % ± 2.1 vs 84.9 % · 0.0 pp (95 % −5.2 … −2.2) · 1,140 pairs, 61 down, 19 up · 150 tokens',
  ],
  ['no request', {}, spent({ requests: { sent: 0, replayed: 0, retried: 0, failed: 0 } }), 'no request sent'],
  [
    'an API that counts no tokens',
    {},
    spent({ tokens: { prompt: 0, completion: 0, cached: 0, reasoning: 0 } }),
    '10 requests',
  ],
  ['reused evals', {}, { evals: [reused('a', 8, 10)] }, '150 tokens · 1,170 tokens saved by resuming'],
  [
    'millions of tokens',
    {},
    spent({ tokens: { prompt: 2_340_000, completion: 0, cached: 0, reasoning: 0 } }),
    '2.3 M tokens',
  ],
  ['less than a cent', {}, spent({ cost: 0.0012 }), '150 tokens · $0.0012'],
])('figures: with %s', (_, changes, more, expected) => {
  expect(line(changes, more)).toBe(`\`gpt-4\` on \`set\` · ${expected}`);
});
