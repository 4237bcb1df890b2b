/** One attempt at one eval: starts it, notes what ends it, and judges what it did. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Engine, EngineLost, type RunningEval } from '../engine/engine.ts';
import { reasonOf } from '../errors.ts';
import type { Lane } from '../gateway/lane/lane.ts';
import type { Log } from '../log.ts';
import { MOST_LAST_LINES } from '../model/attempt-record.ts';
import { type CompletionRecord, MOST_ADAPTATIONS } from '../model/completion-record.ts';
import { describeWritten } from '../model/decision.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { RunIdentity } from '../model/run-identity.ts';
import { addTokens, type Traffic } from '../model/traffic.ts';
import { type CommandParts, executedArguments } from '../plan/command.ts';
import { contentAtEnd } from '../plan/written.ts';
import type { Exit } from '../process/group.ts';
import { liveRecordFile } from '../progress/paths.ts';
import type { State } from '../progress/state.ts';
import { type RecordSummary, readRecordFile } from '../record/record-file.ts';
import { AttemptOutput } from './attempt-output.ts';
import { type PythonFailure, pythonFailure } from './failure-cause.ts';
import { type FailureCause, type Judgement, judgeAttempt } from './judge-attempt.ts';
import { type EvalTimeouts, watchEval } from './watchdog.ts';

export interface AttemptOptions {
  readonly state: State;
  readonly engine: Engine;
  readonly command: Omit<CommandParts, 'evalKey'>;
  readonly run: RunIdentity;
  /** Samples that one eval works on at a time; undefined: evals decides. */
  readonly threads: number | undefined;
  /** Aborted when the run is to end, with an Error that says why. */
  readonly stopped: AbortSignal;
  readonly limits: EvalTimeouts;
  /** Milliseconds between SIGINT and SIGKILL to an eval that is to end. */
  readonly grace?: number;
}

/** Lines of the output in which an exception is looked for. */
const RETAINED_LINES = 500;

const GRACE_MS = 3000;

/** What ended the process of an attempt, noted when it happened: what comes later does not change it. */
export type EndReason = 'exited' | 'killed' | 'timed-out' | 'stopped' | 'not-started';

/** An attempt is never reused. */
export type AttemptOutcome = Exclude<Outcome, { status: 'reused' }>;

export interface Attempt {
  readonly outcome: AttemptOutcome;
  readonly endReason: EndReason;
  /** Why it failed; undefined when it did not, or could not be started. */
  readonly cause?: FailureCause;
  readonly startedAt: Date;
  /** The exception that ended it, when it printed one. */
  readonly failure?: PythonFailure | undefined;
}

/** Runs one attempt at an eval to its end. An outcome `fresh` is on disk when this returns. @throws EngineLost */
export async function runAttempt(
  planned: PlannedEval,
  lane: Lane,
  options: AttemptOptions,
  log: Log,
): Promise<Attempt> {
  const { state, engine, stopped, limits } = options;
  const recordFile = liveRecordFile(state.paths, planned.key);
  rmSync(recordFile, { force: true });
  mkdirSync(dirname(recordFile), { recursive: true });

  const printed: string[] = [];
  const output = new AttemptOutput();
  const startedAt = new Date();
  const watchdog = watchEval(limits, () => lane.lastTrafficAt());
  const running = engine.start({
    args: executedArguments({ ...options.command, evalKey: planned.key }, recordFile),
    env: { ...lane.env, ...threadsFor(planned, options.threads) },
    onRedraw: watchdog.printed,
    onLine(line) {
      watchdog.printed(line);
      output.note(line);
      printed.push(line);
      if (printed.length > RETAINED_LINES) printed.shift();
      log.child(line);
    },
  });
  const ending = new Ending(running, stopped, watchdog.tripped, options.grace ?? GRACE_MS);
  let exit: Exit;
  try {
    exit = await running.exit;
    ending.exited(exit);
  } catch (error) {
    if (error instanceof EngineLost) throw error;
    const reason = `it could not be started: ${reasonOf(error)}`;
    const outcome: AttemptOutcome = { status: 'failed', eval: planned, reason, lastLines: [] };
    return { outcome, endReason: 'not-started', startedAt };
  } finally {
    watchdog.close();
    ending.close();
    // What the eval left running in its process group would continue to spend.
    running.signal('SIGKILL');
  }

  const endReason = ending.reason;
  const failure = exit.code === 0 ? undefined : pythonFailure(printed);
  const judgement = judgeAttempt({
    planned,
    exit,
    record: await readRecordFile(recordFile),
    output,
    failure,
    unanswered: lane.unansweredCount(),
    refusal: lane.refusal(),
  });
  if (judgement.kind === 'done') {
    const record = await completionOf(planned, judgement, lane, startedAt, options, log);
    state.complete(record, recordFile);
    return { outcome: { status: 'fresh', eval: planned, record }, endReason, startedAt };
  }
  const lastLines = printed.slice(-MOST_LAST_LINES);
  const { cause } = judgement;
  switch (endReason) {
    case 'stopped': {
      const reason = reasonOf(stopped.reason);
      return { outcome: { status: 'pending', eval: planned, reason }, endReason, startedAt };
    }
    case 'timed-out': {
      const reason = reasonOf(watchdog.tripped.reason);
      return { outcome: { status: 'failed', eval: planned, reason, lastLines }, endReason, cause, startedAt };
    }
    default: {
      const { reason } = judgement;
      const outcome: AttemptOutcome = { status: 'failed', eval: planned, reason, lastLines };
      return { outcome, endReason, cause, failure, startedAt };
    }
  }
}

