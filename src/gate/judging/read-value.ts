/** Reads the value that a rule is about from the result of an eval. */

import type { MetricValue } from '../../model/completion-record.ts';
import { listed } from '../../model/format.ts';
import { ownValue } from '../../model/own-value.ts';
import type { EvalResult, Interval } from '../../model/results.ts';
import { mostSimilar } from '../../model/similar-names.ts';
import { isTokenMetric } from '../../model/token-metrics.ts';
import { oneLine } from '../../text.ts';
import type { EvalRule } from '../rules/rule.ts';

export type Reading =
  | {
      readonly kind: 'value';
      readonly value: number;
      readonly interval: Interval | null;
      /** Null when it is not known. */
      readonly samples: number | null;
    }
  /** `reason`: why there is no number, as a clause. */
  | { readonly kind: 'unusable'; readonly reason: string }
  /** The eval does not report the metric. `reason`: the same, as a clause. */
  | { readonly kind: 'absent'; readonly reason: string };

export function readValue(result: EvalResult, rule: Pick<EvalRule, 'metric' | 'source'>): Reading {
  const reason = whyWithoutResults(result);
  if (reason !== undefined) return { kind: 'unusable', reason };
  return rule.source === 'samples' ? countedValue(result, rule.metric) : reportedValue(result, rule.metric);
}

/** Why nothing can be known of any metric of an eval, as a clause. */
export function whyWithoutResults({ status, run, metrics }: EvalResult): string | undefined {
  if (status === 'failed') return 'the eval failed';
  if (status === 'pending') return 'the eval has not completed';
  // oaievalset itself completed it.
  if (run === null && Object.keys(metrics).length === 0) return 'no results are recorded';
  return undefined;
}

function countedValue({ samples: { total, coverage } }: EvalResult, metric: string): Reading {
  if (metric === 'samples')
    return total === null
      ? { kind: 'absent', reason: 'it is not recorded' }
      : { kind: 'value', value: total, interval: null, samples: null };
  if (total === 0) return noSamples;
  return coverage === null
    ? { kind: 'absent', reason: 'the class of the eval records no scores of samples' }
    : { kind: 'value', value: coverage, interval: null, samples: total };
}

const noSamples: Reading = { kind: 'unusable', reason: 'no sample was evaluated' };

function reportedValue(result: EvalResult, metric: string): Reading {
  const { metrics, samples, intervals } = result;
  if (!Object.hasOwn(metrics, metric))
    return { kind: 'absent', reason: `the eval reports no ${absentMetric(metric, Object.keys(metrics))}` };
  if (samples.total === 0) return noSamples;
  const value = metrics[metric];
  if (typeof value !== 'number' || !Number.isFinite(value))
    return { kind: 'unusable', reason: `its value is ${shownValue(value)}` };
  const interval = ownValue(intervals, metric) ?? null;
  return { kind: 'value', value, interval, samples: interval?.n ?? samples.total };
}

const MAX_VALUE_BYTES = 100;
const MAX_NAMES = 3;

/** `accurcy (did you mean accuracy?)`, `bleu, only accuracy and f1_score` */
export function absentMetric(
  metric: string,
  reported: readonly string[],
  others: readonly string[] = [],
): string {
  const meant = mostSimilar(metric, [...reported, ...others]);
  if (meant !== undefined) return `${metric} (did you mean ${shown(meant)}?)`;
  const names = reported.filter((name) => !isTokenMetric(name)).map(shown);
  return names.length === 0 ? metric : `${metric}, only ${listed(names, MAX_NAMES)}`;
}

/** Records have NaN and the infinities as texts. */
function shownValue(value: MetricValue | undefined): string {
  const isText = typeof value === 'string' && !/^(?:NaN|-?Infinity)$/.test(value);
  return isText ? `the text "${shown(value)}", not a number` : String(value);
}

function shown(name: string): string {
  return oneLine(name, MAX_VALUE_BYTES);
}
