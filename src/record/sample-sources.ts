/** Finds out of which samples the requests were sent, from the prompts in a record file. */
import { LineTooLong, linesOfFile } from '../lines.ts';
import { MAX_SAMPLE_SOURCES, type SampleSources } from '../model/completion-record.ts';
import { digestOf } from '../model/digest.ts';
import type { PromptSources } from '../model/prompt-source.ts';
import { isObject } from './json-values.ts';
import { parsePythonJson } from './python-json.ts';
import { MAX_LINE_BYTES } from './record-file.ts';
import { ASKING } from './sample-facts.ts';
import { isFileError } from './sample-texts.ts';

type Source = 'sent' | 'unknown' | 'replayed';

/**
 * @param prompts where the responses came from
 * @returns undefined when the list would be too long, or the file cannot be read
 */
export async function sampleSources(
  recordFile: string,
  prompts: PromptSources,
): Promise<SampleSources | undefined> {
  const seen = new Set<string>();
  const sources = new Map<string, Source>();
  try {
    for await (const { bytes } of linesOfFile(recordFile, MAX_LINE_BYTES)) {
      const event = parsePythonJson(bytes.toString('utf8'));
      if (!isObject(event) || typeof event.sample_id !== 'string') continue;
      const { sample_id: id, type, data } = event;
      seen.add(id);
      if (ASKING.has(type) && isObject(data))
        sources.set(id, ofBoth(sources.get(id), sourceOf(data.prompt, prompts)));
    }
  } catch (error) {
    if (error instanceof LineTooLong || isFileError(error)) return undefined;
    throw error;
  }
  const idsOf = (source: Source) => [...seen].filter((id) => (sources.get(id) ?? 'unknown') === source);
  const [sent, unknown] = [idsOf('sent'), idsOf('unknown')];
  return sent.length + unknown.length <= MAX_SAMPLE_SOURCES ? { sent, unknown } : undefined;
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
