import type { ExchangeFailure } from './call-result.ts';
import type { InFlightLimit } from './in-flight-limit.ts';
import type { ErrorJudgement } from './judge-error.ts';
import { advisedDelay, type RetryPolicy } from './retry-policy.ts';

export interface BackOffContext {
  readonly limit: InFlightLimit;
  readonly policy: RetryPolicy;
  /** When the request was sent, in milliseconds since the epoch. */
  readonly sentAt: number;
}

/** Sends fewer requests at a time, or none for a while, when the API asks for it with an error that may be retried. */
export function backOff(
  why: string,
  judgement: Extract<ErrorJudgement, { kind: 'retry' }>,
  { limit, policy, sentAt }: BackOffContext,
): ExchangeFailure {
  const { throttled, requestSpecific } = judgement;
  const retryAfterMs =
    judgement.retryAfterMs === undefined ? undefined : advisedDelay(judgement.retryAfterMs, policy);
  const pausesAll = throttled && retryAfterMs !== undefined;
  // Lower the limit before releasing the slot, or the next request in line hits the same rate limit.
  if (throttled) limit.decrease(sentAt);
  if (pausesAll && retryAfterMs <= policy.maxRetryAfterMs) limit.pause(retryAfterMs);
  return { why, permanent: false, requestSpecific, retryAfterMs, throttled, pausesAll };
}
