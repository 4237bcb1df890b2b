/** The schemas of what a run had to do. The descriptions are for users. */
import { z } from 'zod';
import { MAX_RECORDED_MODELS } from '../model/completion-record.ts';
import { count, line } from './fields.ts';

const range = z.object({ low: z.number().nonnegative(), high: z.number().nonnegative() });

export const estimate = z
  .object({
    evals: count.describe('Evals that were not reused.'),
    unknownEvals: count.describe('Of these, evals that are not in the numbers, because nothing was known.'),
    guessedEvals: count.describe('Of these, evals that are in the numbers with a guess.'),
    requests: range.describe('Requests to send, without retries and replayed ones.'),
    promptTokens: range.describe('Their prompt tokens.'),
    completionTokens: range.describe('Their completion tokens.'),
    cost: range.nullable().describe('US dollars; null when a price was not known.'),
    unpriced: z
      .array(line)
      .max(MAX_RECORDED_MODELS * 10)
      .describe('Models without a known price.'),
  })
  .describe('What the evals that ran were likely to take, before they ran; missing when nothing ran.');

export const shard = z
  .object({
    index: count.describe('From 1.'),
    count: count.describe('Shards of the set.'),
    elsewhere: count.describe('Evals of the plan that the other shards have.'),
  })
  .describe('Which part of the set was run; missing when these are the results of the whole set.');
