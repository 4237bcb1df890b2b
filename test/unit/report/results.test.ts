import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/model/outcome.ts';
import { summarize } from '../../../src/report/results.ts';
import { completion, planned, sha256 } from '../../helpers/builders.ts';
import { finishedRun, resultsOf, someFacts } from '../../helpers/finished-run.ts';
import { evalSamples, sample } from '../../helpers/report-builders.ts';

const A = { ...planned('a.dev.v0'), evalClass: 'evals.elsuite.basic.match:Match', higherIsBetter: true };

const fresh = (metrics: Record<string, number | string>, samples: number | null = 10): Outcome => ({
  status: 'fresh',
  eval: A,
  record: completion(A, { metrics, samples }),
});

/** Ten samples, of which the first ones are correct. */
const tenSamples = (correct: number) =>
  new Map([[A.key, evalSamples(Array.from({ length: 10 }, (_, n) => sample(`a.dev.${n}`, n < correct)))]]);

describe('results: intervals', () => {
  test('results: a metric that is the mean of its samples has an interval', () => {
    const [result] = resultsOf([fresh({ accuracy: 0.8, boostrap_std: 0.1 })], {
      samples: tenSamples(8),
    }).evals;
    expect(Object.keys(result?.intervals ?? {})).toEqual(['accuracy']);
    expect(result?.mainMetric).toEqual({
      name: 'accuracy',
      value: 0.8,
      interval: { low: expect.closeTo(0.4902, 4), high: expect.closeTo(0.9433, 4), method: 'wilson', n: 10 },
      higherIsBetter: true,
    });
  });

  test.each([
    ['is computed in another way', { accuracy: 0.75 }],
    ['is not a number', { accuracy: 'NaN' }],
    ['has the name of an inherited property', { constructor: 0.8 }],
  ])('results: a metric that %s has none', (_, metrics) => {
    const [result] = resultsOf([fresh(metrics)], { samples: tenSamples(8) }).evals;
    expect(result?.intervals).toEqual({});
    expect(result?.mainMetric?.interval).toBeNull();
  });

  test('results: without a record file there is no interval and no outcome', () => {
    const [result] = resultsOf([fresh({ accuracy: 0.8 })]).evals;
    expect(result?.mainMetric?.interval).toBeNull();
    expect(result?.samples).toEqual({ total: 10, outcomes: null, coverage: null });
  });
});

describe('results: samples', () => {
  const counts = (changes: Parameters<typeof sample>[2][], evaluated: number | null = null) => {
    const samples = evalSamples(changes.map((change, n) => sample(`a.dev.${n}`, true, change)));
    return resultsOf([fresh({ accuracy: 1 }, evaluated)], { samples: new Map([[A.key, samples]]) }).evals[0]
      ?.samples;
  };

  test('results: samples without a score or an outcome do not count for coverage', () => {
    expect(
      counts([
        {},
        { outcome: 'incorrect' },
        { outcome: 'unscored', scores: { score: 0 } },
        { outcome: 'errored', scores: {} },
        { outcome: null, scores: { score: 0.5 } },
      ]),
    ).toEqual({
      total: 5,
      outcomes: { correct: 1, incorrect: 1, unscored: 1, errored: 1 },
      coverage: 0.6,
    });
  });

  test('results: samples that recorded nothing are missing from coverage', () => {
    expect(counts([{}, {}], 4)).toMatchObject({ total: 4, coverage: 0.5 });
  });

  test('results: a class that reports neither has neither outcomes nor coverage', () => {
    expect(counts([{ outcome: null, scores: {} }])).toEqual({ total: 1, outcomes: null, coverage: null });
  });
});

describe('results: evals', () => {
  test('results: a failed eval says what ended it, and where', () => {
    const place = { file: '/work/own.py', line: 7 };
    const failed: Outcome = {
      status: 'failed',
      eval: A,
      reason: 'it ended with KeyError: 1',
      failure: { type: 'KeyError', place, sample: 'a.dev.3' },
      lastLines: ['KeyError: 1'],
      recorded: 4,
    };
    const { evals } = resultsOf([failed], { attempts: new Map([[A.key, 2]]) });
    expect(evals).toEqual([
      expect.objectContaining({
        status: 'failed',
        attempts: 2,
        recorded: 4,
        mainMetric: null,
        error: {
          type: 'KeyError',
          message: 'it ended with KeyError: 1',
          place,
          sample: 'a.dev.3',
          lastLines: ['KeyError: 1'],
        },
      }),
    ]);
  });

  test('results: evals that are left out come last, and only their count is a total', () => {
    const { evals, totals } = resultsOf([fresh({ accuracy: 1 })], { excluded: ['z.dev.v0'] });
    expect(evals.map(({ key, status }) => [key, status])).toEqual([
      [A.key, 'fresh'],
      ['z.dev.v0', 'excluded'],
    ]);
    expect(totals.evals).toMatchObject({ total: 1, completed: 1, excluded: 1 });
  });

  test('results: an eval says why it ran, what it took, and what makes it comparable', () => {
    const decisions = { [A.key]: { kind: 'run', reason: 'samples changed', parts: ['samples'] } } as const;
    const record = completion(A, {
      parts: { spec: sha256('spec'), 'judge:model': sha256('judge'), samples: sha256('s') },
      requests: { sent: 2, replayed: 1 },
      models: { 'gpt-4-32k': 'gpt-4', 'gpt-4': 'gpt-4' },
    });
    const run = finishedRun([{ status: 'reused', eval: A, record }], { facts: { ...someFacts, decisions } });
    expect(summarize(run).evals[0]).toMatchObject({
      status: 'reused',
      evalClass: 'evals.elsuite.basic.match:Match',
      decision: decisions[A.key],
      requests: { sent: 2, replayed: 1 },
      tookMs: 60_000,
      run: { id: '1', attempt: 1 },
      replacedModels: { 'gpt-4-32k': 'gpt-4' },
      comparable: { spec: sha256('spec'), 'judge:model': sha256('judge') },
    });
  });

  test('results: an eval that plain oaievalset completed has no results', () => {
    expect(resultsOf([{ status: 'reused', eval: A, record: undefined }]).evals[0]).toMatchObject({
      status: 'reused',
      note: 'done by oaievalset, no results recorded',
      mainMetric: null,
      run: null,
    });
  });
});

test.each([
  { metrics: ['accuracy'], flag: true, reported: 'accuracy', isHigher: true },
  { metrics: ['perplexity'], flag: false, reported: 'perplexity', isHigher: false },
  // The registry means what it names, even if it sounds bad.
  { metrics: ['error_rate'], flag: true, reported: 'error_rate', isHigher: true },
  // evals' schelling_point reports no convergence_rate.
  {
    metrics: ['convergence_rate', 'runtime_error_rate'],
    flag: true,
    reported: 'runtime_error_rate',
    isHigher: false,
  },
  { metrics: ['loss'], flag: false, reported: 'accuracy', isHigher: true },
  { metrics: [], flag: true, reported: 'violation_rate', isHigher: false },
  { metrics: [], flag: false, reported: 'depth', isHigher: false },
])(
  'results: higher is better is $isHigher for $reported, when the registry says $flag of $metrics',
  ({ metrics, flag, reported, isHigher }) => {
    const planned = { ...A, metrics, higherIsBetter: flag };
    const record = completion(planned, { metrics: { [reported]: 0.5 } });
    const [result] = resultsOf([{ status: 'fresh', eval: planned, record }]).evals;
    expect(result?.mainMetric).toMatchObject({ name: reported, higherIsBetter: isHigher });
  },
);
