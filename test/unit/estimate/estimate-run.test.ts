import { describe, expect, test } from 'vitest';
import { estimateEval, estimateRun } from '../../../src/estimate/estimate-run.ts';
import type { CompletionRecord, ModelUsage } from '../../../src/model/completion-record.ts';
import type { Decision } from '../../../src/model/decision.ts';
import type { EvalEstimate } from '../../../src/model/estimate.ts';
import type { PlannedEval } from '../../../src/model/plan.ts';
import type { Prices } from '../../../src/model/price.ts';
import type { RequestDemand } from '../../../src/model/request-demand.ts';
import { completion, planned } from '../../helpers/builders.ts';

const prices: Prices = (model) =>
  ({ 'gpt-4': { input: 10, output: 30, cached: 5 }, judge: { input: 1, output: 2, cached: 1 } })[model];

const demand: RequestDemand = {
  by: 'model',
  requests: 3,
  characters: 3000,
  bytes: 3000,
  messages: 6,
  answers: 0,
  answer: 'short',
  choices: 1,
  maxTokens: null,
};

const used = (changes: Partial<ModelUsage> = {}): ModelUsage => ({
  responses: 3,
  prompt: 3000,
  completion: 300,
  cached: 0,
  reasoning: 0,
  ...changes,
});

const context = { prices, records: [], replayable: () => 0, hasKept: () => false };

function estimated(
  of: PlannedEval,
  records: readonly CompletionRecord[] = [],
  replayable = 0,
  hasKept = false,
): EvalEstimate {
  const estimate = estimateEval(of, {
    prices,
    records,
    replayable: () => replayable,
    hasKept: () => hasKept,
  });
  if (!estimate) throw new Error(`nothing is estimated for ${of.key}`);
  return estimate;
}

const EVAL = planned('a.dev.v0');

describe('estimateEval', () => {
  test('estimateEval: of the same content it takes what the earlier run took', () => {
    const record = completion(EVAL, { samples: 3, usage: { 'gpt-4': used() } });
    expect(estimated({ ...EVAL, demand: [demand] }, [record])).toEqual({
      from: 'earlier run',
      requests: { low: 3, high: 3 },
      promptTokens: { low: Math.floor(3000 / 1.03), high: 3090 },
      completionTokens: { low: 240, high: 375 },
      cost: {
        low: expect.closeTo((3000 / 1.03 / 1e6) * 10 + 0.0072, 9),
        high: expect.closeTo(0.0309 + 0.01125, 9),
      },
      unpriced: [],
    });
  });

  test('estimateEval: kept answers may serve all requests, or none', () => {
    const record = completion(planned('a.dev.v0', 'v2'), {
      samples: 30,
      requests: { sent: 20, replayed: 10 },
      usage: { 'gpt-4': used({ responses: 30 }) },
    });
    const kept = (samples: number) => estimated({ ...EVAL, samples }, [record], 0, true);
    expect(kept(30)).toMatchObject({ requests: { low: 0, high: 30 }, promptTokens: { low: 0, high: 3750 } });
    expect(kept(30).cost?.low).toBe(0);
    expect(kept(40).requests).toEqual({ low: 10, high: 40 });
    // What is in the journal is replayed in any case.
    expect(estimated({ ...EVAL, samples: 30 }, [record], 12, true).requests).toEqual({ low: 0, high: 18 });
  });

  test('estimateEval: another number of samples scales what the earlier run took', () => {
    const record = completion(EVAL, { samples: 3, usage: { 'gpt-4': used() } });
    const { requests, promptTokens, completionTokens } = estimated({ ...EVAL, samples: 30 }, [record]);
    expect(requests).toEqual({ low: 30, high: 30 });
    expect(promptTokens).toEqual({ low: 24_000, high: 37_500 });
    expect(completionTokens).toEqual({ low: 20_000 / 10, high: 4500 });
  });

  test('estimateEval: a record of the same content counts more than a newer one of other content', () => {
    const same = completion(EVAL, { ended: '2026-01-01T00:00:00Z', samples: 3, usage: { 'gpt-4': used() } });
    const other = completion(planned('a.dev.v0', 'v2'), {
      samples: 3,
      usage: { 'gpt-4': used({ prompt: 9 }) },
    });
    expect(estimated(EVAL, [other, same]).promptTokens.high).toBe(3090);
    expect(estimated(planned('a.dev.v0', 'v3'), [other, same]).promptTokens.high).toBe(12);
  });

  test('estimateEval: each model has its price, also a judge and a model that replaces another', () => {
    const fields = { modelGraded: true, modelMap: { old: 'gpt-4' } };
    const command = ['oaieval', 'old,judge', 'a.dev.v0'];
    const judging = { ...demand, by: 'judge', answer: 'choice' } as const;
    const { cost, unpriced } = estimated({ ...EVAL, ...fields, command, demand: [demand, judging] });
    const input = { low: 600 / 1e6, high: 1033 / 1e6 };
    expect(unpriced).toEqual([]);
    expect(cost?.low).toBeCloseTo(input.low * 11 + (3 * 30 + 3 * 2) / 1e6, 9);
    expect(cost?.high).toBeCloseTo(input.high * 11 + (180 * 30 + 15 * 2) / 1e6, 9);
  });

  test('estimateEval: the record of another judge is used under the name of the judge of today', () => {
    const before = { ...EVAL, command: ['oaieval', 'gpt-4,other', 'a.dev.v0'] };
    const record = completion(before, { samples: 3, usage: { 'gpt-4': used(), other: used() } });
    const today = { ...EVAL, modelGraded: true, command: ['oaieval', 'gpt-4,judge', 'a.dev.v0'] };
    expect(estimated(today, [record])).toMatchObject({ from: 'earlier run', unpriced: [] });
    // Without a judge, the record does not say which tokens are the judge's.
    const own = completion(EVAL, { samples: 3, usage: { 'gpt-4': used() } });
    expect(estimated({ ...today, demand: [demand] }, [own]).from).toBe('characters');
  });

  test('estimateEval: a model without a price makes the cost unknown, and never zero', () => {
    const estimate = estimated({ ...EVAL, command: ['oaieval', 'mystery', 'a.dev.v0'], demand: [demand] });
    expect(estimate).toMatchObject({ cost: null, unpriced: ['mystery'] });
  });

  test('estimateEval: what is replayed is subtracted, and never more than that', () => {
    const of = { ...EVAL, demand: [demand] };
    const whole = estimated(of);
    const part = estimated(of, [], 1);
    expect(part.requests).toEqual({ low: 2, high: 2 });
    expect(part.promptTokens.high).toBe(Math.ceil((whole.promptTokens.high * 2) / 3));
    expect(estimated(of, [], 99)).toMatchObject({ requests: { low: 0, high: 0 }, cost: { low: 0, high: 0 } });
  });

  test('estimateEval: a cache of prompts lowers the low end only', () => {
    const record = (cached: number) => completion(EVAL, { samples: 3, usage: { 'gpt-4': used({ cached }) } });
    const [without, cached] = [estimated(EVAL, [record(0)]).cost, estimated(EVAL, [record(3000)]).cost];
    expect(cached?.high).toBe(without?.high);
    expect(cached?.low ?? 1).toBeLessThan((without?.low ?? 0) * 0.8);
  });

  test('estimateEval: the model dummy sends nothing', () => {
    const of = { ...EVAL, command: ['oaieval', 'dummy', 'a.dev.v0'], demand: [demand] };
    expect(estimated(of)).toMatchObject({ requests: { low: 0, high: 0 }, cost: { low: 0, high: 0 } });
  });

  test('estimateEval: a limit of tokens bounds the answers, and thoughts of a reasoning model are counted', () => {
    const of = (model: string, maxTokens: number | null) =>
      estimated({ ...EVAL, command: ['oaieval', model, 'a'], demand: [{ ...demand, maxTokens }] })
        .completionTokens;
    expect(of('gpt-4', 10)).toEqual({ low: 3, high: 30 });
    expect(of('gpt-4o-mini', null)).toEqual({ low: 3, high: 180 });
    expect(of('o3-mini', null)).toEqual({ low: 3, high: 3 * 1560 });
    expect(of('openai/gpt-5', 100)).toEqual({ low: 3, high: 300 });
  });

  test('estimateEval: without prompts it guesses from the samples, and without samples it knows nothing', () => {
    expect(estimated(EVAL)).toMatchObject({ from: 'guess', requests: { low: 3, high: 9 } });
    const known = { ...EVAL, evalClass: 'evals.elsuite.error_recovery.eval:ErrorRecovery' };
    expect(estimated(known).requests).toEqual({ low: 9, high: 18 });
    expect(estimateEval({ ...EVAL, samples: null }, context)).toBeUndefined();
  });
});

