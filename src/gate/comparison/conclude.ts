/** Gives a finding its status and its sentence. */
import type { ComparisonStatus } from '../../model/verdict.ts';
import { MIN_SAMPLES } from '../statistics/mean-interval.ts';
import type { Examined } from './examine.ts';
import type { Subject } from './finding.ts';
import { type Reading, readingOf, type Tested } from './reading.ts';
import { intervalsSentence, pairsSentence, tooFewSentence } from './sentences.ts';

export interface Conclusion {
  readonly status: ComparisonStatus;
  readonly sentence: string;
}

export function conclusionOf(examined: Examined, tested: Tested): Conclusion {
  const { finding, subject } = examined;
  if (finding.kind === 'untested') return { status: finding.status, sentence: finding.sentence };
  if (finding.kind === 'intervals') {
    const difference = finding.now - finding.before;
    const reading = readingOf(difference, tested);
    const sentence = intervalsSentence(subject, finding, tested, reading);
    return { status: statusOf(reading, difference, subject), sentence };
  }
  const { pairs, difference } = finding.paired;
  if (pairs < MIN_SAMPLES) return { status: 'too-few', sentence: tooFewSentence(pairs, examined) };
  const reading = readingOf(difference, tested);
  const sentence = pairsSentence(subject, finding.paired, examined, tested, reading);
  return { status: statusOf(reading, difference, subject), sentence };
}

function statusOf(reading: Reading, difference: number, { higherIsBetter }: Subject): ComparisonStatus {
  if (reading !== 'real') return 'within-noise';
  return difference > 0 === higherIsBetter ? 'improved' : 'degraded';
}
