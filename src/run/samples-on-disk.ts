import { bitReader } from '../model/bits.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import type { Outcome } from '../model/outcome.ts';
import type { EvalSamples, SamplesByEval, SamplesText } from '../model/sample.ts';
import { completedRecordFile, type StatePaths } from '../progress/paths.ts';
import { limitTexts } from '../record/limit-texts.ts';
import { readSamples, type WasReplayed } from '../record/samples.ts';

/**
 * The samples of the completed evals, from their record files. An eval without a record file has none.
 * @param texts which samples may have their texts
 */
export async function samplesOnDisk(
  outcomes: readonly Outcome[],
  paths: StatePaths,
  texts: SamplesText,
): Promise<SamplesByEval> {
  const found: [string, EvalSamples][] = [];
  for (const outcome of outcomes) {
    const record = 'record' in outcome ? outcome.record : undefined;
    if (!record) continue;
    const samples = await readSamples(completedRecordFile(paths, record.eval), wereReplayed(record));
    if (samples) found.push([record.eval, limitTexts(samples, texts)]);
  }
  return new Map(found);
}

export function wereReplayed({
  requests,
  sampleSources,
}: Pick<CompletionRecord, 'requests' | 'sampleSources'>): WasReplayed {
  if (!requests || requests.sent + requests.replayed === 0) return () => null;
  if (requests.replayed === 0 || requests.sent === 0) return () => requests.sent === 0;
  if (!sampleSources) return () => null;
  const [sent, unknown] = [bitReader(sampleSources.sent), bitReader(sampleSources.unknown)];
  return (at, samples) => (samples !== sampleSources.samples || unknown(at) ? null : !sent(at));
}
