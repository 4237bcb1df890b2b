/** Evals over samples that are correct or not, and their comparison with a baseline, with figures that agree with each other. */
import type { EvalResult, Interval } from '../../../src/model/results.ts';
import type { EvalSamples, Sample } from '../../../src/model/sample.ts';
import type { BaselineComparison, EvalComparison, SampleFlip } from '../../../src/model/verdict.ts';
import { sha256 } from '../../helpers/builders.ts';
import { evalResult, evalSamples, sample } from '../../helpers/report-builders.ts';

/** Wilson's interval at 95 %. */
export function wilson(correct: number, n: number): Interval {
  const z = 1.959964;
  const p = correct / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { low: middle - half, high: middle + half, method: 'wilson', n };
}

/** A completed eval with an accuracy. */
export function rated(
  name: string,
  correct: number,
  n: number,
  changes: Partial<EvalResult> = {},
): EvalResult {
  const interval = n < 10 ? null : wilson(correct, n);
  return evalResult(name, {
    mainMetric: { name: 'accuracy', value: correct / n, interval, higherIsBetter: true },
    intervals: interval === null ? {} : { accuracy: interval },
    samples: {
      total: n,
      outcomes: { correct, incorrect: n - correct, unscored: 0, errored: 0 },
      coverage: 1,
    },
    tokens: { prompt: n * 96, completion: n * 21, total: n * 117, cached: 0, reasoning: 0 },
    requests: { sent: n, replayed: 0 },
    tookMs: 900 + n * 74,
    run: { id: '19850077311', attempt: 1 },
    ...changes,
  });
}

export function reused(name: string, correct: number, n: number, run = '19834409127'): EvalResult {
  return rated(name, correct, n, {
    status: 'reused',
    decision: { kind: 'reuse', reason: '', parts: [] },
    run: { id: run, attempt: 1 },
    attempts: 0,
  });
}

/** Of an eval all of whose samples are in the baseline too. */
export function compared(
  result: EvalResult,
  status: EvalComparison['status'],
  { worse, better, sentence }: { worse: number; better: number; sentence: string },
  changes: Partial<EvalComparison> = {},
): EvalComparison {
  const n = result.samples.total ?? 0;
  const now = Number(result.mainMetric?.value ?? 0);
  const difference = n === 0 ? 0 : (better - worse) / n;
  const half = n === 0 ? 0 : (1.96 * Math.sqrt(worse + better)) / n;
  return {
    key: result.key,
    name: result.name,
    status,
    metric: 'accuracy',
    higherIsBetter: true,
    sentence,
    before: now - difference,
    now,
    difference,
    differenceInterval: { low: difference - half, high: difference + half },
    pairs: n,
    onlyNow: 0,
    onlyBefore: 0,
    worse,
    better,
    p: null,
    adjustedP: null,
    flipsNeeded: null,
    smallestDrop: null,
    flips: [...flipsOf(result, worse, false), ...flipsOf(result, better, true)],
    ...changes,
  };
}

function flipsOf({ name }: EvalResult, count: number, isBetter: boolean): SampleFlip[] {
  const [correct, incorrect] = ['correct', 'incorrect'] as const;
  return Array.from({ length: count }, (_, n) => {
    const id = `${name}.dev.${(isBetter ? 500 : 3) + n * 7}`;
    return {
      id,
      hash: sha256(id),
      before: isBetter ? 0 : 1,
      now: isBetter ? 1 : 0,
      outcomeBefore: isBetter ? incorrect : correct,
      outcomeNow: isBetter ? correct : incorrect,
    };
  });
}

export function comparison(
  evals: readonly EvalComparison[],
  changes: Partial<BaselineComparison> = {},
): BaselineComparison {
  return {
    source: {
      path: 'evals/baseline.json',
      runId: '19790012345',
      sha: 'abc1234def5678901234567890abcdef12345678',
      ref: 'refs/heads/main',
      model: 'gpt-4o-mini',
      ended: '2026-11-20T09:12:44.000Z',
    },
    problem: null,
    hasSamples: true,
    evals,
    overall: null,
    ...changes,
  };
}

/** The changed samples of an eval, with their texts. */
export function flippedSamples(
  flips: readonly SampleFlip[],
  side: 'before' | 'now',
  texts: Parameters<typeof evalSamples>[1],
): EvalSamples {
  const samples = flips.map((flip): Sample => sample(flip.id, flip[side] === 1, { hash: flip.hash }));
  return evalSamples(samples, texts);
}
