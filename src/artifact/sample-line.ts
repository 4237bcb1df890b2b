/** Reads one line of `samples.jsonl`. Anyone may have written it. */
import { z } from 'zod';
import { hasAtMost } from '../model/bounded-json.ts';
import { NO_TEXTS, type Sample, type SampleTexts } from '../model/sample.ts';
import { shorten } from '../text.ts';
import { count, line, named, number, sampleOutcome, sha256 } from './fields.ts';
import { MAX_WRITTEN_CHARACTERS } from './format-sample.ts';

/** No character of a written line takes more than three bytes. */
export const MAX_LINE_BYTES = 3 * MAX_WRITTEN_CHARACTERS;

/** JSON values in one line. Characters of texts count too. */
const MAX_VALUES = MAX_WRITTEN_CHARACTERS;

const MAX_TEXT_BYTES = 64 * 1024;

/** Of one sample. Records have as many at most, and ids, names of scores and choices that are a third as long. */
const MAX_SCORES = 32;
const shortLabel = z.string().max(1000);

const schema = z.object({
  eval: line.min(1),
  id: shortLabel,
  hash: sha256,
  outcome: sampleOutcome.nullable(),
  scores: named(number, MAX_SCORES, shortLabel),
  choice: shortLabel.nullable(),
  tokens: count.nullable(),
  replayed: z.boolean().nullable(),
});

export type ParsedSample = { readonly key: string; readonly sample: Sample } | { readonly problem: string };

export function parseSample(bytes: Buffer): ParsedSample {
  const value = parseJson(bytes);
  if (value === undefined) return { problem: 'it is not JSON' };
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: issue ? `${issue.path.join('.') || 'it'}: ${issue.message}` : 'it has another shape' };
  }
  const { eval: key, ...sample } = parsed.data;
  return { key, sample };
}

/** The texts in a line, each of them shortened; `NO_TEXTS` when it is not the line of this sample. */
export function parseTexts(bytes: Buffer, key: string, id: string): SampleTexts {
  const value = parseJson(bytes);
  if (typeof value !== 'object' || value === null) return NO_TEXTS;
  const fields = new Map(Object.entries(value));
  if (fields.get('eval') !== key || fields.get('id') !== id) return NO_TEXTS;
  const textOf = (name: string) => {
    const field: unknown = fields.get(name);
    return typeof field === 'string' ? shorten(field, MAX_TEXT_BYTES) : null;
  };
  return {
    prompt: textOf('prompt'),
    answer: textOf('answer'),
    expected: textOf('expected'),
    picked: textOf('picked'),
    judge: textOf('judge'),
    error: textOf('error'),
  };
}

function parseJson(bytes: Buffer): unknown {
  const content = bytes.toString('utf8');
  if (!hasAtMost(content, MAX_VALUES)) return undefined;
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
