import type { ModelRequest } from './model-request.ts';

/** Holds responses back until the test releases them. */
export class Gate {
  #predicate: (request: ModelRequest) => boolean = () => false;
  readonly #held = new Set<() => void>();
  readonly #watchers = new Set<() => void>();

  get held(): number {
    return this.#held.size;
  }

  holdWhen(predicate: (request: ModelRequest) => boolean): void {
    this.#predicate = predicate;
  }

  release(): void {
    this.#predicate = () => false;
    for (const open of [...this.#held]) open();
  }

  /** Resolves when the response may be sent, or the client has disconnected. */
  pass(request: ModelRequest, closed: AbortSignal): Promise<void> {
    if (!this.#predicate(request)) return Promise.resolve();
    return new Promise((resolve) => {
      const open = (): void => {
        this.#held.delete(open);
        resolve();
      };
      this.#held.add(open);
      closed.addEventListener('abort', open, { once: true });
      for (const watcher of [...this.#watchers]) watcher();
    });
  }

  untilHeld(count: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#held.size < count) return;
        this.#watchers.delete(check);
        resolve();
      };
      this.#watchers.add(check);
      check();
    });
  }
}
