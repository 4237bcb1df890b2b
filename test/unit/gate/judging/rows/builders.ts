/** For rows of rules, results, and what is said of them. */
import type { EvalResult } from '../../../../../src/model/results.ts';
import type { RuleStatus } from '../../../../../src/model/verdict.ts';
import { evalResult, unfinished } from '../../../../helpers/report-builders.ts';

export type RuleRow = readonly [
  what: string,
  rule: string,
  evals: readonly EvalResult[],
  status: RuleStatus,
  sentence: string,
];

/** An eval with these metrics over ten samples. */
export function reports(
  name: string,
  metrics: EvalResult['metrics'],
  changes: Partial<EvalResult> = {},
): EvalResult {
  const [main = '', value = null] = Object.entries(metrics)[0] ?? [];
  return evalResult(name, {
    metrics,
    mainMetric: main === '' ? null : { name: main, value, interval: null, higherIsBetter: true },
    ...changes,
  });
}

/** An eval with an accuracy over 100 samples, and its interval. */
export function measured(name: string, value: number, low: number, high: number): EvalResult {
  const interval = { low, high, method: 'wilson', n: 100 } as const;
  return evalResult(name, {
    mainMetric: { name: 'accuracy', value, interval, higherIsBetter: true },
    intervals: { accuracy: interval },
    samples: { total: 100, outcomes: null, coverage: 1 },
  });
}

export function accuracies(values: Readonly<Record<string, number>>): EvalResult[] {
  return Object.entries(values).map(([name, accuracy]) => reports(name, { accuracy }));
}

export function counts(name: string, total: number | null, coverage: number | null): EvalResult {
  return evalResult(name, { samples: { total, outcomes: null, coverage } });
}

export const failed = unfinished('broken', 'failed', 'it exited with code 1');
export const byOaievalset = (name: string) =>
  evalResult(name, {
    status: 'reused',
    mainMetric: null,
    samples: { total: null, outcomes: null, coverage: null },
    run: null,
  });
