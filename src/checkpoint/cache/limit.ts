import { abortedAfter } from '../../process/abort.ts';

/** The bound of one operation, all its parts together. */
export interface Limit {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  leftMs(): number;
  /** Whether there is neither time left nor a caller who waits. */
  isOver(): boolean;
  /** Aborted when time is up, or when the caller says so. */
  both(): AbortSignal;
}

export function limitOf(timeoutMs: number, signal: AbortSignal | undefined): Limit {
  const end = performance.now() + timeoutMs;
  const leftMs = () => Math.max(0, Math.round(end - performance.now()));
  return {
    timeoutMs,
    signal,
    leftMs,
    isOver: () => leftMs() === 0 || signal?.aborted === true,
    both: () => abortedAfter(leftMs(), signal),
  };
}
