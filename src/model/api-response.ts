import type { Adaptation } from './adaptation.ts';

/** Tokens of one response, as the provider counted them. */
export interface TokenUsage {
  readonly prompt: number;
  readonly completion: number;
  /** Part of `prompt`. */
  readonly cached: number;
  /** Part of `completion`. */
  readonly reasoning: number;
}

/** A whole, successful response of the API. */
export interface ApiResponse {
  /** HTTP status, 200 to 299. */
  readonly status: number;
  /** Its Content-Type. */
  readonly type: string;
  /** Decoded: no content encoding is left. */
  readonly body: Buffer;
  readonly usage: TokenUsage;
  /** What was changed in the request because the model does not accept it; missing: nothing. */
  readonly adaptations?: readonly Adaptation[];
}
