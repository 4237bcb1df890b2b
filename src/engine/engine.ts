import type { Exit } from '../process/group.ts';

/** One execution of one eval. */
export interface EvalExecution {
  /** The arguments of `oaieval`: model, eval key, further arguments, our own --record_path. */
  readonly args: readonly string[];
  /** Added to the environment of the engine. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Called with what a progress bar shows, which redraws its line without ending it. */
  readonly onRedraw?: ((line: string) => void) | undefined;
}

export interface RunningEval {
  /**
   * Settles when the eval has ended and its output has been read. Rejects when it could not be started, and with EngineLost
   * when the engine died under it.
   */
  readonly exit: Promise<Exit>;
  /** Signals the eval and every process it started. */
  signal(signal: NodeJS.Signals): void;
}

/** The engine died under an eval, which says nothing about the eval. The engine can run the eval again. */
export class EngineLost extends Error {}

/** A way to execute evals. With every engine an eval does what `oaieval` does with the same arguments. */
export interface Engine {
  start(execution: EvalExecution): RunningEval;
  /** Ends the processes that it keeps between evals. */
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
