/**
 * `benchmark.json`: the main metric of each eval, as benchmark-action/github-action-benchmark reads it with the tool
 * `customBiggerIsBetter` to draw a chart over commits. That tool reports every decrease as a regression, so metrics of which less
 * is better are left out.
 */
import { metricText, wholeNumber } from '../model/format.ts';
import type { EvalResult, Interval, MainMetric, Results } from '../model/results.ts';
import { oneLine } from '../text.ts';

/** An entry of a list. Charts are told apart by their names. */
interface BenchmarkEntry {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** Half of the 95 % confidence interval, `± 2.1`; missing when there is none. */
  readonly range?: string;
  /** Lines of the tooltip. */
  readonly extra: string;
}

/**
 * Evals without results, and metrics that are no finite numbers, are left out.
 * @returns a list as JSON, which github-action-benchmark refuses when it is empty
 */
export function renderBenchmark({ evals, model }: Results): string {
  const entries = evals.flatMap((result) => {
    const { mainMetric } = result;
    return mainMetric?.higherIsBetter ? entry(result, mainMetric, model) : [];
  });
  return `${JSON.stringify(entries, null, 1)}\n`;
}

function entry(result: EvalResult, { name, value, interval }: MainMetric, model: string): BenchmarkEntry[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) return [];
  const { factor, unit } = scaleOf(name);
  return [
    {
      name: oneLine(`${result.name}: ${name}`, MAX_BYTES),
      unit: oneLine(unit, MAX_BYTES),
      // Without the noise of 0.814 × 100.
      value: Number((value * factor).toPrecision(10)),
      ...(interval ? { range: `± ${rounded(((interval.high - interval.low) / 2) * factor)}` } : {}),
      extra: extraLines(result, interval, factor, model)
        .map((line) => oneLine(line, MAX_BYTES))
        .join('\n'),
    },
  ];
}

const MAX_BYTES = 1000;

/** It depends on nothing but the name of the metric, because all commits of a chart must have one scale. */
function scaleOf(metric: string): { readonly factor: number; readonly unit: string } {
  return /(^|\/)accuracy$/.test(metric) ? { factor: 100, unit: '%' } : { factor: 1, unit: metric };
}

function extraLines(
  { samples, judge }: EvalResult,
  interval: Interval | null,
  factor: number,
  model: string,
): string[] {
  return [
    ...(interval
      ? [`95 % interval: ${metricText(interval.low * factor)} … ${metricText(interval.high * factor)}`]
      : []),
    ...(samples.total === null ? [] : [`samples: ${wholeNumber(samples.total)}`]),
    `model: ${model}`,
    ...(judge === null ? [] : [`judge: ${judge}`]),
  ];
}

/** To two digits: `2.1`, `0.021`, `12` */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
