/**
 * Aborted when one of the signals is, and after so many milliseconds at the latest. Not made of AbortSignal.timeout and
 * AbortSignal.any, which hold what they are made of weakly: here the timer holds the signal. It keeps no process alive.
 */
export function abortedAfter(
  milliseconds: number,
  ...signals: readonly (AbortSignal | undefined)[]
): AbortSignal {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException('The time for it is up', 'TimeoutError')),
    milliseconds,
  );
  timer.unref();
  for (const signal of signals) {
    const abort = (): void => {
      clearTimeout(timer);
      controller.abort(signal?.reason);
    };
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  }
  return controller.signal;
}

/** Waits for work that cannot be stopped only until the signal is aborted. */
export function abortable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work(), promise]).finally(() => signal.removeEventListener('abort', onAbort));
}
