/** One attempt at one eval: starts it, notes what ends it, and judges its result. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Engine, EngineLost, type RunningEval } from '../engine/engine.ts';
import { reasonOf } from '../errors.ts';
import type { Lane } from '../gateway/lane/lane.ts';
import type { Log } from '../log.ts';
import { MAX_LAST_LINES } from '../model/attempt-record.ts';
import { type CompletionRecord, MAX_RECORDED_ADAPTATIONS } from '../model/completion-record.ts';
import { describeWritten } from '../model/decision.ts';
import { judgeOf } from '../model/judge.ts';
import type { AttemptOutcome } from '../model/outcome.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { RunIdentity } from '../model/run-identity.ts';
import { type CommandOptions, executedArguments } from '../plan/command.ts';
import { contentAtEnd } from '../plan/written.ts';
import type { Exit } from '../process/group.ts';
import { liveRecordFile } from '../progress/paths.ts';
import type { State } from '../progress/state.ts';
import { readRecordFile } from '../record/record-file.ts';
import { sampleSources } from '../record/sample-sources.ts';
import { AttemptOutput } from './attempt-output.ts';
import { Ending, type EndReason } from './ending.ts';
import { type PythonFailure, placeOf, pythonFailure } from './failure-cause.ts';
import { type FailureCause, type Judgement, judgeAttempt } from './judge-attempt.ts';
import type { RawOutput } from './raw-output.ts';
import { reusedAnswersOf, usageOf } from './recorded-usage.ts';
import { type EvalTimeouts, watchEval } from './watchdog.ts';

export interface AttemptOptions {
  readonly state: State;
  readonly engine: Engine;
  readonly command: CommandOptions;
  readonly run: RunIdentity;
  /** Samples that one eval evaluates at the same time; undefined: evals decides. */
  readonly threads: number | undefined;
  /** Aborted when the run stops, with an Error that says why. */
  readonly stopped: AbortSignal;
  readonly timeouts: EvalTimeouts;
  /** Time between SIGINT and SIGKILL to an eval that has to stop. */
  readonly graceMs?: number;
  /** Called when the engine has the attempt. */
  readonly onRunning?: (running: RunningEval) => void;
  /** Called when the eval has a valid result, before that is recorded. */
  readonly onCompleting?: () => Promise<void>;
}

/** Last lines of the output that are searched for an exception. */
const MAX_SEARCHED_LINES = 500;

const GRACE_MS = 3000;

export interface Attempt {
  readonly outcome: AttemptOutcome;
  readonly endReason: EndReason;
  /** Undefined when the attempt did not fail, or could not be started. */
  readonly cause?: FailureCause;
  readonly startedAt: Date;
  /** The exception that ended it, if it printed one. */
  readonly failure?: PythonFailure | undefined;
}

/** Where the output of an attempt goes. */
export interface AttemptSinks {
  /** Receives what a person may need, and messages. */
  readonly log: Log;
  /** Receives everything. */
  readonly raw: Pick<RawOutput, 'append'>;
}

/**
 * Runs one attempt at an eval to its end. An outcome `fresh` is on disk when this returns.
 * @throws EngineLost
 */
export async function runAttempt(
  planned: PlannedEval,
  lane: Lane,
  options: AttemptOptions,
  { log, raw }: AttemptSinks,
): Promise<Attempt> {
  const startedAt = new Date();
  const recordFile = freshRecordFile(planned, options.state);
  const ended = await runToEnd(planned, recordFile, lane, options, { log, raw });
  if ('startError' in ended) {
    const reason = `it could not be started: ${reasonOf(ended.startError)}`;
    const outcome: AttemptOutcome = { status: 'failed', eval: planned, reason, lastLines: [] };
    return { outcome, endReason: 'not-started', startedAt };
  }
  const { exit, printed, output, endReason, tripped } = ended;
  const failure = exit.code === 0 ? undefined : pythonFailure(printed);
  const judgement = judgeAttempt({
    planned,
    exit,
    record: await readRecordFile(recordFile),
    output,
    failure,
    unanswered: lane.unansweredCount(),
    lost: lane.lost(),
  });
  if (judgement.kind === 'completed') {
    const record = await completionOf(planned, judgement, lane, { recordFile, startedAt }, options, log);
    await options.onCompleting?.();
    options.state.complete(record, recordFile);
    return { outcome: { status: 'fresh', eval: planned, record }, endReason, startedAt };
  }
  if (endReason === 'stopped') {
    const reason = reasonOf(options.stopped.reason);
    return { outcome: { status: 'pending', eval: planned, reason }, endReason, startedAt };
  }
  const { cause } = judgement;
  const reason = endReason === 'timed-out' ? reasonOf(tripped.reason) : judgement.reason;
  const lastLines = printed.slice(-MAX_LAST_LINES);
  // The exception of an eval that was killed says nothing about why.
  const ownFailure = endReason === 'timed-out' ? undefined : failure;
  const outcome: AttemptOutcome = {
    status: 'failed',
    eval: planned,
    reason,
    failure: ownFailure && {
      type: ownFailure.type,
      place: placeOf(ownFailure) ?? null,
      sample: output.sample ?? null,
    },
    lastLines,
  };
  return { outcome, endReason, cause, startedAt, failure: ownFailure };
}

