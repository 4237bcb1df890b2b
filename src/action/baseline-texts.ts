/** Which texts of a baseline may be shown. Its samples.jsonl may have more of them than this run may publish. */
import { type EvalSamples, NO_TEXTS, type SamplesByEval, type SamplesText } from '../model/sample.ts';

/**
 * With `failures`, those of samples that failed in the baseline or fail now, so that a sample that got worse can be compared.
 * @param now the samples of this run
 */
export function limitBaselineTexts(
  baseline: SamplesByEval,
  now: SamplesByEval,
  policy: SamplesText,
): SamplesByEval {
  if (policy === 'all') return baseline;
  return new Map([...baseline].map(([key, samples]) => [key, limited(samples, now.get(key), policy)]));
}

function limited(
  before: EvalSamples,
  now: EvalSamples | undefined,
  policy: 'none' | 'failures',
): EvalSamples {
  const failing = new Set(
    policy === 'none' ? [] : [...failures(before), ...(now ? failures(now) : [])].map(({ hash }) => hash),
  );
  return {
    samples: before.samples,
    texts: (sample) => (failing.has(sample.hash) ? before.texts(sample) : NO_TEXTS),
  };
}

function failures({ samples }: EvalSamples) {
  return samples.filter(({ outcome }) => outcome !== null && outcome !== 'correct');
}
