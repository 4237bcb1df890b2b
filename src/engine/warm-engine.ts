import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { deferred, type Engine, type EvalExecution, type RunningEval } from './engine.ts';
import { SocketUnavailable } from './output-socket.ts';
import type { Preparation, WarmHost } from './warm-host.ts';

export interface WarmEngineOptions {
  readonly startHost: () => Promise<WarmHost>;
  /** The host that has planned the set, and the promise of its preparation; undefined when the plan was recalled. */
  readonly planner: PreparedHost | undefined;
  readonly preparation: Preparation;
  /** Runs the evals when there can be no host. */
  readonly fallback: Engine;
  readonly log: Log;
}

export interface PreparedHost {
  readonly host: WarmHost;
  /** Why evals cannot be forked from it; undefined when they can. */
  readonly prepared: Promise<string | undefined>;
}

/** Lines of a lost host's own output that the warning shows. */
const SHOWN_LINES = 10;

type Phase =
  /** The next eval brings a host: this one, or a new one. */
  | { readonly kind: 'idle'; readonly host?: PreparedHost | undefined }
  | { readonly kind: 'preparing'; readonly done: Promise<void>; host: WarmHost | undefined }
  | { readonly kind: 'serving'; readonly host: WarmHost }
  /** Each eval gets a process of its own. */
  | { readonly kind: 'fallback' }
  | { readonly kind: 'closed' };

/**
 * Forks evals from a warm host, which starts with the first eval. A host that dies is replaced once; when the second dies, or
 * the set cannot be forked safely, each eval gets a process of its own.
 */
export class WarmEngine implements Engine {
  readonly #options: WarmEngineOptions;
  #phase: Phase;
  #canReplace = true;

  constructor(options: WarmEngineOptions) {
    this.#options = options;
    this.#phase = { kind: 'idle', host: options.planner };
  }

  start(execution: EvalExecution): RunningEval {
    return deferred(async () => {
      const host = await this.#servingHost();
      return () => (host ? host.run(execution) : this.#options.fallback.start(execution));
    });
  }

  async close(): Promise<void> {
    const phase = this.#phase;
    this.#phase = { kind: 'closed' };
    if (phase.kind === 'idle') await phase.host?.host.close();
    if (phase.kind === 'serving') await phase.host.close();
    // Installing Python takes minutes, and is not waited for: #prepare closes a host that starts after this.
    if (phase.kind !== 'preparing' || !phase.host) return;
    await phase.host.close();
    await phase.done;
  }

  /** @returns undefined when each eval is to get a process of its own */
  async #servingHost(): Promise<WarmHost | undefined> {
    for (;;) {
      const phase = this.#phase;
      if (phase.kind === 'fallback') return undefined;
      if (phase.kind === 'closed') throw new Error('the engine is closed');
      if (phase.kind === 'serving') {
        if (phase.host.gone === undefined) return phase.host;
        this.#lose(phase.host.gone, phase.host);
      } else if (phase.kind === 'preparing') {
        await phase.done;
      } else {
        this.#begin(phase.host);
      }
    }
  }

  #begin(planner: PreparedHost | undefined): void {
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const phase: Phase = { kind: 'preparing', done, host: planner?.host };
    this.#phase = phase;
    void this.#prepare(phase, planner?.prepared).then(resolve);
  }

  /** Ends with another phase. Never rejects. */
  async #prepare(
    phase: Extract<Phase, { kind: 'preparing' }>,
    prepared: Promise<string | undefined> | undefined,
  ): Promise<void> {
    const { startHost, preparation } = this.#options;
    let unfit: string | undefined;
    try {
      phase.host ??= await startHost();
      if (this.#phase !== phase) return await phase.host.close();
      unfit = await (prepared ?? phase.host.prepare(preparation));
    } catch (error) {
      if (this.#phase !== phase) return;
      if (!(error instanceof SocketUnavailable)) {
        this.#lose(reasonOf(error), phase.host);
        return await phase.host?.close();
      }
      unfit = error.message;
    }
    if (this.#phase !== phase) return;
    if (unfit === undefined && phase.host) {
      this.#phase = { kind: 'serving', host: phase.host };
      return;
    }
    this.#options.log.info(`Running each eval in its own Python process (slower): ${unfit}.`);
    this.#phase = { kind: 'fallback' };
    await phase.host?.close();
  }

  #lose(how: string, host: WarmHost | undefined): void {
    const next = this.#canReplace
      ? 'It is started again.'
      : 'From now on each eval runs in its own Python process, which is slower.';
    const lines = [`The Python process that evals are forked from ${how}. ${next}`];
    this.#options.log.warning(
      [...lines, ...(host?.printed.slice(-SHOWN_LINES) ?? [])].join('\n'),
      'Warm engine lost',
    );
    this.#phase = this.#canReplace ? { kind: 'idle' } : { kind: 'fallback' };
    this.#canReplace = false;
  }
}
