/** One limit of requests in flight for the whole job, shared fairly, and a pause for all when the API asks for one. */

/** A place among the requests in flight; giving it back twice does no harm. */
export interface Slot {
  release(): void;
}

export class InFlightLimit {
  readonly #most: number;
  #inFlight = 0;
  /** Waiting requests by eval, in the order in which the evals take turns. */
  readonly #waiting = new Map<string, ((slot: Slot) => void)[]>();
  #pausedUntil = 0;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Waits for a place. Evals take turns, so that one with a thousand threads does not starve the others. */
  acquire(evalId: string, signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(evalId) ?? [];
      const give = (slot: Slot): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(slot);
      };
      const giveUp = (): void => {
        queue.splice(queue.indexOf(give), 1);
        if (queue.length === 0 && this.#waiting.get(evalId) === queue) this.#waiting.delete(evalId);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      queue.push(give);
      this.#waiting.set(evalId, queue);
      this.#serve();
    });
  }

  /** Sends nothing more for so many milliseconds: the API counts all requests of a key together. */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + milliseconds);
    this.#serve();
  }

  /** Sends nothing more at all. Whoever waits goes on waiting until it gives up. */
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
    while (this.#inFlight < this.#most) {
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
