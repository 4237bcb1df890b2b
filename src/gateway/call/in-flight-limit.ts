/**
 * One limit of requests in flight for the whole job, shared fairly among evals, and a pause for all when the API asks for
 * one. It adapts (additive increase, multiplicative decrease): half as many when the API is overloaded, one more with each
 * round of successes.
 */

import type { BudgetedRequest, RequestBudget, Reservation } from './request-budget.ts';

/** A place among the requests in flight. Each method does nothing the second time. */
export interface Slot {
  /** Lets another request take the place. */
  release(): void;
  /**
   * Releases the place, and what is reserved for the request.
   * @param succeeded whether the request got a response
   */
  end(succeeded: boolean): void;
}

interface Waiting {
  readonly request: BudgetedRequest;
  readonly give: (slot: Slot) => void;
}

export class InFlightLimit {
  readonly #max: number;
  readonly #budget: RequestBudget | undefined;
  /** How many may be in flight at present, at most `#max`; the fraction counts towards the next whole number. */
  #allowed: number;
  #decreasedAt = 0;
  #lastSuccessAt = 0;
  #inFlight = 0;
  /** Waiting requests by eval, in the order in which the evals take turns. */
  readonly #waiting = new Map<string, Waiting[]>();
  #pausedUntil = 0;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param budget undefined: requests may cost any amount */
  constructor(max: number, budget?: RequestBudget) {
    this.#max = max;
    this.#budget = budget;
    this.#allowed = max;
  }

  /** When any request last succeeded, in milliseconds since the epoch; 0: never. */
  get lastSuccessAt(): number {
    return this.#lastSuccessAt;
  }

  /** How many requests may be in flight at present. */
  get allowed(): number {
    return Math.floor(this.#allowed);
  }

  /** Whether the API asked for a pause, which lasts. */
  get isPaused(): boolean {
    return this.#pausedUntil > Date.now();
  }

  /** Whether no further request is sent. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /**
   * Waits for a slot. Evals take turns, so that an eval with a thousand threads does not starve the others.
   * @param first whether the request goes before the others of its eval: a retry has had a slot before
   */
  acquire(request: BudgetedRequest, signal: AbortSignal, first = false): Promise<Slot> {
    const { evalName } = request;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(evalName) ?? [];
      const waiting: Waiting = {
        request,
        give(slot) {
          signal.removeEventListener('abort', leave);
          resolve(slot);
        },
      };
      const leave = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      if (first) queue.unshift(waiting);
      else queue.push(waiting);
      this.#waiting.set(evalName, queue);
      this.#serve();
    });
  }

  /** Sends nothing for this many milliseconds: the API counts all requests of a key together. */
  pause(durationMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + durationMs);
    this.#serve();
  }

  /** A request succeeded: raises the limit a little. */
  increase(): void {
    this.#lastSuccessAt = Date.now();
    this.#allowed = Math.min(this.#max, this.#allowed + 1 / this.#allowed);
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

  /** Sends no further request. Requests that wait keep waiting until their signal is aborted. */
  stop(): void {
    this.#stopped = true;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #serve(): void {
    if (this.#stopped) return;
    const waitMs = this.#pausedUntil - Date.now();
    if (waitMs > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#serve(), waitMs);
      return;
    }
    while (this.#inFlight < Math.floor(this.#allowed)) {
      const next = this.#waiting.entries().next();
      if (next.done) return;
      const [evalName, queue] = next.value;
      const [waiting] = queue;
      if (!waiting) {
        this.#waiting.delete(evalName);
        continue;
      }
      const reservation = this.#budget?.reserve(waiting.request);
      // Others do not overtake it, or a request that costs much would wait until the end. This may have stopped the run.
      if (this.#budget && !reservation) return;
      queue.shift();
      this.#waiting.delete(evalName);
      if (queue.length > 0) this.#waiting.set(evalName, queue);
      waiting.give(this.#take(reservation));
    }
  }

  #take(reservation: Reservation | undefined): Slot {
    this.#inFlight += 1;
    let held = true;
    let ended = false;
    const release = (): void => {
      if (held) this.#inFlight -= 1;
      held = false;
    };
    return {
      release: () => {
        release();
        this.#serve();
      },
      end: (succeeded) => {
        release();
        if (!ended) reservation?.end(succeeded);
        ended = true;
        this.#serve();
      },
    };
  }
}
