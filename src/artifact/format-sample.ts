/** Writes one line of `samples.jsonl`: one sample of one eval. It needs no schema, which takes time to make. */
import { ownValue } from '../model/own-value.ts';
import { NO_TEXTS, type Sample, type SampleTexts } from '../model/sample.ts';

/** Of one file. Results of 1,000 evals with 100 samples each have a fifth. */
export const MAX_SAMPLES = 500_000;

/** A longer line is written without its texts. */
export const MAX_WRITTEN_CHARACTERS = 1_000_000;

/**
 * @param metric the main metric of the eval; undefined when it has none
 * @param texts those that are null are left out
 */
export function formatSample(
  key: string,
  metric: string | undefined,
  sample: Sample,
  texts: SampleTexts,
): string {
  const { id, hash, outcome, scores, choice, tokens, replayed } = sample;
  const score = metric === undefined ? null : (ownValue(scores, metric) ?? null);
  const fields = { eval: key, id, hash, outcome, score, scores, choice, tokens, replayed };
  const whole = JSON.stringify({ ...fields, ...present(texts) });
  return whole.length <= MAX_WRITTEN_CHARACTERS ? whole : JSON.stringify(fields);
}

function present(texts: SampleTexts): Partial<SampleTexts> {
  return texts === NO_TEXTS
    ? {}
    : Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== null));
}
