/** Runs one eval, attempt after attempt, until it completes, has no attempt left, or the run stops. */
import { EngineLost, MAX_LOSSES, type RunningEval } from '../engine/engine.ts';
import { reasonOf } from '../errors.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Lane } from '../gateway/lane/lane.ts';
import type { Log } from '../log.ts';
import type { ModelUsage } from '../model/completion-record.ts';
import { counted, isOrAre } from '../model/format.ts';
import type { AttemptOutcome } from '../model/outcome.ts';
import type { PlannedEval } from '../model/plan.ts';
import { abortedAfter } from '../process/abort.ts';
import type { AnswerStore } from '../progress/answer-store.ts';
import type { Journal } from '../progress/journal.ts';
import type { Journals } from '../progress/journals.ts';
import { liveOutputFile, outputFile } from '../progress/paths.ts';
import { nextAttempt } from './attempt-plan.ts';
import { attemptRecord } from './attempt-record.ts';
import { openAnswers } from './eval-answers.ts';
import { explainStart, openJournal } from './eval-journal.ts';
import { failureSignature, mayDependOnResponses } from './failure-cause.ts';
import { RawOutput } from './raw-output.ts';
import { usageByModel } from './recorded-usage.ts';
import { type Attempt, type AttemptOptions, runAttempt } from './run-attempt.ts';

export interface ExecuteOptions extends AttemptOptions {
  /** How many times to run an eval before it counts as failed. */
  readonly attempts: number;
  readonly gateway: Gateway;
  readonly journals: Journals;
  /** The kept answers of completed evals; undefined without reuse-answers. */
  readonly answers?: AnswerStore | undefined;
  /** Whether responses of an unfinished eval are recorded, and replayed when it runs again. */
  readonly sampleResume: boolean;
  /** When it is aborted, responses that are still in flight are no longer waited for. */
  readonly deadline: AbortSignal;
}

/** Counters of an eval while it runs. */
export interface LiveCounts {
  /** Successful responses in all attempts, replayed ones included. */
  responses(): number;
  /** Those of them that were replayed. */
  replayed(): number;
  /** Requests that have no complete response yet. */
  openRequests(): number;
  /** The responses of this attempt and their tokens, replayed ones included, by model. */
  usage(): Readonly<Record<string, ModelUsage>>;
  /** Its process; undefined when there is none at present. */
  pid(): number | undefined;
}

/** How long an eval that ended without a result waits for responses in flight. They are billed in any case. */
const DRAIN_MS = 15_000;

/**
 * An outcome `fresh` is on disk when this returns.
 *
 * @param log receives the output of the eval, and messages about its attempts
 * @param onStart called once, before the first attempt
 */
export async function executeEval(
  planned: PlannedEval,
  options: ExecuteOptions,
  log: Log,
  onStart: (counts: LiveCounts) => void = () => {},
): Promise<AttemptOutcome> {
  const { paths } = options.state;
  const { repository } = options.run;
  const answers = await openAnswers(planned, { ...options, paths, repository }, log);
  const journal = options.sampleResume
    ? openJournal(planned, { repository, journals: options.journals, stale: answers.stale }, log)
    : undefined;
  const lane = options.gateway.openLane(planned.name, journal, answers.kept);
  let running: RunningEval | undefined;
  onStart({
    responses: () => lane.receivedCount() + lane.traffic().replayed,
    replayed: () => lane.traffic().replayed,
    openRequests: () => lane.openCount(),
    usage: () => usageByModel(lane.attempt().models),
    pid: () => running?.pid,
  });
  const onRunning = (started: RunningEval): void => {
    running = started;
  };
  const raw = new RawOutput(liveOutputFile(paths, planned.key));
  const onCompleting = () => answers.keep(lane, journal);
  const withHooks = { ...options, onRunning, onCompleting };
  const execution: Execution = { planned, lane, journal, options: withHooks, log, raw };
  let status: AttemptOutcome['status'] = 'pending';
  try {
    const outcome = await runAttempts(execution);
    status = outcome.status;
    return outcome;
  } finally {
    raw.keep(outputFile(paths, planned.key));
    await closeLane(execution, status);
  }
}

