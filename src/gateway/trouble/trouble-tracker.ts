/**
 * Recognises a trouble of the API from the requests that fail and succeed, and says when there is something to report. Pure:
 * it knows no clock and no timer.
 *
 * A few failed requests are no trouble, because they are retried. Trouble is a time in which at least half of the requests
 * fail, or all of them wait to be retried.
 */
import type { ApiTrouble, TroubleCause, TroubleChange } from '../../model/api-trouble.ts';
import { RecentOutcomes } from './recent-outcomes.ts';

export interface TroublePolicy {
  /** Failures that last at least this long are trouble. */
  readonly afterMs: number;
  /** Trouble is over when this much time has passed without it. Doubles with each trouble, so that an API that comes and goes is one. */
  readonly calmMs: number;
  readonly maxCalmMs: number;
  /** Failures that have not become trouble are forgotten after this much time without them. */
  readonly forgetMs: number;
  /** The first time between two reports of one trouble, which doubles. */
  readonly repeatMs: number;
  /** The same for reports of another cause. */
  readonly otherCauseMs: number;
  /** How long another cause must be the only one before it is reported. */
  readonly settledCauseMs: number;
}

export const defaultTroublePolicy: TroublePolicy = {
  afterMs: 8000,
  calmMs: 5000,
  maxCalmMs: 5 * 60_000,
  forgetMs: 2000,
  repeatMs: 60_000,
  otherCauseMs: 10_000,
  settledCauseMs: 2000,
};

/** Times are milliseconds since the epoch. */
export interface FailedRequest {
  readonly cause: TroubleCause;
  readonly sentAt: number;
  /** When it will be retried; undefined: it will not. */
  readonly retryAt: number | undefined;
}

export interface TroubleReport {
  readonly change: TroubleChange;
  readonly trouble: ApiTrouble;
}

interface Failing {
  readonly since: number;
  cause: TroubleCause;
  /** Since when this kind of cause has been the only one. */
  causeSince: number;
  failed: number;
  /** Successes before the last failure. */
  succeeded: number;
  /** Successes since the last failure. If none follows, they come after the trouble. */
  succeededSince: number;
  /** The same, with errors that concern one request alone. */
  respondedSince: number;
  lastFailureAt: number;
  /** When the last of the failed requests will have been retried. */
  retriedAt: number;
  /** Since when most requests have succeeded; undefined while they fail. */
  calmSince: number | undefined;
  /** What was reported; undefined while it is no trouble. */
  reported: Reported | undefined;
}

interface Reported {
  readonly at: number;
  readonly kind: TroubleCause['kind'];
  readonly repeats: number;
  readonly otherCauses: number;
}

/** Less is too short for the end of a run to mention it when it was not reported. */
const MIN_UNREPORTED_MS = 3000;

export class TroubleTracker {
  readonly #policy: TroublePolicy;
  readonly #recent = new RecentOutcomes();
  #failing: Failing | undefined;
  #lastSuccessAt = 0;
  #troubles = 0;
  #longest: ApiTrouble | undefined;

  constructor(policy: TroublePolicy = defaultTroublePolicy) {
    this.#policy = policy;
  }

  /** Whether time alone may bring something to report. */
  get isOpen(): boolean {
    return this.#failing !== undefined;
  }

