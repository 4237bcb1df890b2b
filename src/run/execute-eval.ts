/** Runs one eval, as often as it may be tried, and records it when it ends well. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Engine, EngineLost, type RunningEval } from '../engine/engine.ts';
import { reasonOf } from '../errors.ts';
import type { Gateway, Lane } from '../gateway/gateway.ts';
import type { Log } from '../log.ts';
import { type CompletionRecord, MOST_ADAPTATIONS } from '../model/completion-record.ts';
import { describeReason, describeWritten } from '../model/decision.ts';
import { wholeNumber } from '../model/format.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedEval } from '../model/plan.ts';
import { addTokens, type Traffic } from '../model/traffic.ts';
import { type CommandParts, executedArguments } from '../plan/command.ts';
import { changedParts, journalOwner } from '../plan/content.ts';
import { contentAtEnd } from '../plan/written.ts';
import { abortedAfter } from '../process/abort.ts';
import type { Exit } from '../process/group.ts';
import type { Journal } from '../progress/journal.ts';
import type { Journals } from '../progress/journals.ts';
import { liveRecordFile } from '../progress/paths.ts';
import type { State } from '../progress/state.ts';
import { type RecordSummary, readRecordFile } from '../record/record-file.ts';
import { AttemptOutput } from './attempt-output.ts';
import { nextAttempt } from './attempt-plan.ts';
import { failureSignature, mayBeOfAnswers, type PythonFailure, pythonFailure } from './failure-cause.ts';
import { type FailureCause, judgeAttempt } from './judge-attempt.ts';
import { type EvalTimeouts, watchEval } from './watchdog.ts';

export interface ExecuteOptions {
  readonly state: State;
  readonly engine: Engine;
  /** What `oaieval` is called with, besides the eval. */
  readonly command: Omit<CommandParts, 'evalKey'>;
  readonly run: CompletionRecord['run'];
  /** How often an eval is tried before it has failed. */
  readonly attempts: number;
  readonly gateway: Gateway;
  /** Whether answers of an eval that has not finished are kept, and used when it runs again. */
  readonly sampleResume: boolean;
  /** Samples that one eval works on at a time; undefined: evals decides. */
  readonly threads: number | undefined;
  /** Aborted when the run is to end, with an Error that says why: what runs is ended, its answers are kept. */
  readonly stopped: AbortSignal;
  readonly limits: EvalTimeouts;
  readonly journals: Journals;
  /** Milliseconds between SIGINT and SIGKILL to an eval that is to end. */
  readonly grace?: number;
  /** Aborted when responses that are still in flight are no longer waited for. */
  readonly deadline: AbortSignal;
}

/** What others may know of an eval while it runs. */
export interface Progress {
  /** API answers it has got so far, kept ones included. */
  answers(): number;
  /** Prompt and completion tokens of this attempt's answers, kept ones included. */
  tokens(): number;
}

/** Lines of what an eval printed that are kept: those that are shown, and those in which its exception is looked for. */
const SHOWN_LINES = 30;
const KEPT_LINES = 500;

/** Milliseconds that an eval which ended without a result waits for what it has requested, and pays for. */
const DRAIN_MS = 15_000;

