/** Results and a verdict in which every field that may be empty has a value. */
import type { Results } from '../../../src/model/results.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { sha256 } from '../../helpers/builders.ts';
import { evalResult, results, unfinished, verdict } from '../../helpers/report-builders.ts';

const interval = { low: 0.6, high: 0.9, method: 'wilson', n: 40 } as const;

export const completeResults: Results = results(
  [
    evalResult('match', {
      judge: 'gpt-4',
      metrics: { accuracy: 0.8, 'counts/A': 3, note: 'text', nothing: null, odd: 'NaN', yes: true },
      mainMetric: { name: 'accuracy', value: 0.8, interval, higherIsBetter: true },
      intervals: { accuracy: interval },
      cost: 0.25,
      reusedAnswers: { count: 3, oldest: '2026-01-01T00:00:00.000Z' },
      adaptations: [
        { model: 'o3', param: 'temperature', value: '0', renamedTo: null },
        { model: 'o3', param: 'max_tokens', value: null, renamedTo: 'max_completion_tokens' },
      ],
      replacedModels: { old: 'new' },
      decision: { kind: 'run', reason: 'own/scoring.py changed', parts: ['own/scoring.py'] },
    }),
    unfinished('broken', 'failed', "KeyError: 'wrod' in own/reverse.py:17", {
      error: {
        type: 'KeyError',
        message: "KeyError: 'wrod' in own/reverse.py:17",
        place: { file: '/work/own/reverse.py', line: 17 },
        sample: 'broken.dev.3',
        lastLines: ['Traceback (most recent call last):', "KeyError: 'wrod'"],
      },
    }),
    unfinished('later', 'pending', 'the time budget is used up', { decision: null, recorded: 4 }),
    unfinished('left-out', 'pending', '', { status: 'excluded' }),
  ],
  {
    ...{ judgeModel: 'gpt-4', modelMap: { old: 'new' }, args: ['--max_samples', '40'] },
    prices: {
      list: { version: '0.1.8', date: '2026-09-23' },
      models: { 'gpt-4': { input: 30, output: 60, cached: 30 } },
      unknown: ['own'],
    },
  },
);

export const completeVerdict: Verdict = verdict({
  status: 'failed',
  sentence: 'Failed: 1 of 3 evals failed.',
  rules: [
    {
      rule: 'accuracy >= 0.9',
      line: 1,
      advisory: false,
      status: 'missed',
      sentence: 'accuracy of match is 0.8.',
      evals: [
        { key: 'match.dev.v0', name: 'match', status: 'missed', sentence: 'accuracy is 0.8.', value: 0.8 },
        { key: 'broken.dev.v0', name: 'broken', status: 'not-judged', sentence: 'It failed.', value: null },
      ],
    },
  ],
  comparison: {
    source: {
      path: 'baseline/results.json',
      runId: '16',
      sha: 'abc123',
      ref: 'refs/heads/main',
      model: 'gpt-4',
      ended: '2026-01-01T00:00:00.000Z',
    },
    problem: null,
    hasSamples: true,
    evals: [
      {
        key: 'match.dev.v0',
        name: 'match',
        status: 'degraded',
        metric: 'accuracy',
        higherIsBetter: true,
        sentence: 'Accuracy fell from 0.9 to 0.8.',
        before: 0.9,
        now: 0.8,
        difference: -0.1,
        differenceInterval: { low: -0.2, high: -0.01 },
        pairs: 40,
        onlyNow: 1,
        onlyBefore: 2,
        worse: 5,
        better: 1,
        p: 0.01,
        adjustedP: 0.02,
        flipsNeeded: 5,
        smallestDrop: 0.1,
        flips: [
          {
            id: 'match.dev.3',
            hash: sha256('3'),
            before: 1,
            now: 0,
            outcomeBefore: 'correct',
            outcomeNow: 'incorrect',
          },
        ],
      },
    ],
    overall: {
      before: 0.9,
      now: 0.8,
      difference: -0.1,
      low: -0.2,
      high: -0.01,
      pairs: 40,
      worse: 5,
      better: 1,
    },
  },
  overall: { metric: 'accuracy', rate: 0.8, low: 0.6, high: 0.9, n: 40 },
});
