/** The requests of an eval, as src/python/oaievalset_action/demand.py describes them. */
import { z } from 'zod';
import { ANSWER_KINDS, type RequestDemand } from '../model/request-demand.ts';

const count = z.int().nonnegative();

const fields = {
  by: z.enum(['model', 'judge']),
  requests: count,
  characters: count,
  bytes: count,
  messages: count,
  answers: count,
  answer: z.enum(ANSWER_KINDS),
  choices: z.int().positive(),
};

export const requestDemand = z
  .object({ ...fields, max_tokens: z.int().positive().nullable() })
  .transform(({ max_tokens, ...rest }): RequestDemand => ({ ...rest, maxTokens: max_tokens }));
