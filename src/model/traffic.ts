import type { TokenUsage } from './api-response.ts';

/** What went through the gateway, of one eval or of all. */
export interface Traffic {
  /** Requests that went to the API; a retry of the same request counts once more under `retried`. */
  readonly sent: number;
  /** Requests answered from the journal. */
  readonly replayed: number;
  readonly retried: number;
  /** Requests that ended without a successful answer. */
  readonly failed: number;
  /** Tokens of the answers that the API gave now. */
  readonly tokensSent: TokenUsage;
  /** Tokens of the answers that came from the journal: paid for before. */
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

/** What came between two readings of one counter. */
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
