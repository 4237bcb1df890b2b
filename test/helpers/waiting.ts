/** Waiting for a fact that nothing announces. */
import { setTimeout as pause } from 'node:timers/promises';

/** Long enough for a busy machine: a test that waits this long has failed. */
const TIMEOUT_MS = 60_000;
const INTERVAL_MS = 20;

/**
 * Resolves with the first result of `check` that is neither undefined nor false. It fails with `what` when there is none in
 * time.
 * @param what a sentence that is true when the wait is over: `the journal holds 3 responses`
 */
export async function until<T>(
  what: string,
  check: () => T | undefined | false,
  timeoutMs: number = TIMEOUT_MS,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = check();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`this did not come true within ${timeoutMs} ms: ${what}`);
    await pause(INTERVAL_MS);
  }
}
