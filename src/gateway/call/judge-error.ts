/** What an error of the API means for the request that received it. Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import { type RefusalKind, refusalKind } from '../refusal/refusal-kinds.ts';
import { STATUS_NOT_RETRIED } from '../response/own-error.ts';
import { isTransient, type ProviderError } from '../response/provider-error.ts';
import { rateLimitReset, retryAfter } from './retry-policy.ts';

export interface ErrorContext {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  /** Whether the error came in a response with a 2xx status. */
  readonly disguised: boolean;
  /** Whether any request of the job has succeeded. */
  readonly apiHasSucceeded: boolean;
}

export type ErrorJudgement =
  | {
      readonly kind: 'retry';
      readonly throttled: boolean;
      /** Milliseconds that the API asks to wait; undefined: it does not say. */
      readonly retryAfterMs: number | undefined;
      /** Whether it was a 2xx without an answer and without a cause, which may be due to the request. */
      readonly requestSpecific: boolean;
    }
  | {
      readonly kind: 'final';
      /** The status for the client. */
      readonly status: number;
      /** Undefined: the error concerns this eval alone. */
      readonly refusal: RefusalKind | undefined;
    };

export function judgeError(
  error: ProviderError,
  { headers, method, disguised, apiHasSucceeded }: ErrorContext,
): ErrorJudgement {
  const transient = isTransient(error.status);
  // A key may be forbidden to look up a model that it may use, so an error of a GET or HEAD refuses nothing.
  if (method !== 'POST') return { kind: 'final', status: error.status, refusal: undefined };
  // A web page in place of the API's first success: the base URL does not lead to the API.
  const wrongBaseUrl = disguised && error.webPage && !apiHasSucceeded;
  const refusal = wrongBaseUrl ? 'address' : refusalKind(error);
  if (refusal === undefined && transient) {
    const throttled = error.status === 429;
    return {
      kind: 'retry',
      throttled,
      retryAfterMs: retryAfter(headers) ?? (throttled ? rateLimitReset(headers) : undefined),
      requestSpecific: disguised && !error.namesStatus,
    };
  }
  return { kind: 'final', status: transient ? STATUS_NOT_RETRIED : error.status, refusal };
}
