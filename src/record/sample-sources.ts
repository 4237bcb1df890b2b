/** Finds out of which samples the requests were sent, from the prompts in a record file. */
import { LineTooLong, linesOfFile } from '../lines.ts';
import { bitsOf } from '../model/bits.ts';
import { MAX_SAMPLE_SOURCES, type SampleSources } from '../model/completion-record.ts';
import { digestOf } from '../model/digest.ts';
import type { PromptSources } from '../model/prompt-source.ts';
import { isObject } from './json-values.ts';
import { parsePythonJson } from './python-json.ts';
import { MAX_LINE_BYTES } from './record-file.ts';
import { ASKING } from './sample-facts.ts';
import { isFileError } from './sample-texts.ts';
import { MAX_ID_CHARACTERS } from './samples.ts';

type Source = 'sent' | 'unknown' | 'replayed';

/**
 * @param prompts where the responses came from
 * @returns undefined when there are too many samples, or the file cannot be read
 */
export async function sampleSources(
  recordFile: string,
  prompts: PromptSources,
): Promise<SampleSources | undefined> {
  // In the order of `readSamples`.
  const sources = new Map<string, Source | undefined>();
  try {
    for await (const { bytes } of linesOfFile(recordFile, MAX_LINE_BYTES)) {
      const event = parsePythonJson(bytes.toString('utf8'));
      if (!isObject(event) || typeof event.sample_id !== 'string') continue;
      const { sample_id: id, type, data } = event;
      if (id.length > MAX_ID_CHARACTERS) continue;
      const before = sources.get(id);
      const asks = ASKING.has(type) && isObject(data);
      sources.set(id, asks ? ofBoth(before, sourceOf(data.prompt, prompts)) : before);
      if (sources.size > MAX_SAMPLE_SOURCES) return undefined;
    }
  } catch (error) {
    if (error instanceof LineTooLong || isFileError(error)) return undefined;
    throw error;
  }
  const found = [...sources.values()].map((source) => source ?? 'unknown');
  const listOf = (wanted: Source) => bitsOf(found.map((source) => source === wanted));
  return { samples: found.length, sent: listOf('sent'), unknown: listOf('unknown') };
}

function sourceOf(prompt: unknown, prompts: PromptSources): Source {
  const source = prompts.get(digestOf(prompt)) ?? 'both';
  return source === 'both' ? 'unknown' : source;
}

/** Of a sample with several requests. */
function ofBoth(a: Source | undefined, b: Source): Source {
  if (a === 'sent' || b === 'sent') return 'sent';
  return a === 'unknown' || b === 'unknown' ? 'unknown' : 'replayed';
}
