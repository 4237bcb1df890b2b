import type { HideOptions, Log } from '../log.ts';
import { wholeNumber } from '../model/format.ts';
import type { Place } from '../model/place.ts';
import { oneLine } from '../text.ts';
import { isRoutine, withoutProgressBars } from './routine-output.ts';
import { shortTracebacks } from './traceback.ts';

/** Bounds on what one eval can hold in memory and print. The end of its output shows how the eval ended. */
const MAX_LINES = { quiet: 200, verbose: 20_000 } as const;
const MAX_CHARACTERS = 1 << 20;

export interface EvalLogOptions {
  /** Whether routine output and all frames of tracebacks are printed too. */
  readonly verbose: boolean;
}

/**
 * The log of one eval. It holds messages and output back until `print`, so that the lines of different evals do not mix, and
 * drops what a reader can do without. Annotations are not held back.
 */
export class EvalLog implements Log {
  readonly #log: Log;
  readonly #verbose: boolean;
  readonly #lines: { readonly to: 'info' | 'child'; readonly text: string }[] = [];
  #characters = 0;
  #dropped = 0;

  constructor(log: Log, { verbose }: EvalLogOptions) {
    this.#log = log;
    this.#verbose = verbose;
  }

  debug(message: string): void {
    this.#log.debug(message);
  }
  notice(message: string, title?: string): void {
    this.#log.notice(message, title);
  }
  warning(message: string, title?: string): void {
    this.#log.warning(message, title);
  }
  error(message: string, title?: string, place?: Place): void {
    this.#log.error(message, title, place);
  }
  hide(secret: string, options?: HideOptions): void {
    this.#log.hide(secret, options);
  }
  redact(text: string): string {
    return this.#log.redact(text);
  }
  info(text: string): void {
    this.#hold('info', text);
  }
  child(text: string): void {
    if (this.#verbose) this.#hold('child', text);
    else if (!isRoutine(text)) this.#hold('child', withoutProgressBars(text));
  }
  /** Its lines are inside a group already, so the title of an inner one is a line. */
  group(title: string): Disposable {
    this.info(title);
    return { [Symbol.dispose]: () => {} };
  }

  /**
   * Prints everything that was held back as one group, and then `facts`, one a line. Without any of it there is no group.
   * @param isStopped whether the run stopped the eval: what it printed then is not its own end
   */
  print(title: string, facts: readonly string[], isStopped = false): void {
    const runs = this.#runs().filter(([to]) => to === 'info' || this.#verbose || !isStopped);
    if (runs.length + facts.length === 0) {
      this.#log.info(oneLine(title));
      return;
    }
    using _ = this.#log.group(title);
    if (this.#dropped > 0) this.#log.info(`(${wholeNumber(this.#dropped)} earlier lines are left out)`);
    const seen = new Set<string>();
    for (const [to, texts] of runs) {
      const shown = to === 'child' && !this.#verbose ? shortTracebacks(texts, seen) : texts;
      for (const text of shown) this.#log[to](text);
    }
    for (const fact of facts) this.#log.info(fact);
  }

  /** The lines, with neighbours of one kind together: a traceback has several. */
  #runs(): ['info' | 'child', string[]][] {
    const runs: ['info' | 'child', string[]][] = [];
    for (const { to, text } of this.#lines) {
      const last = runs.at(-1);
      if (last?.[0] === to) last[1].push(text);
      else runs.push([to, [text]]);
    }
    return runs;
  }

  #hold(to: 'info' | 'child', text: string): void {
    this.#lines.push({ to, text });
    this.#characters += text.length;
    const most = this.#verbose ? MAX_LINES.verbose : MAX_LINES.quiet;
    while (this.#lines.length > most || (this.#characters > MAX_CHARACTERS && this.#lines.length > 1)) {
      this.#characters -= this.#lines.shift()?.text.length ?? 0;
      this.#dropped += 1;
    }
  }
}
