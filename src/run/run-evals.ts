/** Runs the evals that remain, several at a time, and emits what happens as events. It prints nothing itself. */
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Decision } from '../model/decision.ts';
import type { AttemptOutcome, Outcome } from '../model/outcome.ts';
import type { ParallelEvals } from '../model/parallel-evals.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { EvalNotStarted, Heartbeat, RunEvent } from '../model/run-event.ts';
import { AnswerStore } from '../progress/answer-store.ts';
import type { Budget } from './budget.ts';
import { type LiveEval, progressOf, shareOfCompleted, shareOfRunning } from './eval-progress.ts';
import { type ExecuteOptions, executeEval } from './execute-eval.ts';
import { type Machine, thisMachine } from './machine.ts';
import { type Advance, expectedDurations, longestFirst, timeLeftMs } from './schedule.ts';
import { type StartGate, startGate } from './start-gate.ts';

/** Receives what happens in a run. */
export interface RunListener {
  /** Called in the order in which things happen. The run does not wait for it. */
  onEvent(event: RunEvent): void;
  /** The log for the output of an eval that has started, and for messages about its attempts. */
  logOf(planned: PlannedEval): Log;
}

export interface RunOptions extends ExecuteOptions {
  readonly listener: RunListener;
  /** Keys of evals of the set that are not among the decisions. Their journals are kept for a run that has them again. */
  readonly notHere: readonly string[];
  /** Whether the first failed eval stops the start of further evals. */
  readonly exitOnError: boolean;
  readonly budget: Budget;
  readonly parallelEvals: ParallelEvals;
  /** The value of EVALS_THREADS in the environment, for evals that get no number of threads. */
  readonly usualThreads: number;
  readonly heartbeatMs?: number;
  /** The machine that the evals run on. */
  readonly machine?: Machine;
}

const HEARTBEAT_MS = 30_000;

/**
 * Decisions in, outcomes out, in the same order. Every outcome `fresh` is on disk when this returns.
 * @throws ActionError STATE_UNWRITABLE when a result could not be recorded
 */
export async function runEvals(decisions: readonly Decision[], options: RunOptions): Promise<Outcome[]> {
  const { state } = options;
  const toRun = decisions.filter((decision) => decision.kind === 'run').map((decision) => decision.eval);
  // Before the records are forgotten: a record of other content still shows how long an eval takes.
  const expectedMs = expectedDurations(toRun, state.records);
  state.forget(toRun.map((planned) => planned.command));
  const journalsToUse = options.sampleResume ? toRun.map((planned) => planned.key) : [];
  options.journals.retain([...journalsToUse, ...options.notHere]);
  // From here on they would say something else than the results.
  if (!options.answers && toRun.length > 0) new AnswerStore(state.paths).clear();
  for (const decision of decisions) {
    // Completed under other arguments that change no result. The line makes plain `oaievalset` skip the eval as well.
    if (decision.kind === 'reuse' && decision.record && !state.isDone(decision.eval.command)) {
      state.complete({ ...decision.record, argv: [...decision.eval.command] });
    }
  }
  const run = new Run({ evals: toRun, expectedMs, reused: decisions.length - toRun.length }, options);
  const outcomes = await run.outcomes();
  return decisions.map(
    (decision) =>
      outcomes.get(decision.eval) ?? {
        status: 'reused',
        eval: decision.eval,
        record: decision.kind === 'reuse' ? decision.record : undefined,
      },
  );
}

interface Work {
  /** In the order of the set. */
  readonly evals: readonly PlannedEval[];
  readonly expectedMs: ReadonlyMap<PlannedEval, number>;
  /** Evals of the set that do not run. */
  readonly reused: number;
}

type NotStarted = Pick<EvalNotStarted, 'cause' | 'reason'>;

class Run {
  readonly #work: Work;
  readonly #options: RunOptions;
  readonly #total: number;
  readonly #waiting: PlannedEval[];
  readonly #running = new Map<PlannedEval, LiveEval>();
  readonly #gate: StartGate;
  readonly #outcomes = new Map<PlannedEval, AttemptOutcome>();
  readonly #allEnded = Promise.withResolvers<void>();
  readonly #startedAt = Date.now();
  /** Aborted when a result cannot be recorded: nothing more may be spent. */
  readonly #broken = new AbortController();
  #ticks: NodeJS.Timeout | undefined;
  #started: number;
  #ended: number;
  #failed: PlannedEval | undefined;

