import type { Adaptation } from './adaptation.ts';
import type { TokenUsage } from './token-usage.ts';

export type { TokenUsage };

/** A complete, successful response of the API. */
export interface ApiResponse {
  /** HTTP status, 200 to 299. */
  readonly status: number;
  /** The Content-Type. */
  readonly type: string;
  /** Without its content encoding, such as gzip. */
  readonly body: Buffer;
  readonly usage: TokenUsage;
  /** What was changed in the request because the model does not accept it; missing when nothing was. */
  readonly adaptations?: readonly Adaptation[];
}
