/** What happens in a run, as plain values: `src/run` emits them, `src/report/live-log.ts` prints them. */
import type { ApiTrouble, TroubleChange } from './api-trouble.ts';
import type { AttemptOutcome } from './outcome.ts';
import type { StartLimit } from './parallel-evals.ts';
import type { PlannedEval } from './plan.ts';

export type RunEvent = EvalStarted | EvalNotStarted | EvalEnded | Heartbeat | TroubleReported | Parallelism;

/** The first attempt at an eval starts. Exactly one `EvalEnded` follows. */
export interface EvalStarted {
  readonly kind: 'eval-started';
  readonly eval: PlannedEval;
  /** Evals that are reused or have started, this one included. */
  readonly started: number;
  /** Evals of the set. */
  readonly total: number;
}

export interface EvalNotStarted {
  readonly kind: 'eval-not-started';
  readonly eval: PlannedEval;
  readonly cause: 'stopped' | 'exit-on-error' | 'budget';
  /** What happened and why, as a clause. */
  readonly reason: string;
}

/** The last attempt at an eval has ended. */
export interface EvalEnded {
  readonly kind: 'eval-ended';
  readonly outcome: AttemptOutcome;
  /** From the start of the first attempt. */
  readonly tookMs: number;
  /** Evals that are reused, or have started and ended, this one included. */
  readonly ended: number;
  /** Evals of the set. */
  readonly total: number;
}

/** How far the run is. Emitted at a regular interval. */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  readonly running: readonly EvalProgress[];
  /** Evals that are reused, have ended, or were not started. */
  readonly settled: number;
  /** Evals of the set. */
  readonly total: number;
  /** An estimate; undefined while there is nothing to estimate from. */
  readonly leftMs: number | undefined;
  /** The trouble of the API that keeps responses from coming at present. */
  readonly trouble: ApiTrouble | undefined;
}

export interface EvalProgress {
  readonly name: string;
  /** Samples of its data; null when the plan does not know them. */
  readonly samples: number | null;
  /** Successful responses in all attempts, replayed ones included. */
  readonly responses: number;
  /** Those of them that were replayed. */
  readonly replayed: number;
  /** Time since its first attempt started. */
  readonly runningMs: number;
  /** What it waits for, when no response came since the last heartbeat; undefined when one came. */
  readonly waitsFor: WaitedFor | undefined;
}

export type WaitedFor =
  | { readonly kind: 'process' }
  | { readonly kind: 'responses'; readonly count: number }
  /** It sends no requests: it computes, or it hangs. */
  | { readonly kind: 'requests' };

/** Most requests to the API fail, or that has changed. */
export interface TroubleReported {
  readonly kind: 'api-trouble';
  readonly change: TroubleChange;
  readonly trouble: ApiTrouble;
}

/** How many evals ran at the same time, with `parallel-evals: auto`. Emitted once, after the last eval. */
export interface Parallelism {
  readonly kind: 'parallelism';
  readonly most: number;
  /** What kept further evals from starting most of the time; undefined when no eval ever had to wait. */
  readonly limit: StartLimit | undefined;
}