interface Execution {
  readonly planned: PlannedEval;
  readonly lane: Lane;
  /** Undefined without sample-resume. */
  readonly journal: Journal | undefined;
  readonly options: ExecuteOptions;
  readonly log: Log;
  readonly raw: RawOutput;
}

async function runAttempts(execution: Execution): Promise<AttemptOutcome> {
  const { planned, lane, journal, options, log, raw } = execution;
  const { attempts, state, run } = options;
  /** The last failure that replayed responses may have caused. */
  let suspected: string | undefined;
  for (let attempt = 1, replays = true; ; attempt += 1) {
    const before = lane.traffic();
    const result = await runOnEngine(execution, replays);
    const { outcome } = result;
    const record = (willRetry: boolean) =>
      state.recordAttempt(attemptRecord({ planned, attempt, result, lane, before, willRetry, run }));
    if (outcome.status !== 'failed') {
      record(false);
      return outcome;
    }
    const signature = signatureOf(result, lane);
    // The same failure without replayed responses: they are not its cause, now and in later runs.
    if (!replays && suspected === signature) journal?.markFailed(signature);
    const suspectsReplay = mayComeFromReplay(result, lane) && !(journal?.failedWith(signature) ?? true);
    if (suspectsReplay) suspected = signature;
    const next = nextAttempt({ attempt, replays, suspectsReplay }, attempts);
    record(next.kind === 'run');
    if (next.kind === 'stop') return outcome;
    const description = `attempt ${attempt} of ${Math.max(attempt, attempts)}: ${outcome.reason}; retrying`;
    log.info(description);
    raw.append(`(${description})`);
    replays = next.replays;
  }
}

/** Runs one attempt, and runs it again when the engine loses it: at most `MAX_LOSSES` times. */
async function runOnEngine(execution: Execution, replays: boolean): Promise<Attempt> {
  const { planned, lane, journal, options, log, raw } = execution;
  for (let losses = 0; ; losses += 1) {
    explainStart(lane, journal, replays, log);
    lane.restart(replays);
    try {
      return await runAttempt(planned, lane, options, { log, raw });
    } catch (error) {
      if (!(error instanceof EngineLost) || losses === MAX_LOSSES) throw error;
      log.info(`It runs again; this does not count as an attempt: ${reasonOf(error)}.`);
    }
  }
}

/** Waits for responses in flight if they can be recorded, then closes lane and journal. */
async function closeLane(
  { lane, journal, options, log }: Execution,
  status: AttemptOutcome['status'],
): Promise<void> {
  const sent = lane.sentCount();
  if (status !== 'fresh' && journal && sent > 0) {
    log.debug(`Waiting for ${counted(sent, 'response')} to requests that were already sent to the API.`);
    await lane.drain(abortedAfter(DRAIN_MS, options.deadline));
  }
  lane.close();
  if (status === 'failed' && journal && journal.size > 0 && !journal.stateful)
    log.info(
      `Its ${counted(journal.size, 'recorded response')} ${isOrAre(journal.size)} kept for the next run. To send all requests again, set the input sample-resume to false for one run.`,
    );
  if (status === 'fresh') journal?.drop();
  else journal?.close();
}

/** Whether the eval failed on its own while it used responses of an earlier run, in a way that other responses might change. */
function mayComeFromReplay({ endReason, cause, failure }: Attempt, lane: Lane): boolean {
  if (endReason !== 'exited' || lane.replayedEarlier() === 0) return false;
  // A record that is missing or torn has nothing to do with responses.
  if (cause !== 'exit' && cause !== 'unanswered') return false;
  return lane.lost() !== undefined || failure === undefined || mayDependOnResponses(failure);
}

function signatureOf({ failure }: Attempt, lane: Lane): string {
  return failure ? failureSignature(failure) : (lane.lost()?.words ?? '');
}
