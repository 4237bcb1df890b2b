import type { Outcome } from '../model/outcome.ts';
import type { EvalSamples, SamplesByEval, SamplesText } from '../model/sample.ts';
import { completedRecordFile, type StatePaths } from '../progress/paths.ts';
import { limitTexts } from '../record/limit-texts.ts';
import { readSamples } from '../record/samples.ts';

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
    const samples = await readSamples(completedRecordFile(paths, record.eval), wereReplayed(record.requests));
    if (samples) found.push([record.eval, limitTexts(samples, texts)]);
  }
  return new Map(found);
}

/** Which requests belonged to which sample is not recorded, so this is known only when all or none were replayed. */
function wereReplayed(requests: { readonly sent: number; readonly replayed: number } | null): boolean | null {
  if (!requests || requests.sent + requests.replayed === 0) return null;
  if (requests.replayed === 0) return false;
  return requests.sent === 0 ? true : null;
}
