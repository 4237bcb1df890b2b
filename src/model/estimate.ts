/** What evals are likely to take before they have run: docs/estimates.md. */

/** Both ends are included, and `low` is never above `high`. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * `earlier run`: what an earlier run of the same eval took. `characters`: the prompts as they will be sent. `guess`: the number of
 * samples, and what a sample of such a class usually takes.
 */
export type EstimateSource = 'earlier run' | 'characters' | 'guess';

export interface Estimated {
  /** Requests that will be sent, without retries and without those that are replayed. */
  readonly requests: Range;
  readonly promptTokens: Range;
  readonly completionTokens: Range;
  /** US dollars; null when a price is not known. */
  readonly cost: Range | null;
}

export interface EvalEstimate extends Estimated {
  readonly from: EstimateSource;
  /** Models of which no price is known. */
  readonly unpriced: readonly string[];
}

/** The evals of a run that are not reused. */
export interface RunEstimate extends Estimated {
  readonly evals: number;
  /** How many of them are not in the numbers, because nothing is known of their samples. */
  readonly unknownEvals: number;
  /** How many are in the numbers with a guess. */
  readonly guessedEvals: number;
  readonly unpriced: readonly string[];
}

export const NOTHING: Range = { low: 0, high: 0 };

export function addRanges(a: Range, b: Range): Range {
  return { low: a.low + b.low, high: a.high + b.high };
}

export function tokensOf({ promptTokens, completionTokens }: Estimated): Range {
  return addRanges(promptTokens, completionTokens);
}

/** The sum of what two parts of a set take. */
export function addEstimates(a: RunEstimate, b: RunEstimate): RunEstimate {
  return {
    evals: a.evals + b.evals,
    unknownEvals: a.unknownEvals + b.unknownEvals,
    guessedEvals: a.guessedEvals + b.guessedEvals,
    requests: addRanges(a.requests, b.requests),
    promptTokens: addRanges(a.promptTokens, b.promptTokens),
    completionTokens: addRanges(a.completionTokens, b.completionTokens),
    cost: a.cost && b.cost && addRanges(a.cost, b.cost),
    unpriced: [...new Set([...a.unpriced, ...b.unpriced])],
  };
}
