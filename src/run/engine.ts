import type { Exit } from '../process/group.ts';

/** One execution of one eval. */
export interface EvalExecution {
  /** What `oaieval` is called with: model, eval key, arguments, our own --record_path. */
  readonly args: readonly string[];
  /** Variables of its own, on top of the engine's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
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

/** An eval that starts when its engine is there; a signal that comes before that is not lost. */
export function deferred(start: () => Promise<RunningEval>): RunningEval {
  let running: RunningEval | undefined;
  let waiting: NodeJS.Signals | undefined;
  const exit = (async (): Promise<Exit> => {
    const engine = start();
    running = await engine;
    if (waiting) running.signal(waiting === 'SIGINT' ? 'SIGKILL' : waiting);
    return await running.exit;
  })();
  return {
    exit,
    signal(signal) {
      if (running) running.signal(signal);
      else waiting = signal;
    },
  };
}
