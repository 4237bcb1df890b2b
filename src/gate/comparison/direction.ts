import type { EvalResult } from '../../model/results.ts';

/** A metric whose name has one of these words counts something bad. */
const BAD = new Set(
  'error errors violation violations invalid failure failures loss perplexity distance wer cer mae mse rmse latency cost'.split(
    ' ',
  ),
);

/**
 * The registry says it of the main metric of an eval (`higher_is_better`). Of another metric only its name can tell; most are
 * better when they are higher.
 */
export function isHigherBetter(metric: string, sides: readonly (EvalResult | undefined)[]): boolean {
  const main = sides.find((side) => side?.mainMetric?.name === metric)?.mainMetric;
  return main ? main.higherIsBetter : soundsHigherBetter(metric);
}

/** What the name of a metric tells. */
export function soundsHigherBetter(metric: string): boolean {
  return !metric
    .toLowerCase()
    .split(/[^a-z]+/)
    .some((word) => BAD.has(word));
}
