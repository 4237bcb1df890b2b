/** What tokens cost. */
import type { TokenUsage } from './api-response.ts';
import { ownValue } from './own-value.ts';

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Of input tokens that the provider had cached; the price of input where the provider has no other. */
  readonly cached: number;
}

/** The prices of models, by the name that is requested of the API. A model without a price is unknown, never free. */
export type Prices = (model: string) => Price | undefined;

const PER_TOKENS = 1_000_000;

/** US dollars. Reasoning tokens are billed as output, of which they are a part. */
export function costOfTokens({ prompt, completion, cached }: TokenUsage, price: Price): number {
  const fresh = Math.max(0, prompt - cached);
  return (fresh * price.input + cached * price.cached + completion * price.output) / PER_TOKENS;
}

/** US dollars of the tokens of several models; null when the price of one that has tokens is not known. */
export function costOf(usage: Readonly<Record<string, TokenUsage>>, prices: Prices): number | null {
  let sum = 0;
  for (const model of Object.keys(usage)) {
    const tokens = ownValue(usage, model);
    if (!tokens || tokens.prompt + tokens.completion === 0) continue;
    const price = prices(model);
    if (!price) return null;
    sum += costOfTokens(tokens, price);
  }
  return sum;
}
