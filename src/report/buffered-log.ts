import type { HideOptions, Log } from '../log.ts';
import { wholeNumber } from '../model/format.ts';

/** Bounds on the output that one eval can hold in memory. The end of it shows how the eval ended. */
const MAX_LINES = 2000;
const MAX_CHARACTERS = 1 << 20;

/**
 * The log of one eval among several that run at the same time. It holds messages and output back until `print`, so that the
 * lines of different evals do not mix. Annotations are not held back.
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
  notice(message: string, title?: string): void {
    this.#log.notice(message, title);
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
    this.#hold('info', text);
  }
  child(text: string): void {
    this.#hold('child', text);
  }
  /** Its lines are inside a group already, so the title of an inner one is a line. */
  group(title: string): Disposable {
    this.info(title);
    return { [Symbol.dispose]: () => {} };
  }

  /** Prints everything that was held back, as one group. */
  print(title: string): void {
    using _ = this.#log.group(title);
    if (this.#dropped > 0) this.#log.info(`(${wholeNumber(this.#dropped)} earlier lines are left out)`);
    for (const { to, text } of this.#lines) this.#log[to](text);
  }

  #hold(to: 'info' | 'child', text: string): void {
    this.#lines.push({ to, text });
    this.#characters += text.length;
    while (this.#lines.length > MAX_LINES || (this.#characters > MAX_CHARACTERS && this.#lines.length > 1)) {
      this.#characters -= this.#lines.shift()?.text.length ?? 0;
      this.#dropped += 1;
    }
  }
}
