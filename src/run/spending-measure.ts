/** What a budget counts: tokens, or US dollars. Pure. */
import type { TokenUsage } from '../model/api-response.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { dollars, wholeNumber } from '../model/format.ts';
import { type BilledUse, costOf, costOfTokens, isFree, type Prices } from '../model/price.ts';

export interface Measure {
  /** The input that sets the limit. */
  readonly input: 'token-budget' | 'cost-budget';
  /** Whether responses of this model can be counted. */
  isKnown(model: string): boolean;
  /** What a response took; undefined when that is not known. */
  of(usage: TokenUsage, model: string): number | undefined;
  /** What the responses of several models took; undefined when that is not known. */
  ofAll(usage: Readonly<Record<string, BilledUse>>): number | undefined;
  /** What an eval took in an earlier run; undefined when that is not known. */
  ofRecord(record: CompletionRecord): number | undefined;
  /** `1,200` or `$1.20` */
  format(amount: number): string;
  /** `1,200 tokens` or `$1.20` */
  describe(amount: number): string;
  /** Why nothing can be said of this model, as a clause. */
  whyUnknown(model: string): string;
}

export const tokenMeasure: Measure = {
  input: 'token-budget',
  isKnown: () => true,
  of: ({ prompt, completion }) => prompt + completion,
  ofAll: (usage) =>
    Object.values(usage).reduce((sum, { prompt, completion }) => sum + prompt + completion, 0),
  ofRecord: ({ tokens }) => tokens.total,
  format: (amount) => wholeNumber(Math.round(amount)),
  describe: (amount) => `${wholeNumber(Math.round(amount))} tokens`,
  whyUnknown: () => 'the tokens of a response are not known',
};

export function costMeasure(prices: Prices): Measure {
  const known = (cost: number | null) => cost ?? undefined;
  return {
    input: 'cost-budget',
    // Requests that name no model look something up, or use what the API stores. Their tokens are not counted.
    isKnown: (model) => model === '' || prices(model) !== undefined,
    of(usage, model) {
      const price = prices(model);
      if (!price || (usage.prompt + usage.completion === 0 && !isFree(price))) return undefined;
      return costOfTokens(usage, price);
    },
    ofAll: (usage) => known(costOf(usage, prices)),
    ofRecord: ({ usage, tokens }) => known(costOf(usage ?? { '': tokens }, prices)),
    format: dollars,
    describe: dollars,
    whyUnknown(model) {
      if (model === '')
        return 'the cost-budget needs the price of each response, and a request names no model';
      if (prices(model))
        return `the cost-budget needs the tokens of each response, and one of ${model} does not say how many it has`;
      return `the cost-budget needs the price of ${model}, which is not known (set it with a line of the input prices, such as ${model}: input 0.15, output 0.60)`;
    },
  };
}