describe('estimateRun', () => {
  const run = (of: PlannedEval): Decision => ({ kind: 'run', eval: of, reason: { kind: 'never-completed' } });

  test('estimateRun: it adds up the evals that run, and counts those that it guesses or does not know', () => {
    const evals = [
      { ...EVAL, demand: [demand] },
      planned('b.dev.v0'),
      { ...planned('c.dev.v0'), samples: null },
    ];
    const reused: Decision = { kind: 'reuse', eval: planned('d.dev.v0'), record: undefined };
    const { evals: each, total } = estimateRun([...evals.map(run), reused], context);
    expect(each.map(({ estimate }) => estimate?.from)).toEqual(['characters', 'guess', undefined]);
    expect(total).toMatchObject({
      evals: 3,
      unknownEvals: 1,
      guessedEvals: 1,
      requests: { low: 6, high: 12 },
    });
    expect(estimateRun([reused], context)).toMatchObject({ evals: [], total: { evals: 0 } });
  });

  test('estimateRun: every range is in order, whole, and the sum of its evals, whatever is known of them', () => {
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    for (let round = 0; round < 300; round++) {
      const decisions: Decision[] = [];
      const records: CompletionRecord[] = [];
      for (let at = 0; at < 4; at++) {
        const samples = next(4) === 0 ? null : next(1000);
        const characters = next(100_000);
        const known = { ...demand, requests: next(1000), characters, bytes: characters + next(1000) };
        const of = { ...planned(`e${at}.dev.v0`), samples, ...(next(2) ? { demand: [known] } : {}) };
        decisions.push(run(of));
        const usage = { 'gpt-4': used({ responses: next(2000), prompt: next(1e6), completion: next(1e5) }) };
        if (next(2)) records.push(completion(of, { samples: next(3) ? next(1000) : null, usage }));
      }
      const replayed = next(50);
      const { evals, total } = estimateRun(decisions, { ...context, records, replayable: () => replayed });
      for (const name of ['requests', 'promptTokens', 'completionTokens'] as const) {
        const ranges = evals.flatMap(({ estimate }) => estimate?.[name] ?? []);
        for (const { low, high } of [...ranges, total[name]]) {
          expect(low).toBeLessThanOrEqual(high);
          expect(low).toBeGreaterThanOrEqual(0);
          expect([low, high].every(Number.isInteger)).toBe(true);
        }
        expect(total[name].low).toBe(ranges.reduce((sum, { low }) => sum + low, 0));
        expect(total[name].high).toBe(ranges.reduce((sum, { high }) => sum + high, 0));
      }
      expect(total.cost?.low ?? 1).toBeLessThanOrEqual(total.cost?.high ?? 0);
    }
  });
});
