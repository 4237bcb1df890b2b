import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { deferred, type Engine, type EvalExecution, MAX_LOSSES, type RunningEval } from './engine.ts';
import { SocketUnavailable } from './output-socket.ts';
import type { Preparation, WarmHost } from './warm-host.ts';

export interface WarmEngineOptions {
  readonly startHost: () => Promise<WarmHost>;
  /** The host that planned the set, and the promise of its preparation; undefined when the plan was recalled. */
  readonly planner: PreparedHost | undefined;
  readonly preparation: Preparation;
  /** Runs the evals when no host can. */
  readonly fallback: Engine;
  readonly log: Log;
}

export interface PreparedHost {
  readonly host: WarmHost;
  /** Why evals cannot be forked from the host; undefined when they can. */
  readonly prepared: Promise<string | undefined>;
}

/** Lines of a lost host's own output in the warning. */
const SHOWN_LINES = 10;

type Phase =
  /** The next eval gets this host, or starts a new one. */
  | { readonly kind: 'idle'; readonly host?: PreparedHost | undefined }
  | { readonly kind: 'preparing'; readonly done: Promise<void>; host: WarmHost | undefined }
  | { readonly kind: 'serving'; readonly host: WarmHost }
  /** Each eval gets its own process. */
  | { readonly kind: 'fallback' }
  | { readonly kind: 'closed' };

/**
 * Forks evals from a warm host, which starts with the first eval. A host that dies is replaced. When `MAX_LOSSES` hosts have
 * died, or the evals cannot be forked safely, each eval gets its own process, which nothing but the eval itself can lose.
 */
export class WarmEngine implements Engine {
  readonly #options: WarmEngineOptions;
  #phase: Phase;
  #lostHosts = 0;

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
    // Installing Python takes minutes, so this does not wait for it. #prepare closes a host that starts later.
    if (phase.kind !== 'preparing' || !phase.host) return;
    await phase.host.close();
    await phase.done;
  }

  /** @returns undefined when each eval gets its own process */
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

  /** Leaves the phase `preparing`, unless the engine was closed meanwhile. Never rejects. */
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
    this.#lostHosts += 1;
    const isReplaced = this.#lostHosts < MAX_LOSSES;
    const next = isReplaced
      ? 'A new one is started.'
      : 'From now on each eval runs in its own Python process, which is slower.';
    const lines = [`The Python process that evals are forked from ${how}. ${next}`];
    this.#options.log.warning(
      [...lines, ...(host?.printed.slice(-SHOWN_LINES) ?? [])].join('\n'),
      'Warm engine lost',
    );
    this.#phase = isReplaced ? { kind: 'idle' } : { kind: 'fallback' };
  }
}
