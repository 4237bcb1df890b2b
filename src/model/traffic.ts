import type { TokenUsage } from './api-response.ts';
import { MAX_RECORDED_MODELS } from './completion-record.ts';
import { ownValue } from './own-value.ts';

/** The requests that the gateway handled, for one eval or for all. */
export interface Traffic {
  /** Requests that were sent to the API, without retries. */
  readonly sent: number;
  /** Requests whose response was replayed from a journal. */
  readonly replayed: number;
  /** Retries of requests. */
  readonly retried: number;
  /** Requests that ended without a successful response. */
  readonly failed: number;
  /** Tokens of the responses that the API returned in this run. */
  readonly tokensSent: TokenUsage;
  /** Tokens of replayed responses, which were paid for earlier. */
  readonly tokensReplayed: TokenUsage;
  /** The responses and their tokens by the model that was requested of the API, because each model has its price. */
  readonly models: ModelTraffic;
}

export type ModelTraffic = Readonly<Record<string, ModelUse>>;

/** The responses of one model. */
export interface ModelUse {
  /** Successful responses of the API in this run. */
  readonly received: number;
  readonly replayed: number;
  readonly tokensSent: TokenUsage;
  readonly tokensReplayed: TokenUsage;
}

export const noTokens: TokenUsage = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
export const noTraffic: Traffic = {
  sent: 0,
  replayed: 0,
  retried: 0,
  failed: 0,
  tokensSent: noTokens,
  tokensReplayed: noTokens,
  models: {},
};

const noUse: ModelUse = { received: 0, replayed: 0, tokensSent: noTokens, tokensReplayed: noTokens };

/** One response of the API. */
export function receivedResponse(model: string, usage: TokenUsage): Partial<Traffic> {
  return { tokensSent: usage, models: { [model]: { ...noUse, received: 1, tokensSent: usage } } };
}

/** One replayed response. */
export function replayedResponse(model: string, usage: TokenUsage): Partial<Traffic> {
  const use = { ...noUse, replayed: 1, tokensReplayed: usage };
  return { replayed: 1, tokensReplayed: usage, models: { [model]: use } };
}

export function addTokens(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    prompt: a.prompt + b.prompt,
    completion: a.completion + b.completion,
    cached: a.cached + b.cached,
    reasoning: a.reasoning + b.reasoning,
  };
}

export function addTraffic(a: Traffic, b: Traffic): Traffic {
  return {
    sent: a.sent + b.sent,
    replayed: a.replayed + b.replayed,
    retried: a.retried + b.retried,
    failed: a.failed + b.failed,
    tokensSent: addTokens(a.tokensSent, b.tokensSent),
    tokensReplayed: addTokens(a.tokensReplayed, b.tokensReplayed),
    models: addModels(a.models, b.models),
  };
}

/** Under this name are those models of which one eval asks for more than can be recorded. */
const OTHER_MODELS = '';

function addModels(a: ModelTraffic, b: ModelTraffic): ModelTraffic {
  const sum = { ...a };
  for (const [name, use] of Object.entries(b)) {
    const isFull = !Object.hasOwn(sum, name) && Object.keys(sum).length >= MAX_RECORDED_MODELS;
    const key = isFull ? OTHER_MODELS : name;
    sum[key] = addUse(ownValue(sum, key) ?? noUse, use);
  }
  return sum;
}

function addUse(a: ModelUse, b: ModelUse): ModelUse {
  return {
    received: a.received + b.received,
    replayed: a.replayed + b.replayed,
    tokensSent: addTokens(a.tokensSent, b.tokensSent),
    tokensReplayed: addTokens(a.tokensReplayed, b.tokensReplayed),
  };
}

/** The traffic between two readings of one counter. */
export function subtractTraffic(now: Traffic, before: Traffic): Traffic {
  return {
    sent: now.sent - before.sent,
    replayed: now.replayed - before.replayed,
    retried: now.retried - before.retried,
    failed: now.failed - before.failed,
    tokensSent: subtractTokens(now.tokensSent, before.tokensSent),
    tokensReplayed: subtractTokens(now.tokensReplayed, before.tokensReplayed),
    models: subtractModels(now.models, before.models),
  };
}

function subtractModels(now: ModelTraffic, before: ModelTraffic): ModelTraffic {
  const entries = Object.entries(now).map(([name, use]): [string, ModelUse] => [
    name,
    subtractUse(use, ownValue(before, name) ?? noUse),
  ]);
  return Object.fromEntries(entries.filter(([, { received, replayed }]) => received + replayed > 0));
}

function subtractUse(now: ModelUse, before: ModelUse): ModelUse {
  return {
    received: now.received - before.received,
    replayed: now.replayed - before.replayed,
    tokensSent: subtractTokens(now.tokensSent, before.tokensSent),
    tokensReplayed: subtractTokens(now.tokensReplayed, before.tokensReplayed),
  };
}

function subtractTokens(now: TokenUsage, before: TokenUsage): TokenUsage {
  return {
    prompt: now.prompt - before.prompt,
    completion: now.completion - before.completion,
    cached: now.cached - before.cached,
    reasoning: now.reasoning - before.reasoning,
  };
}
