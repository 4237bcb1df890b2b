import type { MetricValue } from '../model/completion-record.ts';
import { ownValue } from '../model/own-value.ts';

/**
 * The metric for a line or a table cell: the first one that the registry names and the report has, or else one with a usual
 * name, or else the first number that is neither a deviation nor a count. Undefined when there is none.
 */
export function mainMetric(
  preferred: readonly string[],
  metrics: Readonly<Record<string, MetricValue>>,
): { readonly name: string; readonly value: MetricValue } | undefined {
  const usual = ['accuracy', 'score', 'f1_score'];
  const name =
    [...preferred, ...usual].find((candidate) => ownValue(metrics, candidate) !== undefined) ??
    Object.keys(metrics).find((key) => typeof metrics[key] === 'number' && !NO_MAIN_METRIC.test(key));
  const value = name === undefined ? undefined : metrics[name];
  return name === undefined || value === undefined ? undefined : { name, value };
}

/** Tokens, deviations, and how often a judge made each choice. */
const NO_MAIN_METRIC = /^usage_|std$|^counts\//;