  constructor(work: Work, options: RunOptions) {
    this.#work = work;
    this.#options = { ...options, stopped: AbortSignal.any([options.stopped, this.#broken.signal]) };
    this.#total = work.reused + work.evals.length;
    // One at a time, no order is faster, and users expect the order of the set.
    this.#waiting = options.parallelEvals === 1 ? [...work.evals] : longestFirst(work.evals, work.expectedMs);
    const { parallelEvals, gateway, machine = thisMachine } = options;
    this.#gate = startGate({
      parallelEvals,
      threads: options.threads ?? options.usualThreads,
      apiLoad: () => gateway.apiLoad(),
      machine,
    });
    this.#started = work.reused;
    this.#ended = work.reused;
  }

  async outcomes(): Promise<ReadonlyMap<PlannedEval, AttemptOutcome>> {
    const { listener, heartbeatMs = HEARTBEAT_MS } = this.#options;
    const heartbeat = setInterval(() => listener.onEvent(this.#heartbeat()), heartbeatMs);
    const { intervalMs } = this.#gate;
    if (intervalMs !== undefined) this.#ticks = setInterval(() => this.#startEvals(), intervalMs);
    try {
      this.#startEvals();
      await this.#allEnded.promise;
    } finally {
      clearInterval(heartbeat);
      clearInterval(this.#ticks);
    }
    this.#broken.signal.throwIfAborted();
    const parallelism = this.#gate.summary();
    if (parallelism && this.#work.evals.length > 1) listener.onEvent({ kind: 'parallelism', ...parallelism });
    return this.#outcomes;
  }

  /** Starts or skips evals, in their order, until none is left or the next one has to wait. */
  #startEvals(): void {
    try {
      while (this.#waiting.length > 0 && this.#gate.mayStart()) {
        const planned = this.#waiting.shift();
        if (planned) this.#startOrSkip(planned);
      }
    } catch (error) {
      this.#allEnded.reject(error);
    }
    if (this.#waiting.length > 0) return;
    clearInterval(this.#ticks);
    if (this.#running.size === 0) this.#allEnded.resolve();
  }

  #startOrSkip(planned: PlannedEval): void {
    const why = this.#reasonNotToStart(planned);
    if (why) {
      this.#outcomes.set(planned, this.#skip(planned, why));
      return;
    }
    void this.#run(planned).then(
      () => this.#startEvals(),
      (error: unknown) => this.#allEnded.reject(error),
    );
  }

  #reasonNotToStart(planned: PlannedEval): NotStarted | undefined {
    const { stopped, budget } = this.#options;
    if (stopped.aborted) return { cause: 'stopped', reason: reasonOf(stopped.reason) };
    if (this.#failed) {
      const reason = `exit-on-error stopped the run when ${this.#failed.name} failed`;
      return { cause: 'exit-on-error', reason };
    }
    const running = [...this.#running].map(([{ key }, { counts }]) => ({
      key,
      usage: counts?.usage() ?? {},
    }));
    const reason = budget.reasonToSkip(planned, running);
    return reason === undefined ? undefined : { cause: 'budget', reason };
  }

  #skip(planned: PlannedEval, why: NotStarted): AttemptOutcome {
    this.#options.listener.onEvent({ kind: 'eval-not-started', eval: planned, ...why });
    return { status: 'pending', eval: planned, reason: why.reason };
  }

  async #run(planned: PlannedEval): Promise<void> {
    const { listener, exitOnError } = this.#options;
    const live: LiveEval = { startedAt: Date.now(), counts: undefined, responsesBefore: 0 };
    this.#running.set(planned, live);
    this.#gate.started(planned, () => live.counts);
    this.#started += 1;
    listener.onEvent({ kind: 'eval-started', eval: planned, started: this.#started, total: this.#total });
    let outcome: AttemptOutcome;
    try {
      outcome = await executeEval(planned, this.#options, listener.logOf(planned), (counts) => {
        live.counts = counts;
      });
    } catch (error) {
      this.#broken.abort(error);
      outcome = { status: 'pending', eval: planned, reason: reasonOf(error) };
    }
    this.#running.delete(planned);
    this.#gate.ended(planned);
    this.#outcomes.set(planned, outcome);
    if (outcome.status === 'failed' && exitOnError) this.#failed ??= planned;
    this.#ended += 1;
    const tookMs = Date.now() - live.startedAt;
    listener.onEvent({ kind: 'eval-ended', outcome, tookMs, ended: this.#ended, total: this.#total });
  }

  #heartbeat(): Heartbeat {
    const now = Date.now();
    const running = [...this.#running].map(([planned, live]) => progressOf(planned, live, now));
    for (const live of this.#running.values()) live.responsesBefore = live.counts?.responses() ?? 0;
    const trouble = this.#options.gateway.currentTrouble();
    return {
      kind: 'heartbeat',
      running,
      settled: this.#work.reused + this.#outcomes.size,
      total: this.#total,
      // While no responses come, the time left is unknown.
      leftMs: trouble ? undefined : timeLeftMs(this.#advances(), now - this.#startedAt),
      trouble,
    };
  }

  /** How far each eval is. Those that failed, were not started or were stopped say nothing about the time that is left. */
  #advances(): Advance[] {
    return this.#work.evals.flatMap((planned) => {
      const outcome = this.#outcomes.get(planned);
      if (outcome && outcome.status !== 'fresh') return [];
      const expectedMs = this.#work.expectedMs.get(planned) ?? 0;
      const share = outcome
        ? shareOfCompleted(outcome.record)
        : shareOfRunning(planned, this.#running.get(planned)?.counts);
      return [{ expectedMs, ...share }];
    });
  }
}
