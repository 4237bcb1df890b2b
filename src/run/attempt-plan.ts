/**
 * Whether an eval that failed runs again, and whether that attempt replays recorded responses. Pure.
 *
 * Responses that were paid for are used as long as they may be valid. An eval that failed on responses of an earlier run gets
 * its last attempt without them, because what they name may be gone (an id, an expired token). Nothing is deleted for that.
 */

export interface FailedAttempt {
  /** Counts from 1. */
  readonly attempt: number;
  /** Whether it replayed recorded responses. */
  readonly replays: boolean;
  /** Whether it failed on its own, on responses that an earlier run recorded, in a way that other responses might change. */
  readonly suspectsReplay: boolean;
}

export type NextAttempt = { readonly kind: 'stop' } | { readonly kind: 'run'; readonly replays: boolean };

/** @param attempts how many times an eval runs before it counts as failed, at least 1 */
export function nextAttempt(
  { attempt, replays, suspectsReplay }: FailedAttempt,
  attempts: number,
): NextAttempt {
  const suspects = replays && suspectsReplay;
  if (attempt < attempts) return { kind: 'run', replays: !(suspects && attempt + 1 === attempts) };
  return suspects ? { kind: 'run', replays: false } : { kind: 'stop' };
}
