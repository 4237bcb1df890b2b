/** Schemas of small values in results.json. Others may have written the file, so every text and every list has a bound. */
import { z } from 'zod';
import { SAMPLE_OUTCOMES } from '../model/sample.ts';
import { isSingleLine } from '../text.ts';

/** In characters. */
const MAX_NAME = 4096;
const MAX_TEXT = 64 * 1024;

/** A text of any kind, in which line breaks and control characters may occur. */
export const text = z.string().max(MAX_TEXT);

/** Names that evals chooses, such as those of metrics. Like a text, but shorter. */
export const label = z.string().max(MAX_NAME);

/** Names that a plan or the runner gives. They are printed in messages. */
export const line = label.refine(isSingleLine, 'has control characters');

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const count = z.int().nonnegative();

/** Of a signed number: JSON has no NaN and no infinity, and neither does this. */
export const number = z.number();

/** Empty when the time is not known. */
export const time = z.union([z.iso.datetime(), z.literal('')]);

export const cost = z.number().nonnegative().nullable();

export const metricValue = z
  .union([z.number(), text, z.boolean(), z.null()])
  .describe('A number, or the text NaN, Infinity or -Infinity, or what else the eval reported.');

/** An object with arbitrary names. */
export function named<T extends z.ZodType>(value: T, most: number, key: z.ZodString = label) {
  return z
    .record(key, value)
    .refine((object) => Object.keys(object).length <= most, `has more than ${most} fields`);
}

export const tokenUsage = z.object({
  prompt: count.describe('Tokens of prompts.'),
  completion: count.describe('Tokens of completions.'),
  cached: count.describe('Part of prompt: tokens that the API read from its cache.'),
  reasoning: count.describe('Part of completion: tokens of reasoning.'),
});

export const sampleOutcome = z.enum(SAMPLE_OUTCOMES);

/** What was changed in a request because a model does not accept it. */
export const adaptation = z.union([
  z
    .object({ model: line, param: line, value: label, renamedTo: z.null() })
    .describe('The parameter was left out, because the model rejects this value (as JSON).'),
  z
    .object({ model: line, param: line, value: z.null(), renamedTo: line })
    .describe('The parameter was sent under another name.'),
]);
