/**
 * A signal that is aborted with the first of the signals, and after this many milliseconds at the latest. It does not use
 * AbortSignal.timeout and AbortSignal.any, which hold their sources only weakly, so that the signal could be
 * garbage-collected and never abort. The timer does not keep the process alive.
 */
export function abortedAfter(
  milliseconds: number,
  ...signals: readonly (AbortSignal | undefined)[]
): AbortSignal {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException('The time limit has passed', 'TimeoutError')),
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

/** Waits for work that cannot be stopped, but rejects when the signal is aborted. The work then continues unobserved. */
export function abortable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work(), promise]).finally(() => signal.removeEventListener('abort', onAbort));
}
