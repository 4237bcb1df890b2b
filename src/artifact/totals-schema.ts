/** The schema of what results.json says of the whole run: its counts, tokens, costs and prices. */
import { z } from 'zod';
import { MAX_PRICE } from '../model/price.ts';
import { cost, count, label, line, named, tokenUsage } from './fields.ts';

export const totals = z
  .object({
    evals: z
      .object({
        total: count.describe('Evals of the plan; of a shard, those that it has.'),
        completed: count.describe('Evals that are fresh or reused.'),
        fresh: count.describe('Evals that this run completed.'),
        reused: count.describe('Evals that an earlier run completed and that are still valid.'),
        failed: count.describe('Evals that ended their last attempt without a valid result.'),
        pending: count.describe('Evals that are neither completed nor failed.'),
        excluded: count.describe(
          'Evals of the set that the inputs include and exclude leave out of the plan.',
        ),
      })
      .describe('Numbers of evals.'),
    requests: z
      .object({
        sent: count.describe('Requests that were sent to the API, without retries.'),
        replayed: count.describe('Requests whose response was replayed.'),
        retried: count.describe('Retries of requests.'),
        failed: count.describe('Requests that ended without a successful response.'),
      })
      .describe('Numbers of requests.'),
    tokens: tokenUsage.describe('Tokens of the responses that the API returned to this run.'),
    replayedTokens: tokenUsage.describe('Tokens of replayed responses, which were paid for earlier.'),
    cost: cost.describe('US dollars of tokens; null when a price is not known.'),
    replayedCost: cost
      .optional()
      .describe(
        'US dollars of replayedTokens; null when a price is not known. Earlier versions did not write it.',
      ),
  })
  .describe('Of this run alone. What reused evals took is in their entries.');

const dollars = z.number().nonnegative().max(MAX_PRICE);

export const prices = z
  .object({
    list: z
      .object({
        version: line.describe('Of @pydantic/genai-prices.'),
        date: line.describe('When it was published.'),
      })
      .nullable()
      .describe('The price list of the action; null when it was not used.'),
    models: named(
      z.object({
        input: dollars,
        output: dollars,
        cached: dollars.describe('Of input tokens that the API read from its cache.'),
      }),
      10_000,
    ).describe('US dollars per million tokens of the models with a known price.'),
    unknown: z.array(label).max(10_000).describe('Models without a known price.'),
  })
  .describe('The prices that costs are computed with; missing when no model has tokens.');
