import { abortedAfter } from '../../process/abort.ts';

/** The bound of one operation with all its parts. */
export interface Limit {
  /** How long the operation may take; for messages. */
  readonly timeoutMs: number;
  /** Aborted when the time is up. */
  readonly late: AbortSignal;
  /** Aborted when the caller stops the operation. */
  readonly signal: AbortSignal | undefined;
  /** Aborted when either of the two is. */
  readonly stop: AbortSignal;
}

export function limitOf(timeoutMs: number, signal: AbortSignal | undefined): Limit {
  const late = abortedAfter(timeoutMs);
  return { timeoutMs, late, signal, stop: abortedAfter(timeoutMs, late, signal) };
}
