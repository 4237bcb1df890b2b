/**
 * Whether an eval is tried again, and whether that attempt uses recorded answers. Pure.
 *
 * Answers that were paid for are used as long as they may be right. An eval that failed on answers of an earlier run gets
 * its last attempt without them: what they name may be gone (an id, a token that expired). Nothing is deleted for that.
 */

export interface AttemptResult {
  /** Counts from 1. */
  readonly attempt: number;
  /** Whether recorded answers were used in it. */
  readonly replayed: boolean;
  /** Whether it failed by itself, on answers that an earlier run recorded, in a way that other answers might change. */
  readonly suspectsAnswers: boolean;
}

export type NextAttempt = { readonly kind: 'stop' } | { readonly kind: 'run'; readonly replays: boolean };

/** @param attempts how many times an eval is run before it counts as failed, at least 1 */
export function nextAttempt(
  { attempt, replayed, suspectsAnswers }: AttemptResult,
  attempts: number,
): NextAttempt {
  const suspects = replayed && suspectsAnswers;
  if (attempt < attempts) return { kind: 'run', replays: !(suspects && attempt + 1 === attempts) };
  return suspects ? { kind: 'run', replays: false } : { kind: 'stop' };
}
