import type { Log } from '../log.ts';
import { killDescendants } from '../process/descendants.ts';

/** A runner cancels a step with SIGINT, SIGTERM after 7.5 s, and SIGKILL after another 2.5 s (actions/runner, `ProcessInvoker`). */
export const CANCEL_GRACE_MS = 7500;

/** The reason of a cancelled run, as a clause. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor() {
    super('the job was cancelled');
  }
}

export interface Cancellation {
  /** Aborted at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborted this many milliseconds after the first signal. */
  after(milliseconds: number): AbortSignal;
}

/**
 * The first signal starts an orderly shutdown. The second ends the process at once, and with it every eval, because children
 * are killed when the action is gone. Files on disk are valid at every moment, and post saves them.
 */
export function cancellation(log: Log): Cancellation {
  const controller = new AbortController();
  let at = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        log.info(`Received ${signal} as well: exiting at once. The post step saves what is on disk.`);
        process.exit(1);
      }
      at = Date.now();
      // Children that main no longer waits for, such as an installer or a probe.
      process.once('exit', killDescendants);
      log.info(`Received ${signal}: stopping the evals, then saving.`);
      controller.abort(new Cancelled());
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
