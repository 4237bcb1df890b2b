/** Notices when an eval takes too long, or does nothing any more. */

import { duration } from '../model/format.ts';
import { SignsOfLife } from './signs-of-life.ts';

export interface EvalTimeouts {
  /** Milliseconds that one attempt of an eval may take; undefined: as long as it wants. */
  readonly evalTimeout: number | undefined;
  /** Milliseconds without a request, an answer, and output that says something new. */
  readonly stallTimeout: number;
}

export interface Watchdog {
  /** Aborted, with an Error that says what was last seen, when a limit is tripped. */
  readonly tripped: AbortSignal;
  /** The eval printed a line, or redrew one. */
  printed(line: string): void;
  close(): void;
}

const LONGEST_LINE = 300;

/** @param lastTraffic when a request of the eval last came, was sent or was answered, in milliseconds since the epoch */
export function watchEval({ evalTimeout, stallTimeout }: EvalTimeouts, lastTraffic: () => number): Watchdog {
  const controller = new AbortController();
  const since = Date.now();
  const output = new SignsOfLife();
  let lastLine = '';
  let lastPrinted = since;
  let lastNew = since;
  let complaint = { line: '', at: 0 };

  const asked = (): string => {
    const traffic = lastTraffic();
    return traffic < since
      ? 'it sent no request'
      : `its last request or answer was ${duration(Date.now() - traffic)} ago`;
  };
  const printedLast = (): string =>
    lastLine === ''
      ? 'it printed nothing'
      : `it printed last, ${duration(Date.now() - lastPrinted)} ago: ${lastLine.slice(0, LONGEST_LINE)}`;
  /** What the client said last is the likely cause, unless a request came through afterwards. */
  const whyNothing = (): string => {
    if (complaint.line !== '' && complaint.at > lastTraffic())
      return `the likely cause is what it printed last: ${complaint.line.slice(0, LONGEST_LINE)}`;
    return lastNew < lastPrinted ? `${printedLast()} (which it had printed before)` : printedLast();
  };
  const pass = (why: string): void => controller.abort(new Error(why));

  const whole =
    evalTimeout === undefined
      ? undefined
      : setTimeout(
          () =>
            pass(
              `it took longer than the eval-timeout of ${duration(evalTimeout)}; ${asked()}, and ${printedLast()}`,
            ),
          evalTimeout,
        );
  const stalled = setInterval(
    () => {
      const last = Math.max(since, lastNew, lastTraffic());
      if (Date.now() - last >= stallTimeout)
        pass(
          `it did nothing for the stall-timeout of ${duration(stallTimeout)}; ${asked()}, and ${whyNothing()}`,
        );
    },
    Math.min(5000, Math.max(50, stallTimeout / 10)),
  );
  return {
    tripped: controller.signal,
    printed(line) {
      const text = line.trim();
      // Progress bars begin, and end, with blanks.
      if (text === '') return;
      const { isNew, isComplaint } = output.read(line);
      lastLine = text;
      lastPrinted = Date.now();
      if (isNew) lastNew = lastPrinted;
      if (isComplaint) complaint = { line: text, at: lastPrinted };
      else if (isNew) complaint = { line: '', at: 0 };
    },
    close() {
      clearTimeout(whole);
      clearInterval(stalled);
    },
  };
}
