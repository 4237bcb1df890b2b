/**
 * One limit of requests in flight for the whole job, shared fairly among evals, and a pause for all when the API asks for
 * one. It adapts (additive increase, multiplicative decrease): half as many when the API is overloaded, one more with each
 * round of answers.
 */

/** A place among the requests in flight; giving it back twice does no harm. */
export interface Slot {
  release(): void;
}

export class InFlightLimit {
  readonly #most: number;
  /** What may be in flight right now, at most `#most`; its fraction counts towards the next whole one. */
  #allowed: number;
  #decreasedAt = 0;
  #lastAnswerAt = 0;
  #inFlight = 0;
  /** Waiting requests by eval, in the order in which the evals take turns. */
  readonly #waiting = new Map<string, ((slot: Slot) => void)[]>();
  #pausedUntil = 0;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(most: number) {
    this.#most = most;
    this.#allowed = most;
  }

  /** When the API last answered anyone, in milliseconds since the epoch; 0: never. */
  get lastAnswerAt(): number {
    return this.#lastAnswerAt;
  }

  /** Whether nothing more is sent. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /**
   * Waits for a place. Evals take turns, so that one with a thousand threads does not starve the others.
   * @param first before the others of its eval: a retry has had a place before
   */
  acquire(evalId: string, signal: AbortSignal, first = false): Promise<Slot> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(evalId) ?? [];
      const give = (slot: Slot): void => {
        signal.removeEventListener('abort', leave);
        resolve(slot);
      };
      const leave = (): void => {
        queue.splice(queue.indexOf(give), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      if (first) queue.unshift(give);
      else queue.push(give);
      this.#waiting.set(evalId, queue);
      this.#serve();
    });
  }

  /** Sends nothing more for this many milliseconds: the API counts all requests of a key together. */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + milliseconds);
    this.#serve();
  }

  /** The API has answered a request. */
  increase(): void {
    this.#lastAnswerAt = Date.now();
    this.#allowed = Math.min(this.#most, this.#allowed + 1 / this.#allowed);
  }

  /**
   * The API is overloaded: halves the limit.
   * @param sentAt when the refused request was sent, in milliseconds since the epoch; requests sent before the last decrease
   * report the same overload and are ignored
   */
  decrease(sentAt: number): void {
    if (sentAt <= this.#decreasedAt) return;
    this.#decreasedAt = Date.now();
    this.#allowed = Math.max(1, Math.floor(this.#inFlight / 2));
  }

  /** Sends nothing more at all. Requests that wait keep waiting until their signal is aborted. */
  stop(): void {
    this.#stopped = true;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #serve(): void {
    if (this.#stopped) return;
    const wait = this.#pausedUntil - Date.now();
    if (wait > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#serve(), wait);
      return;
    }
    while (this.#inFlight < Math.floor(this.#allowed)) {
      const next = this.#waiting.entries().next();
      if (next.done) return;
      const [evalId, queue] = next.value;
      const give = queue.shift();
      this.#waiting.delete(evalId);
      if (queue.length > 0) this.#waiting.set(evalId, queue);
      if (give) give(this.#take());
    }
  }

  #take(): Slot {
    this.#inFlight += 1;
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#inFlight -= 1;
        this.#serve();
      },
    };
  }
}
