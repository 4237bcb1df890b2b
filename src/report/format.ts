import type { MetricValue } from '../progress/completion-record.ts';

export interface NamedMetric {
  readonly name: string;
  readonly value: MetricValue;
}

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

/** At most four significant digits behind the point; text as it is. */
export function metricText(value: MetricValue): string {
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(4)));
}

/** `4.1 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function wholeNumber(value: number): string {
  return value.toLocaleString('en-US');
}
