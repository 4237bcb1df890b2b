import type { MetricValue } from '../model/completion-record.ts';
import type { NamedMetric } from '../model/old-results.ts';

/**
 * The metric for a line or a table cell: the first one that the registry names and the report has, or else one with a usual
 * name, or else the first number that is neither a deviation nor a token count.
 */
export function mainMetric(
  preferred: readonly string[],
  metrics: Readonly<Record<string, MetricValue>>,
): NamedMetric | undefined {
  const usual = ['accuracy', 'score', 'f1_score'];
  const name =
    [...preferred, ...usual].find((candidate) => metrics[candidate] !== undefined) ??
    Object.keys(metrics).find((key) => typeof metrics[key] === 'number' && !/^usage_|std$/.test(key));
  const value = name === undefined ? undefined : metrics[name];
  return name === undefined || value === undefined ? undefined : { name, value };
}