/** The path of a record file that does not exist yet: an earlier attempt, or a run that was killed, may have left one. */
function freshRecordFile({ key }: PlannedEval, { paths }: State): string {
  const path = liveRecordFile(paths, key);
  rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

interface EndedProcess {
  readonly exit: Exit;
  /** The last lines of its output. */
  readonly printed: readonly string[];
  readonly output: AttemptOutput;
  readonly endReason: EndReason;
  /** Aborted if a timeout has passed. */
  readonly tripped: AbortSignal;
}

/** Starts the eval and waits for its end, which the watchdog or the end of the run may bring about. */
async function runToEnd(
  planned: PlannedEval,
  recordFile: string,
  lane: Lane,
  options: AttemptOptions,
  { log, raw }: AttemptSinks,
): Promise<EndedProcess | { readonly startError: unknown }> {
  const printed: string[] = [];
  const output = new AttemptOutput();
  const watchdog = watchEval(options.timeouts, () => lane.lastTrafficAt());
  const { tripped } = watchdog;
  const running = options.engine.start({
    args: executedArguments(planned.command, options.command, recordFile),
    env: { ...lane.env, ...threadsFor(planned, options.threads) },
    onRedraw: watchdog.printed,
    onLine(line) {
      watchdog.printed(line);
      output.note(line);
      printed.push(line);
      if (printed.length > MAX_SEARCHED_LINES) printed.shift();
      raw.append(line);
      // What an eval prints because the run stops is no trouble of the eval.
      if (!options.stopped.aborted) log.child(line);
    },
  });
  options.onRunning?.(running);
  const ending = new Ending(running, options.stopped, tripped, options.graceMs ?? GRACE_MS);
  try {
    const exit = await running.exit;
    ending.exited(exit);
    return { exit, printed, output, endReason: ending.reason, tripped };
  } catch (error) {
    if (error instanceof EngineLost) throw error;
    return { startError: error };
  } finally {
    watchdog.close();
    ending.close();
    // Processes that the eval left behind in its group could continue to send requests.
    running.signal('SIGKILL');
  }
}

async function completionOf(
  planned: PlannedEval,
  judgement: Extract<Judgement, { kind: 'completed' }>,
  lane: Lane,
  { recordFile, startedAt }: { readonly recordFile: string; readonly startedAt: Date },
  options: AttemptOptions,
  log: Log,
): Promise<CompletionRecord> {
  const content = await contentAtEnd(planned);
  const judge = judgeOf(planned);
  if (content.written.length > 0) log.info(describeWritten(content.written));
  return {
    version: 1,
    eval: planned.key,
    argv: [...planned.command],
    ...(judge === undefined ? {} : { judge }),
    ...content,
    metrics: judgement.metrics,
    samples: judgement.samples,
    ...usageOf(lane.attempt(), judgement.record),
    ...reusedAnswersOf(lane.reused()),
    ...(await sampleSourcesOf(lane, recordFile)),
    adaptations: lane.adaptations().slice(0, MAX_RECORDED_ADAPTATIONS),
    models: lane.models(),
    run: options.run,
    started: startedAt.toISOString(),
    ended: new Date().toISOString(),
  };
}

async function sampleSourcesOf(
  lane: Lane,
  recordFile: string,
): Promise<Pick<CompletionRecord, 'sampleSources'>> {
  const { sent, replayed } = lane.attempt();
  const found = sent > 0 && replayed > 0 ? await sampleSources(recordFile, lane.prompts()) : undefined;
  return found ? { sampleSources: found } : {};
}

/** No more threads than samples: the others would only start and end. */
function threadsFor({ samples }: PlannedEval, most: number | undefined): Record<string, string> {
  if (most === undefined) return {};
  return { EVALS_THREADS: String(Math.max(1, Math.min(most, samples ?? most))) };
}
