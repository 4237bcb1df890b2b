import type { Exit } from '../process/group.ts';

/** One execution of one eval. */
export interface EvalExecution {
  /** The arguments of `oaieval`: model, eval key, further arguments, and the --record_path of the action. */
  readonly args: readonly string[];
  /** Added to the environment of the engine. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Called with the text of a progress bar, which redraws its line without ending it. */
  readonly onRedraw?: ((line: string) => void) | undefined;
}

export interface RunningEval {
  /** Its process; undefined before it has one. */
  readonly pid?: number | undefined;
  /**
   * Settles when the eval has ended and its output has been read. Rejects when the eval could not be started, and with
   * EngineLost when the engine died before the eval ended.
   */
  readonly exit: Promise<Exit>;
  /** Signals the eval and every process it started. */
  signal(signal: NodeJS.Signals): void;
}

/** The engine died before an eval ended, which is not a failure of the eval. The engine can run the eval again. */
export class EngineLost extends Error {}

/**
 * How many times an engine may lose an eval. After that many losses it must execute evals in a way that cannot lose them, so
 * that an eval which runs again after each loss ends.
 */
export const MAX_LOSSES = 2;

/** A way to execute evals. With every engine, an eval does what `oaieval` does with the same arguments. */
export interface Engine {
  start(execution: EvalExecution): RunningEval;
  /** Ends the processes that the engine keeps between evals. */
  close(): Promise<void>;
}

/** An eval that starts when its engine is ready. A signal before that ends it, and it never starts. */
export function deferred(ready: () => Promise<() => RunningEval>): RunningEval {
  const exit = Promise.withResolvers<Exit>();
  let running: RunningEval | undefined;
  let ended = false;
  ready()
    .then((start) => {
      if (ended) return;
      running = start();
      exit.resolve(running.exit);
    })
    .catch(exit.reject);
  return {
    get pid() {
      return running?.pid;
    },
    exit: exit.promise,
    signal(signal) {
      if (running) {
        running.signal(signal);
      } else {
        ended = true;
        exit.resolve({ code: null, signal });
      }
    },
  };
}
