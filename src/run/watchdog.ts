/** Detects an eval that takes too long, or that no longer does anything. */
import { duration } from '../model/format.ts';
import { SignsOfLife } from './signs-of-life.ts';

export interface EvalTimeouts {
  /** How long one attempt may take; undefined: no limit. */
  readonly evalTimeoutMs: number | undefined;
  /** How long an attempt may send no request, receive no response and print nothing new. */
  readonly stallTimeoutMs: number;
}

export interface Watchdog {
  /** Aborted when a timeout passes, with an Error that says what the eval did last. */
  readonly tripped: AbortSignal;
  /** Receives each line that the eval prints or redraws. */
  printed(line: string): void;
  close(): void;
}

const MAX_QUOTED_CHARACTERS = 300;

/** @param lastTrafficAt time of the last request or response of the eval, in milliseconds since the epoch */
export function watchEval(
  { evalTimeoutMs, stallTimeoutMs }: EvalTimeouts,
  lastTrafficAt: () => number,
): Watchdog {
  const controller = new AbortController();
  const activity = new Activity(lastTrafficAt);
  const trip = (why: string): void => controller.abort(new Error(why));
  const evalTimer =
    evalTimeoutMs === undefined
      ? undefined
      : setTimeout(
          () =>
            trip(
              `it took longer than the eval-timeout of ${duration(evalTimeoutMs)}; ${activity.describeTraffic()}, and ${activity.describeOutput()}`,
            ),
          evalTimeoutMs,
        );
  const stallCheck = setInterval(
    () => {
      if (Date.now() - activity.lastAt >= stallTimeoutMs)
        trip(
          `it did nothing for the stall-timeout of ${duration(stallTimeoutMs)}; ${activity.describeTraffic()}, and ${activity.describeStall()}`,
        );
    },
    Math.min(5000, Math.max(50, stallTimeoutMs / 10)),
  );
  return {
    tripped: controller.signal,
    printed: (line) => activity.printed(line),
    close() {
      clearTimeout(evalTimer);
      clearInterval(stallCheck);
    },
  };
}

/** What an eval has done so far, and when. */
class Activity {
  readonly #startedAt = Date.now();
  readonly #lastTrafficAt: () => number;
  readonly #output = new SignsOfLife();
  #lastLine = '';
  #lastPrintedAt = this.#startedAt;
  #lastNewAt = this.#startedAt;
  /** The last message about a failure; undefined when new output came after it. */
  #complaint: { readonly line: string; readonly at: number } | undefined;

  constructor(lastTrafficAt: () => number) {
    this.#lastTrafficAt = lastTrafficAt;
  }

  printed(line: string): void {
    const text = line.trim();
    // Progress bars start and end with blanks.
    if (text === '') return;
    const { isNew, isComplaint } = this.#output.read(line);
    const at = Date.now();
    this.#lastLine = text;
    this.#lastPrintedAt = at;
    if (isNew) this.#lastNewAt = at;
    if (isComplaint) this.#complaint = { line: text, at };
    else if (isNew) this.#complaint = undefined;
  }

  /** When the eval last advanced. */
  get lastAt(): number {
    return Math.max(this.#lastNewAt, this.#lastTrafficAt());
  }

  describeTraffic(): string {
    const at = this.#lastTrafficAt();
    // Earlier traffic belongs to an earlier attempt.
    return at < this.#startedAt
      ? 'it sent no request'
      : `its last request or response was ${duration(Date.now() - at)} ago`;
  }

  describeOutput(): string {
    return this.#lastLine === ''
      ? 'it printed nothing'
      : `the last line it printed, ${duration(Date.now() - this.#lastPrintedAt)} ago, was: ${quoted(this.#lastLine)}`;
  }

  /** The last complaint of an API client is the likely cause, unless there was traffic after it. */
  describeStall(): string {
    if (this.#complaint && this.#complaint.at > this.#lastTrafficAt())
      return `the likely cause is the last problem it printed: ${quoted(this.#complaint.line)}`;
    const isRepeated = this.#lastNewAt < this.#lastPrintedAt;
    return `${this.describeOutput()}${isRepeated ? ' (which it had printed before)' : ''}`;
  }
}

function quoted(line: string): string {
  return line.slice(0, MAX_QUOTED_CHARACTERS);
}
