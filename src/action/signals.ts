import { ActionError } from '../errors.ts';
import type { Log } from '../log.ts';
import { endDescendants } from '../process/descendants.ts';

/** How a runner ends a step: SIGINT, after 7.5 s SIGTERM, after 2.5 s more it kills (actions/runner, `ProcessInvoker`). */
export const CANCEL_GRACE_MS = 7500;

export interface Cancellation {
  /** Aborted at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborted so many milliseconds after the first of them. */
  after(milliseconds: number): AbortSignal;
}

/**
 * The first signal asks for an orderly end; with the second the process ends at once, which ends every eval: each is on a
 * leash. What is on disk is whole at every instant, and `post` saves it.
 */
export function cancellation(log: Log): Cancellation {
  const controller = new AbortController();
  let at = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        log.info(`Received ${signal} as well: ending at once. What is on disk is saved after the step.`);
        process.exit(1);
      }
      at = Date.now();
      // Helpers that nobody waits for any more: an installer, a probe.
      process.once('exit', endDescendants);
      log.info(`Received ${signal}: ending what runs, then saving what is done.`);
      controller.abort(
        new ActionError(
          'INCOMPLETE',
          'the job was cancelled',
          'Re-run the failed jobs: what is done is not run again.',
        ),
      );
    });
  }
  return {
    signal: controller.signal,
    after(milliseconds) {
      const later = new AbortController();
      const begin = (): void => {
        setTimeout(() => later.abort(), Math.max(0, at + milliseconds - Date.now())).unref();
      };
      if (controller.signal.aborted) begin();
      else controller.signal.addEventListener('abort', begin, { once: true });
      return later.signal;
    },
  };
}