async function completionOf(
  planned: PlannedEval,
  judgement: Extract<Judgement, { kind: 'done' }>,
  lane: Lane,
  startedAt: Date,
  options: AttemptOptions,
  log: Log,
): Promise<CompletionRecord> {
  const content = await contentAtEnd(planned);
  if (content.written.length > 0) log.info(describeWritten(content.written));
  return {
    version: 1,
    eval: planned.key,
    argv: [...planned.command],
    ...content,
    metrics: judgement.metrics,
    samples: judgement.samples,
    ...accounting(lane.attempt(), judgement.record),
    adaptations: lane.adaptations().slice(0, MOST_ADAPTATIONS),
    run: options.run,
    started: startedAt.toISOString(),
    ended: new Date().toISOString(),
  };
}

/** Notes what ends an attempt first, and ends its processes when the run or a limit does. */
class Ending {
  readonly #running: RunningEval;
  readonly #graceMs: number;
  readonly #listeners: readonly (readonly [AbortSignal, () => void])[];
  #reason: EndReason | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(running: RunningEval, stopped: AbortSignal, tripped: AbortSignal, graceMs: number) {
    this.#running = running;
    this.#graceMs = graceMs;
    this.#listeners = [
      [stopped, () => this.#end('stopped')],
      [tripped, () => this.#end('timed-out')],
    ];
    for (const [signal, listener] of this.#listeners) {
      signal.addEventListener('abort', listener, { once: true });
      if (signal.aborted) listener();
    }
  }

  get reason(): EndReason {
    return this.#reason ?? 'exited';
  }

  exited({ signal }: Exit): void {
    this.#reason ??= signal === null ? 'exited' : 'killed';
  }

  close(): void {
    for (const [signal, listener] of this.#listeners) signal.removeEventListener('abort', listener);
    clearTimeout(this.#timer);
  }

  /** SIGINT lets `oaieval` flush what it recorded; what is still running after the grace period is killed. */
  #end(reason: EndReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#running.signal('SIGINT');
    this.#timer = setTimeout(() => this.#running.signal('SIGKILL'), this.#graceMs);
  }
}

/** A thread that has no sample to work on is only started and ended. */
function threadsFor({ samples }: PlannedEval, most: number | undefined): Record<string, string> {
  if (most === undefined) return {};
  return { EVALS_THREADS: String(Math.max(1, Math.min(most, samples ?? most))) };
}

/** The gateway has counted what went through it; an eval that goes round it has only its record. */
function accounting(
  { sent, replayed, tokensSent, tokensReplayed }: Traffic,
  record: RecordSummary,
): Pick<CompletionRecord, 'tokens' | 'requests'> {
  const requests = { sent, replayed };
  if (sent + replayed === 0) return { tokens: { ...record.tokens, cached: 0, reasoning: 0 }, requests };
  const { prompt, completion, cached, reasoning } = addTokens(tokensSent, tokensReplayed);
  return { tokens: { prompt, completion, total: prompt + completion, cached, reasoning }, requests };
}
