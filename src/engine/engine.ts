import type { Exit } from '../process/group.ts';

/** One execution of one eval. */
export interface EvalExecution {
  /** What `oaieval` is called with: model, eval key, arguments, our own --record_path. */
  readonly args: readonly string[];
  /** Variables of its own, on top of the engine's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Called with what a progress bar shows, which redraws its line without ending it. */
  readonly onRedraw?: ((line: string) => void) | undefined;
}

export interface RunningEval {
  /**
   * Settles when the eval and everything it printed has ended. Rejects when it could not be started, and with EngineLost
   * when that it did not end well says nothing about the eval.
   */
  readonly exit: Promise<Exit>;
  /** Signals the eval and every process it started. */
  signal(signal: NodeJS.Signals): void;
}

/** The engine died under an eval. Started again, the eval gets what can still run it. */
export class EngineLost extends Error {}

/** A way to execute evals. Whatever the engine, an eval does what `oaieval` would do with the same arguments. */
export interface Engine {
  start(execution: EvalExecution): RunningEval;
  /** Ends what it keeps running between evals. */
  close(): Promise<void>;
}

/** An eval that starts when its engine is there. Signalled before that, it has ended, and never starts. */
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
