/** Which engine runs the evals, and what plans the set for it. */
import { withoutProxy } from '../gateway/loopback.ts';
import type { Log } from '../log.ts';
import { type Planner, type PlannerOptions, shortLivedPlanner } from '../plan/planner.ts';
import type { Engine } from './engine.ts';
import type { EngineName } from './engine-name.ts';
import { oaievalEngine } from './oaieval-engine.ts';
import { SocketUnavailable } from './output-socket.ts';
import { readableOutput } from './readable-output.ts';
import { type PreparedHost, WarmEngine } from './warm-engine.ts';
import { type Preparation, WarmHost } from './warm-host.ts';

/** How a run executes evals. Disposing of it ends every process that it keeps. */
export interface Engines extends AsyncDisposable {
  readonly planner: Planner;
  /** @param preparation what the evals to be run need; known when the set is planned */
  open(preparation: Pick<Preparation, 'evals'>): Engine;
}

interface Chosen {
  readonly planner: Planner;
  open(preparation: Pick<Preparation, 'evals'>): Engine;
  close(): Promise<void>;
}

export interface EnginesOptions extends Omit<PlannerOptions, 'python'>, Omit<Preparation, 'evals'> {
  /** The interpreter that has evals; found, or installed, when it is first needed. */
  readonly python: () => Promise<string>;
  readonly engine: EngineName;
  readonly log: Log;
}

/** Starts no process before it has to plan or to run an eval. */
export function engines(options: EnginesOptions): Engines {
  const chosen: Chosen = options.engine === 'warm' ? new WarmEngines(options) : oaievalEngines(options);
  return {
    planner: chosen.planner,
    open: (preparation) => readableOutput(chosen.open(preparation), options.log),
    [Symbol.asyncDispose]: () => chosen.close(),
  };
}

function oaievalEngines(options: EnginesOptions): Chosen {
  const engine = oaievalEngine(options);
  return { planner: lazyPlanner(options), open: () => engine, close: () => engine.close() };
}

function lazyPlanner(options: EnginesOptions): Planner {
  return {
    plan: async (...files) =>
      await shortLivedPlanner({ ...options, python: await options.python() }).plan(...files),
  };
}

/** The process that plans the set has imported everything that its evals need: they are forked from it. */
class WarmEngines implements Chosen {
  readonly planner: Planner = { plan: (...files) => this.#plan(...files) };
  readonly #options: EnginesOptions;
  readonly #common: Omit<Preparation, 'evals'>;
  #host: WarmHost | undefined;
  #planned: PreparedHost | undefined;
  #engine: WarmEngine | undefined;
  #isClosed = false;

  constructor(options: EnginesOptions) {
    const { models, registryPaths, chatFallback } = options;
    this.#options = options;
    this.#common = { models, registryPaths, chatFallback };
  }

  open({ evals }: Pick<Preparation, 'evals'>): Engine {
    this.#engine = new WarmEngine({
      startHost: () => this.#startHost(),
      planner: this.#planned,
      preparation: { evals, ...this.#common },
      fallback: oaievalEngine(this.#options),
      log: this.#options.log,
    });
    return this.#engine;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#engine?.close();
    await this.#host?.close();
  }

  async #startHost(): Promise<WarmHost> {
    const { python, cwd, env } = this.#options;
    // It creates API clients for the evals, which read proxy settings from its environment.
    const host = await WarmHost.start({
      python: await python(),
      cwd,
      env: { ...env, ...withoutProxy(env) },
    });
    if (this.#isClosed) await host.close();
    return host;
  }

  async #plan(requestFile: string, planFile: string): ReturnType<Planner['plan']> {
    try {
      this.#host ??= await this.#startHost();
    } catch (error) {
      if (!(error instanceof SocketUnavailable)) throw error;
      // The engine meets the same error, and reports it.
      return await lazyPlanner(this.#options).plan(requestFile, planFile);
    }
    let failure = await this.#host.plan(requestFile, planFile);
    if (failure && this.#host.killed && !this.#isClosed) {
      // Most likely for lack of memory, or by hand: another one may survive.
      this.#options.log.info(
        `The Python process that plans the set ${this.#host.gone}. The set is planned again by a new one.`,
      );
      this.#host = await this.#startHost();
      failure = await this.#host.plan(requestFile, planFile);
    }
    if (!failure) {
      // Its classes are imported. The rest of its preparation runs while this process reads the data of the set.
      const prepared = this.#host.prepare({ evals: [], ...this.#common });
      prepared.catch(() => {});
      this.#planned = { host: this.#host, prepared };
    }
    return failure;
  }
}
