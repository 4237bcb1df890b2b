import { type EvalSamples, NO_TEXTS, type Sample, type SamplesText } from '../model/sample.ts';

/**
 * Leaves out the texts of samples that may not leave the runner. A sample without an outcome did not fail, so `failures` leaves its texts
 * out.
 */
export function limitTexts(samples: EvalSamples, policy: SamplesText): EvalSamples {
  if (policy === 'all') return samples;
  const mayLeave = ({ outcome }: Sample) =>
    policy === 'failures' && outcome !== null && outcome !== 'correct';
  return {
    samples: samples.samples,
    texts: (sample) => (mayLeave(sample) ? samples.texts(sample) : NO_TEXTS),
  };
}
