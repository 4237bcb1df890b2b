/** Words and numbers that the page and its script show in the same way. Pure. */
import { metricText, withMinus } from '../../../model/format.ts';
import type { SampleOutcome } from '../../../model/sample.ts';

export const OUTCOME_WORDS: Readonly<Record<SampleOutcome, string>> = {
  correct: 'Correct',
  incorrect: 'Incorrect',
  unscored: 'Unscored',
  errored: 'Errored',
};

/** The colour of a status. The words always say the same. */
export type Tone = 'bad' | 'warn' | 'good' | 'plain';

export const OUTCOME_TONES: Readonly<Record<SampleOutcome, Tone>> = {
  correct: 'good',
  incorrect: 'bad',
  unscored: 'warn',
  errored: 'bad',
};

/** Up to four digits after the point. */
export function scoreText(value: number): string {
  return withMinus(metricText(value));
}
