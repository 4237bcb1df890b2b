/** Notices when an eval takes too long, or does nothing any more. */
import { after } from '../process/after.ts';
import { duration } from '../report/format.ts';
import { SignsOfLife } from './signs-of-life.ts';

export interface Limits {
  /** Milliseconds that one attempt of an eval may take; undefined: as long as it wants. */
  readonly evalTimeout: number | undefined;
  /** Milliseconds without a request, an answer, and output that says something new. */
  readonly stallTimeout: number;
}

export interface Watch {
  /** Aborted, with an Error that says what was last seen, when a limit is passed. */
  readonly passed: AbortSignal;
  /** The eval printed a line, or redrew one. */
  printed(line: string): void;
  close(): void;
}

/** @param lastTraffic when a request of the eval last came, was sent or was answered, in milliseconds since the epoch */
export function watchEval({ evalTimeout, stallTimeout }: Limits, lastTraffic: () => number): Watch {
  const controller = new AbortController();
  const since = Date.now();
  let lastLine = '';
  let lastPrinted = since;
  let lastNew = since;
  const output = new SignsOfLife();
  const seen = (): string => {
    const traffic = lastTraffic();
    const asked =
      traffic < since
        ? 'it sent no request'
        : `its last request or answer was ${duration(Date.now() - traffic)} ago`;
    if (lastLine === '') return `${asked}, and it printed nothing`;
    if (output.complaint !== '')
      return `${asked}, and the likely cause is what it printed last: ${output.complaint}`;
    return `${asked}, and it printed last, ${duration(Date.now() - lastPrinted)} ago: ${lastLine.slice(0, 300)}${lastNew < lastPrinted ? ' (again, so that it does not count)' : ''}`;
  };
  const pass = (why: string): void => controller.abort(new Error(`${why}; ${seen()}`));
  const whole =
    evalTimeout === undefined
      ? undefined
      : after(evalTimeout, () => pass(`it took longer than the eval-timeout of ${duration(evalTimeout)}`));
  const stalled = setInterval(
    () => {
      const last = Math.max(since, lastNew, lastTraffic());
      if (Date.now() - last >= stallTimeout)
        pass(`it did nothing for the stall-timeout of ${duration(stallTimeout)}`);
    },
    Math.min(5000, Math.max(50, stallTimeout / 10)),
  );
  return {
    passed: controller.signal,
    printed(line) {
      // Progress bars begin, and end, with blanks.
      lastLine = line.trim() || lastLine;
      lastPrinted = Date.now();
      if (output.isNew(line)) lastNew = lastPrinted;
    },
    close() {
      whole?.();
      clearInterval(stalled);
    },
  };
}
