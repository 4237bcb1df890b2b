/** Compares the evals of a run with those of a baseline. */
import type { Baseline } from '../../model/baseline.ts';
import type { EvalResult } from '../../model/results.ts';
import type { SamplesByEval } from '../../model/sample.ts';
import type { EvalComparison } from '../../model/verdict.ts';
import { flipsNeeded } from '../statistics/flips-needed.ts';
import { holm } from '../statistics/holm.ts';
import { MIN_SAMPLES } from '../statistics/mean-interval.ts';
import { smallestDrop } from '../statistics/smallest-drop.ts';
import { conclusionOf } from './conclude.ts';
import { type Examined, examine } from './examine.ts';
import { pOf } from './finding.ts';
import { ALPHA, type Tested } from './reading.ts';

export type UsableBaseline = Extract<Baseline, { readonly kind: 'usable' }>;

export interface ComparisonRequest {
  /** Of this run. Evals of the baseline that are not among them are reported as missing, so pass all to learn of those. */
  readonly evals: readonly EvalResult[];
  readonly samples: SamplesByEval;
  /** Of evals, in this run; empty or missing when it is not known. */
  readonly evalsVersion?: string | undefined;
  readonly baseline: UsableBaseline;
  /** Missing: the main metric of each eval. */
  readonly metric?: string | undefined;
  /** A difference up to this one is never called degraded or improved. In units of the metric: 0.02 are two points of a rate. */
  readonly tolerance: number;
}

/**
 * Each eval of the run, then those that only the baseline has; evals that the inputs leave out are left out. The p-values are
 * corrected over all evals that this call tests.
 */
export function compareEvals(request: ComparisonRequest): EvalComparison[] {
  return conclude(examineAll(request), request.tolerance);
}

export function examineAll(request: ComparisonRequest): Examined[] {
  const { evals, samples, baseline, metric, evalsVersion = '' } = request;
  const before = new Map(baseline.results.evals.map((result) => [result.key, result]));
  const here = new Set(evals.map(({ key }) => key));
  const nowSide = (key: string, result: EvalResult | undefined) => ({
    result,
    samples: samples.get(key),
    evalsVersion,
  });
  const beforeSide = (key: string) => ({
    result: before.get(key),
    samples: baseline.samples?.get(key),
    evalsVersion: baseline.results.versions.evals,
  });
  const hasSamples = baseline.samples !== undefined;
  const examined = (key: string, result: EvalResult | undefined) =>
    examine(nowSide(key, result), beforeSide(key), metric, hasSamples);
  const gone = [...before.values()].filter(({ key, status }) => !here.has(key) && status !== 'excluded');
  return [
    ...evals.filter(({ status }) => status !== 'excluded').map((result) => examined(result.key, result)),
    ...gone.map(({ key }) => examined(key, undefined)),
  ];
}

export function conclude(all: readonly Examined[], tolerance: number): EvalComparison[] {
  const pValues = all.map(({ finding }) => pOf(finding));
  const adjusted = holm(pValues.filter((p) => p !== null));
  const tests = adjusted.length;
  // Holm's next step: the level that the next eval has to reach.
  const remaining = Math.max(1, adjusted.filter((p) => p >= ALPHA).length);
  const needed = flipsNeeded(ALPHA / remaining);
  let next = 0;
  return all.map((examined, index) => {
    const adjustedP = pValues[index] === null ? null : (adjusted[next++] ?? 1);
    const tested = {
      p: pValues[index] ?? 1,
      adjustedP: adjustedP ?? 1,
      tests,
      flipsNeeded: needed,
      tolerance,
    };
    return comparisonOf(examined, pValues[index] ?? null, adjustedP, tested);
  });
}

function comparisonOf(
  examined: Examined,
  p: number | null,
  adjustedP: number | null,
  tested: Tested,
): EvalComparison {
  const { subject, finding, onlyNow, onlyBefore, flips } = examined;
  const paired = finding.kind === 'pairs' ? finding.paired : null;
  const isJudgedRate = paired?.isRate === true && paired.pairs >= MIN_SAMPLES;
  return {
    ...subject,
    ...conclusionOf(examined, tested),
    difference: paired?.difference ?? null,
    differenceInterval: paired?.interval ?? null,
    pairs: paired?.pairs ?? 0,
    onlyNow,
    onlyBefore,
    worse: paired?.worse ?? 0,
    better: paired?.better ?? 0,
    p,
    adjustedP,
    flipsNeeded: isJudgedRate ? tested.flipsNeeded : null,
    smallestDrop: isJudgedRate ? smallestDrop(paired.pairs) : null,
    flips,
  };
}
