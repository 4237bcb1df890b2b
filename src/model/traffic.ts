import type { TokenUsage } from './api-response.ts';

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
}

export const noTokens: TokenUsage = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
export const noTraffic: Traffic = {
  sent: 0,
  replayed: 0,
  retried: 0,
  failed: 0,
  tokensSent: noTokens,
  tokensReplayed: noTokens,
};

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
