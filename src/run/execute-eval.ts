/** Runs one eval, as often as it may be tried, and records how each attempt ended. */
import { EngineLost } from '../engine/engine.ts';
import { reasonOf } from '../errors.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Lane } from '../gateway/lane/lane.ts';
import type { Log } from '../log.ts';
import { wholeNumber } from '../model/format.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedEval } from '../model/plan.ts';
import { addTokens, type Traffic } from '../model/traffic.ts';
import { abortedAfter } from '../process/abort.ts';
import type { Journals } from '../progress/journals.ts';
import { nextAttempt } from './attempt-plan.ts';
import { attemptRecord } from './attempt-record.ts';
import { explainStart, openJournal } from './eval-journal.ts';
import { failureSignature, mayBeOfAnswers } from './failure-cause.ts';
import { type Attempt, type AttemptOptions, runAttempt } from './run-attempt.ts';

export interface ExecuteOptions extends AttemptOptions {
  /** How many times to run an eval before it counts as failed. */
  readonly attempts: number;
  readonly gateway: Gateway;
  readonly journals: Journals;
  /** Whether responses of an unfinished eval are recorded, and replayed when it runs again. */
  readonly sampleResume: boolean;
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
  const journal = options.sampleResume
    ? openJournal(planned, options.run.repository, options.journals, log)
    : undefined;
  const lane = gateway.openLane(planned.name, journal);
  onProgress({ answers: () => answersOf(lane.traffic()), tokens: () => tokensOf(lane.attempt()) });
  let outcome: Outcome = { status: 'pending', eval: planned, reason: 'not started' };
  /** The failure that recorded answers are suspected of. */
  let suspected: string | undefined;
  try {
    for (let attempt = 1, replays = true; ; ) {
      explainStart(lane, journal, replays, log);
      lane.restart(replays);
      const before = lane.traffic();
      const result = await runAttempt(planned, lane, options, log).catch((error: unknown) => {
        if (error instanceof EngineLost) return error;
        throw error;
      });
      if (result instanceof EngineLost) {
        log.info(`It runs again; this does not count as an attempt: ${reasonOf(result)}`);
        continue;
      }
      ({ outcome } = result);
      const record = (willRetry: boolean) =>
        options.state.recordAttempt(
          attemptRecord({ planned, attempt, result, lane, before, willRetry, run: options.run }),
        );
      if (outcome.status !== 'failed') {
        record(false);
        return outcome;
      }
      const signature = signatureOfAttempt(result, lane);
      if (!replays && suspected === signature) journal?.markFailed(signature);
      const suspectsAnswers = isSuspect(result, lane) && !(journal?.failedWith(signature) ?? true);
      if (suspectsAnswers) suspected = signature;
      const next = nextAttempt({ attempt, replayed: replays, suspectsAnswers }, attempts);
      const number = `attempt ${attempt} of ${Math.max(attempt, attempts)}: ${outcome.reason}`;
      record(next.kind !== 'stop');
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
        `Its ${wholeNumber(journal.size)} recorded responses are kept for the next run. To send all requests again, set the input sample-resume to false for one run.`,
      );
    if (outcome.status === 'fresh') journal?.drop();
    else journal?.close();
  }
}

/** Whether it failed by itself while it used answers of an earlier run, in a way that other answers might change. */
function isSuspect({ endReason, cause, failure }: Attempt, lane: Lane): boolean {
  if (endReason !== 'exited' || lane.replayedEarlier() === 0) return false;
  // A record that is missing or torn says nothing about answers.
  if (cause !== 'exit' && cause !== 'unanswered') return false;
  return lane.refusal() !== undefined || failure === undefined || mayBeOfAnswers(failure);
}

function signatureOfAttempt({ failure }: Attempt, lane: Lane): string {
  return failure ? failureSignature(failure) : (lane.refusal() ?? '');
}

function tokensOf({ tokensSent, tokensReplayed }: Traffic): number {
  const { prompt, completion } = addTokens(tokensSent, tokensReplayed);
  return prompt + completion;
}

function answersOf({ sent, replayed, failed }: Traffic): number {
  return Math.max(0, sent + replayed - failed);
}