/** An outcome `fresh` is on disk when this returns. `log` is the eval's own. */
export async function executeEval(
  planned: PlannedEval,
  options: ExecuteOptions,
  log: Log,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Outcome> {
  const { gateway, attempts } = options;
  const journal = options.sampleResume ? openJournal(planned, options, log) : undefined;
  const lane = gateway.openLane(planned.name, journal);
  onProgress({ answers: () => answersOf(lane.traffic()), tokens: () => tokensOf(lane.attempt()) });
  let outcome: Outcome = { status: 'pending', eval: planned, reason: 'not started' };
  /** The failure that recorded answers are suspected of. */
  let suspected: string | undefined;
  try {
    for (let attempt = 1, replays = true; ; ) {
      explainStart(lane, journal, replays, log);
      lane.restart(replays);
      let result: Attempt;
      try {
        result = await runOnce(planned, lane, options, log);
      } catch (error) {
        if (!(error instanceof EngineLost)) throw error;
        log.info(`It runs again, which does not count as an attempt: ${reasonOf(error)}`);
        continue;
      }
      ({ outcome } = result);
      if (outcome.status !== 'failed') return outcome;
      const signature = signatureOfAttempt(result, lane);
      if (!replays && suspected === signature) journal?.markFailed(signature);
      const suspectsAnswers = isSuspect(result, lane) && !(journal?.failedWith(signature) ?? true);
      if (suspectsAnswers) suspected = signature;
      const next = nextAttempt({ attempt, replayed: replays, suspectsAnswers }, attempts);
      const number = `attempt ${attempt} of ${Math.max(attempt, attempts)}: ${outcome.reason}`;
      if (next.kind === 'stop') {
        log.info(number);
        return outcome;
      }
      log.info(`${number}; trying again`);
      ({ replays } = next);
      attempt += 1;
    }
  } finally {
    const sent = lane.sentCount();
    if (outcome.status !== 'fresh' && journal && sent > 0) {
      log.info(`Waiting for ${wholeNumber(sent)} requests that were already sent to the API.`);
      await lane.drain(abortedAfter(DRAIN_MS, options.deadline));
    }
    lane.close();
    if (outcome.status === 'failed' && journal && journal.size > 0 && !journal.stateful)
      log.info(
        `Its ${wholeNumber(journal.size)} recorded answers are kept for the next run. To request all of them again, set the input sample-resume to false for one run.`,
      );
    if (outcome.status === 'fresh') journal?.drop();
    else journal?.close();
  }
}

function explainStart(lane: Lane, journal: Journal | undefined, replays: boolean, log: Log): void {
  if (journal?.stateful) {
    const made = lane.stateMadeBy();
    log.info(
      `It starts from its first request: it makes or uses something that the API keeps${made ? ` (${made})` : ''}, such as a conversation or a file, and answers about that cannot be replayed.`,
    );
  } else if (!replays) {
    log.info(
      'Its last attempt does not use recorded answers: it failed while it used some of an earlier run. They are kept.',
    );
  }
}

/** Whether it failed by itself while it used answers of an earlier run, in a way that other answers might change. */
function isSuspect({ endedOnItsOwn, cause, failure }: Attempt, lane: Lane): boolean {
  if (!endedOnItsOwn || lane.replayedEarlier() === 0) return false;
  // A record that is missing or torn says nothing about answers.
  if (cause !== 'exit' && cause !== 'unanswered') return false;
  return lane.refusal() !== undefined || failure === undefined || mayBeOfAnswers(failure);
}

function signatureOfAttempt({ failure }: Attempt, lane: Lane): string {
  return failure ? failureSignature(failure) : (lane.refusal() ?? '');
}

function openJournal(planned: PlannedEval, { journals, run }: ExecuteOptions, log: Log): Journal {
  const owner = journalOwner(planned, run.repository);
  const { journal, staleParts, damaged, rejected } = journals.open(owner);
  if (staleParts) {
    const changes = describeReason({ kind: 'changed', parts: changedParts(staleParts, owner.parts) });
    log.info(`answers kept from an earlier attempt are not used: ${changes}`);
  }
  for (const { path, why } of rejected)
    log.warning(
      `Files among the recorded answers of ${planned.name} are not used: ${why}. They were moved to ${path}; delete it when you do not need it.`,
      'State set aside',
    );
  if (damaged > 0)
    log.info(`${damaged} damaged lines of the journal are passed over; their answers are asked for again`);
  if (journal.size > 0) {
    const of =
      planned.samples !== null && planned.samples >= journal.size
        ? ` of ${wholeNumber(planned.samples)}`
        : '';
    log.info(`resumes with ${wholeNumber(journal.size)}${of} answers kept`);
  }
  return journal;
}

interface Attempt {
  readonly outcome: Outcome;
  /** Whether neither a limit nor the end of the run stopped it. */
  readonly endedOnItsOwn: boolean;
  /** Why it failed; undefined when it did not, or could not be started. */
  readonly cause?: FailureCause;
  /** The exception that ended it, when it printed one. */
  readonly failure?: PythonFailure | undefined;
}

async function runOnce(
  planned: PlannedEval,
  lane: Lane,
  options: ExecuteOptions,
  log: Log,
): Promise<Attempt> {
  const { state, engine, stopped, threads, limits } = options;
  const recordFile = liveRecordFile(state.paths, planned.key);
  rmSync(recordFile, { force: true });
  mkdirSync(dirname(recordFile), { recursive: true });

  const printed: string[] = [];
  const output = new AttemptOutput();
  const started = new Date();
  const watch = watchEval(limits, () => lane.lastTrafficAt());
  const running = engine.start({
    args: executedArguments({ ...options.command, evalKey: planned.key }, recordFile),
    env: { ...lane.env, ...threadsFor(planned, threads) },
    onRedraw: watch.printed,
    onLine(line) {
      watch.printed(line);
      output.note(line);
      printed.push(line);
      if (printed.length > KEPT_LINES) printed.shift();
      log.child(line);
    },
  });
  const release = endWhenStopped(running, [stopped, watch.tripped], options.grace ?? 3000);
  let exit: Exit;
  try {
    exit = await running.exit;
  } catch (error) {
    if (error instanceof EngineLost) throw error;
    const reason = `it could not be started: ${reasonOf(error)}`;
    return { outcome: { status: 'failed', eval: planned, reason, lastLines: [] }, endedOnItsOwn: false };
  } finally {
    watch.close();
    release();
    // What the eval left running in its process group would go on spending.
    running.signal('SIGKILL');
  }

  const record = await readRecordFile(recordFile);
  const endedOnItsOwn = exit.signal === null && !stopped.aborted && !watch.tripped.aborted;
  const failure = exit.code === 0 ? undefined : pythonFailure(printed);
  const judgement = judgeAttempt({
    planned,
    exit,
    record,
    output,
    failure,
    unanswered: lane.unansweredCount(),
    refusal: lane.refusal(),
  });
  if (judgement.kind === 'failed') {
    if (stopped.aborted)
      return {
        outcome: { status: 'pending', eval: planned, reason: reasonOf(stopped.reason) },
        endedOnItsOwn,
      };
    const reason = watch.tripped.aborted ? reasonOf(watch.tripped.reason) : judgement.reason;
    const lastLines = printed.slice(-SHOWN_LINES);
    return {
      outcome: { status: 'failed', eval: planned, reason, lastLines },
      endedOnItsOwn,
      cause: judgement.cause,
      failure,
    };
  }
  const content = await contentAtEnd(planned);
  if (content.written.length > 0) log.info(describeWritten(content.written));
  const completion: CompletionRecord = {
    version: 1,
    eval: planned.key,
    argv: [...planned.command],
    ...content,
    metrics: judgement.metrics,
    samples: judgement.samples,
    ...accounting(lane.attempt(), judgement.record),
    adaptations: lane.adaptations().slice(0, MOST_ADAPTATIONS),
    run: options.run,
    started: started.toISOString(),
    ended: new Date().toISOString(),
  };
  state.complete(completion, recordFile);
  return { outcome: { status: 'fresh', eval: planned, record: completion }, endedOnItsOwn };
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

function tokensOf({ tokensSent, tokensReplayed }: Traffic): number {
  const { prompt, completion } = addTokens(tokensSent, tokensReplayed);
  return prompt + completion;
}

function answersOf({ sent, replayed, failed }: Traffic): number {
  return Math.max(0, sent + replayed - failed);
}

/** SIGINT lets `oaieval` flush what it recorded; what is still there after the grace period is killed. */
function endWhenStopped(running: RunningEval, stops: readonly AbortSignal[], grace: number): () => void {
  const stopped = AbortSignal.any([...stops]);
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    running.signal('SIGINT');
    timer = setTimeout(() => running.signal('SIGKILL'), grace);
  };
  stopped.addEventListener('abort', end, { once: true });
  if (stopped.aborted) end();
  return () => {
    stopped.removeEventListener('abort', end);
    clearTimeout(timer);
  };
}
