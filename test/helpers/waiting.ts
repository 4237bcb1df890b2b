/** Waits for facts of which there is no event. */
import { setTimeout as pause } from 'node:timers/promises';

/** Far longer than a busy machine needs. */
const TIMEOUT_MS = 60_000;
const INTERVAL_MS = 20;

/**
 * Resolves with the first result of `check` that is neither undefined nor false. Rejects if there is none in time.
 * @param what a sentence that is true when `check` succeeds, such as `the journal holds 3 responses`
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
    if (Date.now() > end) throw new Error(`Within ${timeoutMs / 1000} s, this did not become true: ${what}.`);
    await pause(INTERVAL_MS);
  }
}
