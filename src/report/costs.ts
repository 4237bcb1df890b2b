/** What a run cost, and what it saved, at the prices of its day. Pure. */
import type { CompletionRecord } from '../model/completion-record.ts';
import type { FinishedRun } from '../model/finished-run.ts';
import { type BilledUse, costOf, isUnused, type Price, type Prices, type Pricing } from '../model/price.ts';
import type { Results, ResultsPrices, Totals } from '../model/results.ts';
import { addTokens, noTokens, type Traffic } from '../model/traffic.ts';
import { compareText } from '../text.ts';

type Use = Readonly<Record<string, BilledUse>>;

export function runCosts(traffic: Traffic, prices: Prices): Pick<Totals, 'cost' | 'replayedCost'> {
  const { sent, replayed } = usesOf(traffic);
  return {
    cost: costOf(sent, prices),
    replayedCost: costOf(replayed, prices),
  };
}

/** By model. A model that is not known has no name. */
function usesOf({ models, tokensSent, tokensReplayed }: Traffic): {
  readonly sent: Use;
  readonly replayed: Use;
} {
  const uses = Object.entries(models);
  const sent = uses.map(([name, use]) => [name, { ...use.tokensSent, responses: use.received }] as const);
  const replayed = uses.map(
    ([name, use]) => [name, { ...use.tokensReplayed, responses: use.replayed }] as const,
  );
  return {
    sent: { ...Object.fromEntries(sent), ...unnamed(tokensSent, sent) },
    replayed: { ...Object.fromEntries(replayed), ...unnamed(tokensReplayed, replayed) },
  };
}

/** An earlier version of the action counted only the tokens of all models. */
function unnamed(all: Traffic['tokensSent'], named: readonly (readonly [string, BilledUse])[]): Use {
  const sum = named.reduce((tokens, [, use]) => addTokens(tokens, use), noTokens);
  const isComplete = sum.prompt + sum.completion >= all.prompt + all.completion;
  return isComplete ? {} : { '': all };
}

/** Of the responses that completed an eval, replayed ones included. */
export function evalCost(record: Pick<CompletionRecord, 'usage' | 'tokens'>, prices: Prices): number | null {
  return costOf(usageOf(record), prices);
}

function usageOf({ usage, tokens }: Pick<CompletionRecord, 'usage' | 'tokens'>): Use {
  return usage ?? (tokens.total > 0 ? { '': tokens } : {});
}

/** The prices that the costs are computed with; undefined when no tokens were counted for a model. */
export function usedPrices(
  { traffic, outcomes }: Pick<FinishedRun, 'traffic' | 'outcomes'>,
  { prices, list }: Pricing,
): ResultsPrices | undefined {
  const { sent, replayed } = usesOf(traffic);
  const records = outcomes.flatMap((outcome) => ('record' in outcome ? (outcome.record ?? []) : []));
  const uses = [sent, replayed, ...records.map(usageOf)].flatMap((use) => Object.entries(use));
  const names = new Set(uses.flatMap(([name, use]) => (isUnused(use) ? [] : [name])));
  const models: [string, Price][] = [];
  const unknown: string[] = [];
  for (const name of [...names].sort(compareText)) {
    const price = prices(name);
    if (price) models.push([name, price]);
    else if (name !== '') unknown.push(name);
  }
  if (models.length + unknown.length === 0) return undefined;
  return { list: list ?? null, models: Object.fromEntries(models), unknown };
}

/** US dollars that this run saved with its replayed responses and its reused evals; null when a price is not known. */
export function savedCost({ totals, evals }: Results): number | null {
  let sum =
    totals.replayedCost ?? (totals.replayedTokens.prompt + totals.replayedTokens.completion > 0 ? null : 0);
  for (const { status, tokens, cost } of evals) {
    if (status !== 'reused' || tokens === null || tokens.total === 0) continue;
    if (cost === null || sum === null) return null;
    sum += cost;
  }
  return sum;
}

/** Whether anything is to be said of dollars: not when no model has a price, and the user set none. */
export function hasPrices({ prices, totals }: Pick<Results, 'prices' | 'totals'>): boolean {
  return Object.keys(prices?.models ?? {}).length > 0 || (totals.cost ?? 0) > 0;
}

/** `$1.84`, or `unknown` where some prices are known, but not all. Undefined when there is nothing to say. */
export function spentText(results: Results, dollars: (cost: number) => string): string | undefined {
  if (results.totals.requests.sent === 0 || !hasPrices(results)) return undefined;
  const { cost } = results.totals;
  return cost === null ? 'cost unknown' : dollars(cost);
}