  failed({ cause, sentAt, retryAt = 0 }: FailedRequest, now: number): void {
    this.#recent.add('failed', now);
    // Nothing came for as long as the request was in flight.
    const since = cause.kind === 'timeout' ? Math.max(sentAt, this.#lastSuccessAt) : now;
    const failing = this.#failing ?? newFailing(since, cause, now);
    this.#failing = failing;
    if (failing.cause.kind !== cause.kind) failing.causeSince = now;
    failing.cause = cause;
    failing.failed += 1;
    failing.lastFailureAt = now;
    failing.retriedAt = Math.max(failing.retriedAt, retryAt);
    failing.succeeded += failing.succeededSince;
    failing.succeededSince = 0;
    failing.respondedSince = 0;
    if (this.#recent.mostFailed(now)) failing.calmSince = undefined;
  }

  /** @param isSuccess false: the API responded with an error that concerns this request alone */
  responded(isSuccess: boolean, now: number): void {
    this.#recent.add('succeeded', now);
    this.#lastSuccessAt = now;
    const failing = this.#failing;
    if (!failing) return;
    failing.respondedSince += 1;
    if (isSuccess) failing.succeededSince += 1;
    this.#noteCalm(failing, now);
  }

  /** What there is to report now. To be called about once a second while `isOpen`. */
  check(now: number): TroubleReport | undefined {
    const failing = this.#failing;
    if (!failing) return undefined;
    this.#noteCalm(failing, now);
    const { reported, calmSince } = failing;
    if (calmSince !== undefined) {
      const calmMs = reported ? this.#calmMs() : this.#policy.forgetMs;
      return now - calmSince < calmMs ? undefined : this.#end(failing, calmSince);
    }
    const change = reported
      ? this.#changeSince(reported, failing, now)
      : now - failing.since >= this.#policy.afterMs && this.#stillFails(failing, now)
        ? 'began'
        : undefined;
    return change && this.#report(change, failing, now);
  }

  /** What there is to report at the end of the run: a trouble that is over, although it is not calm for long. */
  finish(): TroubleReport | undefined {
    const failing = this.#failing;
    return failing?.calmSince === undefined ? undefined : this.#end(failing, failing.calmSince);
  }

  /** The trouble that keeps responses from coming at present. */
  current(now: number): ApiTrouble | undefined {
    const failing = this.#failing;
    if (!failing || failing.calmSince !== undefined) return undefined;
    const { reported, succeeded, succeededSince, since } = failing;
    const isNothingComing = succeeded + succeededSince === 0 && now - since >= MIN_UNREPORTED_MS;
    const isTrouble = reported !== undefined || (isNothingComing && this.#stillFails(failing, now));
    return isTrouble ? lasting(failing, now) : undefined;
  }

  /** The trouble that the end of a run should mention: the one that lasts, or else the longest. */
  worst(now: number): ApiTrouble | undefined {
    const current = this.current(now);
    if (current) return current;
    const failing = this.#failing;
    if (failing?.reported) this.#remember(ended(failing, failing.calmSince ?? now));
    return this.#longest;
  }

  /** It is calm when most requests of the last seconds, or as many as failed in them, have got a response since. */
  #noteCalm(failing: Failing, now: number): void {
    const { respondedSince } = failing;
    const isCalm = !this.#recent.mostFailed(now) || respondedSince >= this.#recent.failures(now);
    if (respondedSince > 0 && isCalm) failing.calmSince ??= now;
  }

  /** Whether requests fail or wait to be retried. Those that have been in flight since their retry may succeed. */
  #stillFails({ lastFailureAt, retriedAt }: Failing, now: number): boolean {
    return now < retriedAt || this.#recent.isRecent(lastFailureAt, now);
  }

  #changeSince(reported: Reported, failing: Failing, now: number): TroubleChange | undefined {
    const { repeatMs, otherCauseMs, settledCauseMs } = this.#policy;
    if (!this.#stillFails(failing, now)) return undefined;
    const passedMs = now - reported.at;
    const isOther = failing.cause.kind !== reported.kind && now - failing.causeSince >= settledCauseMs;
    if (isOther && passedMs >= otherCauseMs * 2 ** reported.otherCauses) return 'other-cause';
    return passedMs >= repeatMs * 2 ** reported.repeats ? 'lasts' : undefined;
  }

  #report(change: TroubleChange, failing: Failing, now: number): TroubleReport {
    const { repeats = 0, otherCauses = 0 } = failing.reported ?? {};
    if (change === 'began') this.#troubles += 1;
    failing.reported = {
      at: now,
      kind: failing.cause.kind,
      repeats: repeats + (change === 'lasts' ? 1 : 0),
      otherCauses: otherCauses + (change === 'other-cause' ? 1 : 0),
    };
    return { change, trouble: lasting(failing, now) };
  }

  #calmMs(): number {
    const { calmMs, maxCalmMs } = this.#policy;
    return Math.min(maxCalmMs, calmMs * 2 ** (this.#troubles - 1));
  }

  #end(failing: Failing, at: number): TroubleReport | undefined {
    this.#failing = undefined;
    if (!failing.reported) return undefined;
    const trouble = ended(failing, at);
    this.#remember(trouble);
    return { change: 'ended', trouble };
  }

  #remember(trouble: ApiTrouble): void {
    if (!this.#longest || lengthOf(trouble) > lengthOf(this.#longest)) this.#longest = trouble;
  }
}

function newFailing(since: number, cause: TroubleCause, now: number): Failing {
  return {
    since,
    cause,
    causeSince: now,
    failed: 0,
    succeeded: 0,
    succeededSince: 0,
    respondedSince: 0,
    lastFailureAt: now,
    retriedAt: 0,
    calmSince: undefined,
    reported: undefined,
  };
}

function lasting({ cause, since, failed, succeeded, succeededSince }: Failing, now: number): ApiTrouble {
  return { cause, since, until: now, isLasting: true, failed, succeeded: succeeded + succeededSince };
}

function ended(failing: Failing, at: number): ApiTrouble {
  return { ...lasting(failing, at), isLasting: false, succeeded: failing.succeeded };
}

function lengthOf({ since, until }: ApiTrouble): number {
  return until - since;
}
