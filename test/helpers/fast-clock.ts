/**
 * Imported into a process of the action (`node --import`) for its effect: after SIGUSR2, time passes 120 times faster for
 * it. Waits of minutes, as when an API does not respond, take seconds, and everything before takes its usual time. So does
 * what follows: time slows down when the process starts the cache worker, whose calls have time limits. The clock of its
 * children stays the same.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import promises from 'node:timers/promises';

const FACTOR = 120;

const real = { setTimeout, clearTimeout, now: Date.now.bind(Date) };
let factor = 1;
/** When the clock last became faster, in real and in shown time. */
let since = { real: real.now(), shown: real.now() };
const shownNow = (): number => since.shown + (real.now() - since.real) * factor;

const waiting = new Set<FastTimer>();

class FastTimer {
  readonly #work: () => void;
  readonly #delayMs: number;
  readonly #repeats: boolean;
  #due = 0;
  #handle: NodeJS.Timeout | undefined;
  #holdsProcess = true;

  constructor(work: () => void, delayMs: unknown, repeats: boolean) {
    this.#work = work;
    this.#delayMs = Math.max(1, Number(delayMs) || 1);
    this.#repeats = repeats;
    this.refresh();
  }

  refresh(): this {
    this.#due = shownNow() + this.#delayMs;
    waiting.add(this);
    this.schedule();
    return this;
  }

  schedule(): void {
    real.clearTimeout(this.#handle);
    const handle = real.setTimeout(() => this.#fire(), Math.max(1, (this.#due - shownNow()) / factor));
    if (!this.#holdsProcess) handle.unref();
    this.#handle = handle;
  }

  ref(): this {
    this.#holdsProcess = true;
    this.#handle?.ref();
    return this;
  }

  unref(): this {
    this.#holdsProcess = false;
    this.#handle?.unref();
    return this;
  }

  hasRef(): boolean {
    return this.#holdsProcess;
  }

  close(): this {
    waiting.delete(this);
    real.clearTimeout(this.#handle);
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #fire(): void {
    if (this.#repeats) this.refresh();
    else waiting.delete(this);
    this.#work();
  }
}

type Work = (...args: unknown[]) => void;
const start =
  (repeats: boolean) =>
  (work: Work, delayMs?: number, ...args: unknown[]): FastTimer =>
    new FastTimer(() => work(...args), delayMs, repeats);
const clear = (timer: unknown): void => {
  if (timer instanceof FastTimer) timer.close();
  else real.clearTimeout(timer as NodeJS.Timeout | undefined);
};

const changed = {
  setTimeout: start(false),
  setInterval: start(true),
  clearTimeout: clear,
  clearInterval: clear,
};
Object.assign(globalThis, changed);
Object.assign(timers, changed);
Object.assign(promises, {
  setTimeout: (delayMs?: number, value?: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise((resolve, reject) => {
      const refuse = (): void => {
        timer.close();
        reject(new DOMException('The operation was aborted', 'AbortError'));
      };
      const timer = new FastTimer(
        () => {
          signal?.removeEventListener('abort', refuse);
          resolve(value);
        },
        delayMs,
        false,
      );
      if (signal?.aborted) refuse();
      else signal?.addEventListener('abort', refuse, { once: true });
    }),
});
const { spawn } = childProcess;
childProcess.spawn = new Proxy(spawn, {
  apply: (target, self, parameters) => {
    if (JSON.stringify(parameters.slice(0, 2)).includes('cache-worker')) runAt(1);
    return Reflect.apply(target, self, parameters);
  },
});
syncBuiltinESMExports();
Date.now = () => Math.round(shownNow());

function runAt(newFactor: number): void {
  since = { real: real.now(), shown: shownNow() };
  factor = newFactor;
  for (const timer of waiting) timer.schedule();
}

process.on('SIGUSR2', () => runAt(FACTOR));
