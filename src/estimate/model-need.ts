/** What evals ask of one model. Pure. */
import { addRanges, type Estimated, type Range } from '../model/estimate.ts';
import { costOfTokens, type Prices } from '../model/price.ts';

export interface ModelNeed {
  readonly requests: Range;
  readonly prompt: Range;
  readonly completion: Range;
  /** The share of the prompt tokens that a provider may have cached, from 0 to 1. */
  readonly cachedShare: number;
}

/** By the name that is requested of the API. */
export type ModelNeeds = ReadonlyMap<string, ModelNeed>;

export function addNeed(needs: Map<string, ModelNeed>, model: string, need: ModelNeed): void {
  const before = needs.get(model);
  if (!before) {
    needs.set(model, need);
    return;
  }
  needs.set(model, {
    requests: addRanges(before.requests, need.requests),
    prompt: addRanges(before.prompt, need.prompt),
    completion: addRanges(before.completion, need.completion),
    cachedShare: Math.max(before.cachedShare, need.cachedShare),
  });
}

export function scaled(range: Range, factor: number): Range {
  return { low: range.low * factor, high: range.high * factor };
}

/** From `value / (1 + share)` to `value · (1 + share)`. */
export function around(value: number, share: number): Range {
  return { low: value / (1 + share), high: value * (1 + share) };
}

/**
 * Without the requests that are replayed, and without their tokens.
 * @param replayed how many of them at least and at most
 */
export function withoutReplayed(needs: ModelNeeds, replayed: Range): ModelNeeds {
  if (replayed.high === 0) return needs;
  const total = [...needs.values()].reduce((sum, { requests }) => addRanges(sum, requests), {
    low: 0,
    high: 0,
  });
  const low = sentShare(total.low, replayed.high);
  const high = sentShare(total.high, replayed.low);
  const rest = (range: Range): Range => ({ low: range.low * low, high: range.high * high });
  return new Map(
    [...needs].map(([model, { requests, prompt, completion, cachedShare }]) => [
      model,
      { requests: rest(requests), prompt: rest(prompt), completion: rest(completion), cachedShare },
    ]),
  );
}

function sentShare(requests: number, replayed: number): number {
  return requests > replayed ? (requests - replayed) / requests : 0;
}

/** The sum over all models, in whole requests and tokens. */
export function sumOf(
  needs: ModelNeeds,
  prices: Prices,
): Estimated & { readonly unpriced: readonly string[] } {
  let [requests, promptTokens, completionTokens] = [ZERO, ZERO, ZERO];
  let cost = ZERO;
  const unpriced: string[] = [];
  for (const [model, need] of needs) {
    requests = addRanges(requests, need.requests);
    promptTokens = addRanges(promptTokens, need.prompt);
    completionTokens = addRanges(completionTokens, need.completion);
    if (need.prompt.high + need.completion.high === 0) continue;
    const price = prices(model);
    if (!price) unpriced.push(model);
    else
      cost = addRanges(cost, {
        low: costOfTokens(tokensAt(need, 'low'), price),
        high: costOfTokens(tokensAt(need, 'high'), price),
      });
  }
  return {
    requests: whole(requests),
    promptTokens: whole(promptTokens),
    completionTokens: whole(completionTokens),
    cost: unpriced.length > 0 ? null : cost,
    unpriced,
  };
}

const ZERO: Range = { low: 0, high: 0 };

/** A cache may be empty, so only the low end counts with it. */
function tokensAt({ prompt, completion, cachedShare }: ModelNeed, end: 'low' | 'high') {
  const cached = end === 'low' ? prompt.low * cachedShare : 0;
  return { prompt: prompt[end], completion: completion[end], cached, reasoning: 0 };
}

/** Sums of fractions are a little off, which must not add a request. */
const ROUNDING = 1e-6;

function whole({ low, high }: Range): Range {
  return { low: Math.floor(low + ROUNDING), high: Math.max(0, Math.ceil(high - ROUNDING)) };
}
