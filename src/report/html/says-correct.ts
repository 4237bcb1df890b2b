import type { SampleCounts } from '../../model/results.ts';

/**
 * Whether the samples of an eval are correct or incorrect. A judge who only chooses, or who grades from 1 to 5, does not say it; what of
 * his choices could not be read is still unscored.
 */
export function saysCorrect({ correct, incorrect }: NonNullable<SampleCounts['outcomes']>): boolean {
  return correct + incorrect > 0;
}
