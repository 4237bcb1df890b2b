import type { SampleCounts } from './results.ts';
import { SAMPLE_OUTCOMES, type Sample, type SampleOutcome } from './sample.ts';

/**
 * Counts samples by their outcomes. A sample is covered when something was found out about it: an outcome correct or incorrect, a
 * score, or the choice of a judge. An unscored sample is not, although evals gives it the lowest score.
 * @param evaluated how many samples the eval evaluated; a class need not record an event for each; null: only the recorded ones
 */
export function countOutcomes(samples: readonly Sample[], evaluated: number | null = null): SampleCounts {
  if (samples.length === 0) return { total: evaluated, outcomes: null, coverage: null };
  const outcomes: Record<SampleOutcome, number> = { correct: 0, incorrect: 0, unscored: 0, errored: 0 };
  let covered = 0;
  for (const sample of samples) {
    if (sample.outcome !== null) outcomes[sample.outcome] += 1;
    if (isCovered(sample)) covered += 1;
  }
  const total = Math.max(samples.length, evaluated ?? 0);
  const hasOutcomes = SAMPLE_OUTCOMES.some((outcome) => outcomes[outcome] > 0);
  return {
    total,
    outcomes: hasOutcomes ? outcomes : null,
    coverage: covered > 0 || hasOutcomes ? covered / total : null,
  };
}

function isCovered({ outcome, scores, choice }: Sample): boolean {
  if (outcome === 'unscored' || outcome === 'errored') return false;
  if (outcome !== null || choice !== null) return true;
  for (const name in scores) if (Object.hasOwn(scores, name)) return true;
  return false;
}
