/** How a run shows in the log while it goes on: a group an eval, and now and then a line that says how far it is. */
import type { HideOptions, Log } from '../log.ts';
import { duration, wholeNumber } from '../model/format.ts';
import type { Progress } from './execute-eval.ts';

/** The end of a very talkative eval is what tells; its whole output would not be read by anybody. */
const KEPT_LINES = 2000;
const KEPT_CHARACTERS = 1 << 20;

/**
 * A log for one of several evals that run at a time: what it is told is kept, and printed whole when the eval has ended.
 * Annotations are not held back.
 */
export class BufferedLog implements Log {
  readonly #log: Log;
  readonly #lines: { readonly to: 'info' | 'child'; readonly text: string }[] = [];
  #characters = 0;
  #dropped = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  debug(message: string): void {
    this.#log.debug(message);
  }
  warning(message: string, title?: string): void {
    this.#log.warning(message, title);
  }
  error(message: string, title?: string): void {
    this.#log.error(message, title);
  }
  hide(secret: string, options?: HideOptions): void {
    this.#log.hide(secret, options);
  }
  redact(text: string): string {
    return this.#log.redact(text);
  }
  info(text: string): void {
    this.#keep('info', text);
  }
  child(text: string): void {
    this.#keep('child', text);
  }
  group<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.info(title);
    return work();
  }

  print(title: string): Promise<void> {
    return this.#log.group(title, async () => {
      if (this.#dropped > 0) this.#log.info(`(${wholeNumber(this.#dropped)} earlier lines are left out)`);
      for (const { to, text } of this.#lines) this.#log[to](text);
    });
  }

  #keep(to: 'info' | 'child', text: string): void {
    this.#lines.push({ to, text });
    this.#characters += text.length;
    while (
      this.#lines.length > KEPT_LINES ||
      (this.#characters > KEPT_CHARACTERS && this.#lines.length > 1)
    ) {
      this.#characters -= this.#lines.shift()?.text.length ?? 0;
      this.#dropped += 1;
    }
  }
}

export interface RunningNow {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly samples: number | null;
  /** Milliseconds it was expected to take. */
  readonly expected: number;
  readonly progress: Progress | undefined;
}

export interface RunSoFar {
  readonly running: readonly RunningNow[];
  readonly ended: number;
  readonly total: number;
  /** Milliseconds that what has ended here was expected to take, and that what has not begun is. */
  readonly expectedEnded: number;
  readonly expectedWaiting: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** `3 of 28 evals have ended; running: a (120 of 500 answers, 14 a second), b (2 answers); about 4 min 0 s left` */
export function heartbeat(run: RunSoFar, now: number): string {
  const running = run.running.map((each) => {
    const answers = each.progress?.answers() ?? 0;
    const seconds = (now - each.since) / 1000;
    const of = each.samples !== null && answers <= each.samples ? ` of ${wholeNumber(each.samples)}` : '';
    const rate = answers > 0 && seconds > 0 ? `, ${pace(answers / seconds)} a second` : '';
    return `${each.name} (${wholeNumber(answers)}${of} answers${rate}, for ${duration(now - each.since)})`;
  });
  const left = timeLeft(run, now);
  return [
    `${run.ended} of ${run.total} evals have ended`,
    `running: ${running.join(', ') || 'none'}`,
    ...(left === undefined ? [] : [`about ${duration(left)} left`]),
  ].join('; ');
}

function pace(rate: number): string {
  return rate < 10 ? rate.toPrecision(2) : wholeNumber(Math.round(rate));
}

/** From what was expected and how fast that went; undefined as long as nothing tells. */
function timeLeft(run: RunSoFar, now: number): number | undefined {
  let done = run.expectedEnded;
  let left = run.expectedWaiting;
  for (const { samples, expected, progress } of run.running) {
    const share = samples ? Math.min(1, (progress?.answers() ?? 0) / samples) : 0;
    done += share * expected;
    left += (1 - share) * expected;
  }
  return done > 0 ? (left / done) * (now - run.since) : undefined;
}
