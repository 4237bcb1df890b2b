/** Tokens of one response, as the API counted them. */
export interface TokenUsage {
  readonly prompt: number;
  readonly completion: number;
  /** Part of `prompt`. */
  readonly cached: number;
  /** Part of `completion`. */
  readonly reasoning: number;
}
