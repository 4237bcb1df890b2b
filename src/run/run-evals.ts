/** Runs what remains of the set, several evals at a time, and says how every eval stands. */
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Decision } from '../model/decision.ts';
import { duration, metricText } from '../model/format.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedEval } from '../model/plan.ts';
import { failureAnnotation } from '../report/failure.ts';
import { mainMetric } from '../report/main-metric.ts';
import type { Budget } from './budget.ts';
import { type ExecuteOptions, executeEval } from './execute-eval.ts';
import { BufferedLog, heartbeat, type RunningNow } from './live-log.ts';
import { expectedDurations, longestFirst } from './schedule.ts';

export interface RunOptions extends ExecuteOptions {
  readonly log: Log;
  readonly exitOnError: boolean;
  readonly budget: Budget;
  /** Evals that run at a time. */
  readonly parallelEvals: number;
  /** Called when an eval has ended, with the milliseconds it took. */
  readonly onEnded?: (milliseconds: number) => void;
  /** Milliseconds between two lines that say how far the run is. */
  readonly heartbeat?: number;
}

const HEARTBEAT = 30_000;

/** Decisions in, outcomes out, in the same order. Every outcome `fresh` is on disk when this returns. */
export async function runEvals(decisions: readonly Decision[], options: RunOptions): Promise<Outcome[]> {
  const { state } = options;
  const toRun = decisions.filter((decision) => decision.kind === 'run').map((decision) => decision.eval);
  // Records of content that has changed since still tell how long an eval takes.
  const expected = expectedDurations(toRun, state.records);
  state.forget(toRun.map((planned) => planned.command));
  options.journals.retain(options.sampleResume ? toRun.map((planned) => planned.key) : []);
  for (const decision of decisions) {
    // Done under other arguments that change no result: the line makes plain `oaievalset` skip it as well.
    if (decision.kind === 'reuse' && decision.record && !state.isDone(decision.eval.command)) {
      state.complete({ ...decision.record, argv: [...decision.eval.command] });
    }
  }
  const outcomes = await new Run(toRun, expected, decisions.length, options).outcomes();
  return decisions.map(
    (decision) =>
      outcomes.get(decision.eval) ?? {
        status: 'reused',
        eval: decision.eval,
        record: decision.kind === 'reuse' ? decision.record : undefined,
      },
  );
}

class Run {
  readonly #options: RunOptions;
  readonly #expected: ReadonlyMap<PlannedEval, number>;
  readonly #waiting: PlannedEval[];
  readonly #running = new Map<PlannedEval, RunningNow>();
  readonly #outcomes = new Map<PlannedEval, Outcome>();
  readonly #reused: number;
  readonly #total: number;
  readonly #since = Date.now();
  /** Aborted when what an eval did cannot be recorded: then nothing more is to be spent. */
  readonly #broken = new AbortController();
  /** Groups are printed one after the other. */
  #printing: Promise<void> = Promise.resolve();
  #begun = 0;
  #printed = 0;
  #stopped: string | undefined;

  constructor(
    evals: readonly PlannedEval[],
    expected: ReadonlyMap<PlannedEval, number>,
    total: number,
    options: RunOptions,
  ) {
    this.#options = { ...options, stopped: AbortSignal.any([options.stopped, this.#broken.signal]) };
    this.#expected = expected;
    // One at a time, the order of the set is what people expect, and no order is faster.
    this.#waiting = options.parallelEvals > 1 ? longestFirst(evals, expected) : [...evals];
    this.#reused = total - evals.length;
    this.#total = total;
  }

