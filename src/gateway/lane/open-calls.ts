import { once } from 'node:events';
import type { UpstreamCall } from '../call/upstream-call.ts';
import type { Attempt } from './attempt.ts';

/** A request that has no complete response yet, and the last attempt of the eval that made it. */
export interface OpenCall {
  readonly call: UpstreamCall;
  readonly over: Promise<void>;
  attempt: Attempt;
}

/** The requests of one eval that have no complete response yet, by their id. */
export class OpenCalls {
  readonly #calls = new Map<string, OpenCall>();

  get count(): number {
    return this.#calls.size;
  }

  /** Those that were sent, and so are billed. */
  get sentCount(): number {
    return this.#all().filter(({ call }) => !call.isWaiting).length;
  }

  /** Whether one of them waits for its turn, or to be retried. */
  get anyWaiting(): boolean {
    return this.#all().some(({ call }) => call.isWaiting);
  }

  get(id: string): OpenCall | undefined {
    return this.#calls.get(id);
  }

  add(id: string, call: OpenCall): void {
    this.#calls.set(id, call);
  }

  delete(id: string): void {
    this.#calls.delete(id);
  }

  /** Detaches all clients, whatever their connections say, and abandons what was not sent. */
  abandonUnsent(): void {
    for (const { call } of this.#all()) {
      call.response.detachAll();
      call.leaveUnlessSent();
    }
  }

  /** Settles when each of them is over. */
  async settled(): Promise<void> {
    await Promise.all(this.#all().map(({ over }) => over));
  }

  /** The same, but not after the signal is aborted. */
  async settledOrAborted(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await Promise.race([this.settled(), once(signal, 'abort')]);
  }

  #all(): OpenCall[] {
    return [...this.#calls.values()];
  }
}
