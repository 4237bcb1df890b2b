import type { Log } from '../log.ts';

/** Aborted at the first SIGINT or SIGTERM, which is how a runner cancels a step. */
export function cancellation(log: Log): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) return;
      log.info(`Received ${signal}: ending the running eval, then saving what is done.`);
      controller.abort();
    });
  }
  return controller.signal;
}
