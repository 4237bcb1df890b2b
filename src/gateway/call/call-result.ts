/** How a call ends, and how each of its exchanges with the API does. */
import type { TroubleCause } from '../../model/api-trouble.ts';
import type { RefusalKind } from '../refusal/refusal-kinds.ts';
import type { ProviderError } from '../response/provider-error.ts';

/** How a call ended. */
export type CallResult =
  /** With a 2xx that clients received. */
  | { readonly kind: 'succeeded' }
  /** With an error of the API that concerns this eval alone. */
  | { readonly kind: 'failed' }
  /** With an error that no retry will fix. */
  | { readonly kind: 'refused'; readonly refusal: RefusalKind; readonly error: ProviderError }
  /** The API will not respond to it: retries are exhausted, or retrying does not help. */
  | ({
      readonly kind: 'unanswered';
      /** Milliseconds since the epoch. */
      readonly firstSentAt: number;
      /** How many times it was sent. */
      readonly attempts: number;
    } & CallFailure)
  /** No client waits for it any more. `withheld`: the run is ending, so it was not sent, or not sent again. */
  | { readonly kind: 'abandoned'; readonly sent: boolean; readonly withheld: boolean };

export interface CallFailure {
  readonly why: string;
  /** Whether retrying does not help: somebody has to change something. */
  readonly permanent: boolean;
  /** What to change. */
  readonly advice?: string | undefined;
  /** Whether the cause lies in this request or its response, and says nothing about the API. */
  readonly requestSpecific?: boolean;
}

/** Whether the API will never answer the request. */
export function isUnanswered(result: CallResult): boolean {
  if (result.kind === 'abandoned') return result.withheld;
  return result.kind === 'refused' || result.kind === 'unanswered';
}

/** An exchange that failed, and that another may follow. */
export interface ExchangeFailure extends CallFailure {
  /** Milliseconds that the API asks to wait; undefined: it does not say. */
  readonly retryAfterMs?: number | undefined;
  /** Whether a rate limit caused it. */
  readonly throttled: boolean;
  /** Whether all requests wait for it, and have begun to. */
  readonly pausesAll: boolean;
  /** What it shows about the API; undefined: nothing. */
  readonly trouble?: TroubleCause | undefined;
}

/** How one exchange ended: a request that was sent once, and its response. */
export type ExchangeOutcome =
  | { readonly kind: 'over'; readonly result: CallResult }
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'adapted'; readonly why: string }
  | { readonly kind: 'failed'; readonly failure: ExchangeFailure };

export const over = (result: CallResult): ExchangeOutcome => ({ kind: 'over', result });

export const failed = (failure: CallFailure & Partial<ExchangeFailure>): ExchangeOutcome => ({
  kind: 'failed',
  failure: { throttled: false, pausesAll: false, ...failure },
});
