import type { Baseline } from '../../model/baseline.ts';
import type { Results } from '../../model/results.ts';
import type { SamplesByEval } from '../../model/sample.ts';
import type { BaselineComparison } from '../../model/verdict.ts';
import { conclude, examineAll } from './compare-evals.ts';
import { overallDifference } from './overall-difference.ts';
import { nameText } from './words.ts';

/**
 * Compares a run with what the input `baseline` names, by the main metric of each eval and without a tolerance.
 * @returns null when there is no baseline
 */
export function compareWithBaseline(
  results: Results,
  samples: SamplesByEval,
  baseline: Baseline | undefined,
): BaselineComparison | null {
  if (!baseline) return null;
  if (baseline.kind === 'unusable') return notCompared(baseline.problem);
  const isOfOther = whyOfOtherSet(baseline.results.evalSet, results.evalSet);
  if (isOfOther !== undefined) return notCompared(isOfOther);
  const evalsVersion = results.versions.evals;
  const examined = examineAll({ evals: results.evals, samples, evalsVersion, baseline, tolerance: 0 });
  return {
    source: baseline.source,
    problem: null,
    hasSamples: baseline.samples !== undefined,
    evals: conclude(examined, 0),
    overall: overallDifference(examined),
  };
}

/** Why the results of one set are no baseline of the other, as a clause; undefined when both are the same set. */
export function whyOfOtherSet(theirs: string, ours: string): string | undefined {
  if (theirs === ours) return undefined;
  return `it is of the set \`${nameText(theirs)}\`, but this run is of \`${nameText(ours)}\``;
}

function notCompared(problem: string): BaselineComparison {
  return { source: null, problem, hasSamples: false, evals: [], overall: null };
}
