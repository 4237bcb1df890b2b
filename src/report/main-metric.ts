import type { MetricValue } from '../model/completion-record.ts';
import type { NamedMetric } from '../model/results.ts';

/**
 * The one metric that a line or a table cell has room for: what the registry names first and the report has, else the
 * field's usual names, else the first number that is no spread and no token count.
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
