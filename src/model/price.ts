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

/** A line of the input prices. */
export interface PriceOverride {
  /** A name, in which `*` stands for any text. */
  readonly model: string;
  readonly price: Price;
}

/** What the prices of a run depend on, besides the list. */
export interface PriceFacts {
  /** Ids, in the price list, of the providers that requests go to. */
  readonly providers: readonly string[];
  readonly overrides: readonly PriceOverride[];
}

/** The prices of a run, and where they come from. */
export interface Pricing {
  readonly prices: Prices;
  /** The vendored price list; undefined when the input prices is the only source. */
  readonly list: { readonly version: string; readonly date: string } | undefined;
}

export const noPricing: Pricing = { prices: () => undefined, list: undefined };

/** No set needs nearly as many. */
export const MAX_PRICE_OVERRIDES = 1000;

/** A million times the price of the dearest model. */
export const MAX_PRICE = 1_000_000_000;

const PER_TOKENS = 1_000_000;

/** US dollars. Reasoning tokens are billed as output, of which they are a part. */
export function costOfTokens({ prompt, completion, cached }: TokenUsage, price: Price): number {
  const fresh = Math.max(0, prompt - cached);
  return (fresh * price.input + cached * price.cached + completion * price.output) / PER_TOKENS;
}

export function isFree({ input, output, cached }: Price): boolean {
  return input === 0 && output === 0 && cached === 0;
}

/** The tokens of one model. */
export interface BilledUse extends TokenUsage {
  /** Responses that the tokens are of; missing when they were not counted. */
  readonly responses?: number;
}

/**
 * US dollars of the tokens of several models; null when the price of one that has tokens is not known, or when the API did not say
 * how many tokens its responses have.
 */
export function costOf(usage: Readonly<Record<string, BilledUse>>, prices: Prices): number | null {
  let sum = 0;
  for (const model of Object.keys(usage)) {
    const tokens = ownValue(usage, model);
    if (!tokens || isUnused(tokens)) continue;
    const price = prices(model);
    if (!price || (isUncounted(tokens) && !isFree(price))) return null;
    sum += costOfTokens(tokens, price);
  }
  return sum;
}

export function isUnused({ prompt, completion, responses = 0 }: BilledUse): boolean {
  return prompt + completion + responses === 0;
}

function isUncounted({ prompt, completion }: TokenUsage): boolean {
  return prompt + completion === 0;
}
