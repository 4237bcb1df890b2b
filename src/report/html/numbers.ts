/** Values of metrics for people. A rate is shown in percent, its difference in points; all else as evals reported it. Pure. */
import type { MetricValue } from '../../model/completion-record.ts';
import { dollars, metricText } from '../../model/format.ts';
import type { MainMetric } from '../../model/results.ts';
import type { EvalComparison } from '../../model/verdict.ts';
import { oneLine } from '../../text.ts';
import { percent, points } from '../numbers.ts';
import type { Range } from './interval-picture.ts';
import { scoreText } from './shared/words.ts';

/** Far more than a metric has. */
const MAX_VALUE_BYTES = 40;

/** Names under which evals reports a share of samples. */
const RATE_NAMES = /(^|[/_])(accuracy|coverage|[a-z]+_rate)$/;

export function isRate({ name, value, interval }: Pick<MainMetric, 'name' | 'value' | 'interval'>): boolean {
  return (
    typeof value === 'number' &&
    value >= 0 &&
    value <= 1 &&
    (interval?.method === 'wilson' || RATE_NAMES.test(name))
  );
}

/** A binary metric is a rate, whatever its name is. */
export function isRateComparison({ flipsNeeded }: EvalComparison, metric: MainMetric | null): boolean {
  return flipsNeeded !== null || (metric !== null && isRate(metric));
}

/** `81.2 %`, `0.4125`, `NaN` */
export function valueText(value: MetricValue, asRate: boolean): string {
  if (typeof value !== 'number') return oneLine(metricText(value), MAX_VALUE_BYTES);
  return asRate ? unbroken(percent(value)) : scoreText(value);
}

/** `−3.7 pp`, `+0.02` */
export function differenceText(difference: number, asRate: boolean): string {
  return asRate ? unbroken(`${points(difference)} pp`) : signed(difference);
}

/** `75.0 … 86.4 %`, `−1.5 … 2` */
export function rangeText({ low, high }: Range, asRate: boolean): string {
  return unbroken(
    asRate
      ? `${percent(low).replace(' %', '')} … ${percent(high)}`
      : `${scoreText(low)} … ${scoreText(high)}`,
  );
}

/** `−5.2 … −2.2 pp`, `−0.02 … +0.1` */
export function differenceRangeText({ low, high }: Range, asRate: boolean): string {
  return unbroken(asRate ? `${points(low)} … ${points(high)} pp` : `${signed(low)} … ${signed(high)}`);
}

/** With blanks at which no line is broken. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** `$1.84`; `not known` when a price is not known */
export function costText(cost: number | null): string {
  return cost === null ? 'not known' : dollars(cost);
}

/** `2026-01-01 00:10 UTC`; a text that is no such time as it is */
export function timeText(iso: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::[\d.]+)?Z$/.exec(iso) ?? [];
  return day && time ? `${day} ${time} UTC` : oneLine(iso, MAX_VALUE_BYTES);
}

function signed(value: number): string {
  const text = scoreText(value);
  return value > 0 && text !== '0' ? `+${text}` : text;
}
