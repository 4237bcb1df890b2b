import type { RunningEval } from '../engine/engine.ts';
import type { Exit } from '../process/group.ts';

/** What ended an attempt first. It is noted when it happens, and later events do not change it. */
export type EndReason = 'exited' | 'killed' | 'timed-out' | 'stopped' | 'not-started';

/** Notes what ends an attempt first. Ends its processes when the run stops or a timeout passes. */
export class Ending {
  readonly #running: RunningEval;
  readonly #graceMs: number;
  readonly #listeners: readonly (readonly [AbortSignal, () => void])[];
  #reason: EndReason | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param stopped aborted when the run stops
   * @param tripped aborted when a timeout passes
   */
  constructor(running: RunningEval, stopped: AbortSignal, tripped: AbortSignal, graceMs: number) {
    this.#running = running;
    this.#graceMs = graceMs;
    this.#listeners = [
      [stopped, () => this.#end('stopped')],
      [tripped, () => this.#end('timed-out')],
    ];
    for (const [signal, listener] of this.#listeners) {
      signal.addEventListener('abort', listener, { once: true });
      if (signal.aborted) listener();
    }
  }

  get reason(): EndReason {
    return this.#reason ?? 'exited';
  }

  exited({ signal }: Exit): void {
    this.#reason ??= signal === null ? 'exited' : 'killed';
  }

  close(): void {
    for (const [signal, listener] of this.#listeners) signal.removeEventListener('abort', listener);
    clearTimeout(this.#timer);
  }

  /** SIGINT lets `oaieval` write the events that it has. What still runs after the grace period is killed. */
  #end(reason: EndReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#running.signal('SIGINT');
    this.#timer = setTimeout(() => this.#running.signal('SIGKILL'), this.#graceMs);
  }
}