  async outcomes(): Promise<ReadonlyMap<PlannedEval, Outcome>> {
    const { log, parallelEvals } = this.#options;
    const beat = setInterval(() => log.info(this.#heartbeat()), this.#options.heartbeat ?? HEARTBEAT);
    try {
      await Promise.all(Array.from({ length: parallelEvals }, () => this.#worker()));
    } finally {
      clearInterval(beat);
    }
    this.#broken.signal.throwIfAborted();
    return this.#outcomes;
  }

  async #worker(): Promise<void> {
    for (let planned = this.#waiting.shift(); planned; planned = this.#waiting.shift()) {
      const why = this.#whyNot(planned);
      try {
        const outcome: Outcome = why
          ? { status: 'pending', eval: planned, reason: why }
          : await this.#run(planned);
        this.#outcomes.set(planned, outcome);
      } catch (error) {
        this.#broken.abort(error);
      }
    }
  }

  #whyNot(planned: PlannedEval): string | undefined {
    const { stopped, budget, log } = this.#options;
    if (stopped.aborted) return reasonOf(stopped.reason);
    if (this.#stopped !== undefined) return this.#stopped;
    const running = [...this.#running].map(([{ key }, { progress }]) => ({
      key,
      tokens: progress?.tokens() ?? 0,
    }));
    const why = budget.reasonToSkip(planned, running);
    if (why !== undefined) log.info(`${planned.name} is not started: ${why}`);
    return why;
  }

  async #run(planned: PlannedEval): Promise<Outcome> {
    const { log, parallelEvals, exitOnError } = this.#options;
    const started = Date.now();
    this.#begun += 1;
    const alone = parallelEvals === 1;
    const title = `[${this.#reused + this.#begun}/${this.#total}] ${planned.name}`;
    const own = alone ? log : new BufferedLog(log);
    const execute = () =>
      executeEval(planned, this.#options, own, (progress) => {
        this.#running.set(planned, {
          name: planned.name,
          since: started,
          samples: planned.samples,
          expected: this.#expected.get(planned) ?? 0,
          progress,
        });
      });
    const outcome = await (alone ? log.group(title, execute) : execute());
    this.#running.delete(planned);
    this.#options.onEnded?.(Date.now() - started);
    const told = tell(outcome, Date.now() - started);
    if (own instanceof BufferedLog) {
      this.#printed += 1;
      const title = `[${this.#reused + this.#printed}/${this.#total}] ${planned.name} … ${told}`;
      this.#printing = this.#printing.then(() => own.print(title));
      await this.#printing;
    } else {
      log.info(`${title} … ${told}`);
    }
    if (outcome.status === 'failed') {
      this.#annotate(outcome);
      if (exitOnError) this.#stopped ??= `exit-on-error stopped the run when ${planned.name} failed`;
    }
    return outcome;
  }

  #ended(): number {
    return this.#outcomes.size;
  }

  #annotate(outcome: Extract<Outcome, { status: 'failed' }>): void {
    const { log, attempts } = this.#options;
    log.info(`The last ${outcome.lastLines.length} lines that ${outcome.eval.name} printed:`);
    for (const line of outcome.lastLines) log.child(line);
    log.error(
      failureAnnotation(outcome.reason, attempts, outcome.lastLines),
      `Eval ${outcome.eval.name} failed`,
    );
  }

  #heartbeat(): string {
    const sum = (evals: Iterable<PlannedEval>) =>
      [...evals].reduce((total, planned) => total + (this.#expected.get(planned) ?? 0), 0);
    const run = {
      running: [...this.#running.values()],
      ended: this.#reused + this.#ended(),
      total: this.#total,
      expectedEnded: sum(this.#outcomes.keys()),
      expectedWaiting: sum(this.#waiting),
      since: this.#since,
    };
    return heartbeat(run, Date.now());
  }
}

function tell(outcome: Outcome, milliseconds: number): string {
  if (outcome.status === 'fresh') {
    const metric = mainMetric(outcome.eval.metrics, outcome.record.metrics);
    const shown = metric ? ` (${metric.name} ${metricText(metric.value)})` : '';
    return `done in ${duration(milliseconds)}${shown}`;
  }
  if (outcome.status === 'failed') return `failed after ${duration(milliseconds)}`;
  return `not completed: ${outcome.status === 'pending' ? outcome.reason : outcome.status}`;
}
