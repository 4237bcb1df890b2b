/** Creates the engine that runs the evals, and the planner that plans the set. */
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

/** The engine and the planner of a run. Disposing of them ends all their processes. */
export interface Engines extends AsyncDisposable {
  readonly planner: Planner;
  /** @param preparation the evals that will run, which are known once the set is planned */
  open(preparation: Pick<Preparation, 'evals'>): Engine;
}

interface Backend {
  readonly planner: Planner;
  open(preparation: Pick<Preparation, 'evals'>): Engine;
  close(): Promise<void>;
}

export interface EnginesOptions extends Omit<PlannerOptions, 'python'>, Omit<Preparation, 'evals'> {
  /** The interpreter that has evals. It is found or installed when it is first needed. */
  readonly python: () => Promise<string>;
  readonly engine: EngineName;
  readonly log: Log;
}

/** Starts no process before the first plan or the first eval. */
export function engines(options: EnginesOptions): Engines {
  const backend: Backend = options.engine === 'warm' ? new WarmEngines(options) : oaievalEngines(options);
  return {
    planner: backend.planner,
    open: (preparation) => readableOutput(backend.open(preparation), options.log),
    [Symbol.asyncDispose]: () => backend.close(),
  };
}

function oaievalEngines(options: EnginesOptions): Backend {
  const engine = oaievalEngine(options);
  return { planner: lazyPlanner(options), open: () => engine, close: () => engine.close() };
}

function lazyPlanner(options: EnginesOptions): Planner {
  return {
    plan: async (...files) =>
      await shortLivedPlanner({ ...options, python: await options.python() }).plan(...files),
  };
}

/** The host that plans the set has imported what the evals need, so the evals are forked from the same host. */
class WarmEngines implements Backend {
  readonly planner: Planner = { plan: (...files) => this.#plan(...files) };
  readonly #options: EnginesOptions;
  readonly #common: Omit<Preparation, 'evals'>;
  #host: WarmHost | undefined;
  /** The end of a host that lacked packages. */
  #former: Promise<void> | undefined;
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
    await this.#former;
  }

  async #startHost(): Promise<WarmHost> {
    const { python, cwd, env } = this.#options;
    // The host creates API clients for the evals. They read the proxy settings from the environment of the host.
    const host = await WarmHost.start({
      python: await python(),
      cwd,
      env: { ...env, ...withoutProxy(env) },
    });
    if (this.#isClosed) await host.close();
    return host;
  }

  /** The host of the environment as it is now: each plan may have shown that the evals need further packages. */
  async #openHost(): Promise<WarmHost> {
    const host = this.#host;
    if (host?.python === (await this.#options.python())) return host;
    this.#former = host?.close();
    this.#host = await this.#startHost();
    return this.#host;
  }

  async #plan(requestFile: string, planFile: string): ReturnType<Planner['plan']> {
    let host: WarmHost;
    try {
      host = await this.#openHost();
    } catch (error) {
      if (!(error instanceof SocketUnavailable)) throw error;
      // The engine gets the same error, and reports it.
      return await lazyPlanner(this.#options).plan(requestFile, planFile);
    }
    let failure = await host.plan(requestFile, planFile);
    if (failure && host.killed && !this.#isClosed) {
      // Probably it was killed for lack of memory or by a user. A new one may survive.
      this.#options.log.info(
        `The Python process that plans the set ${host.gone}. A new process plans the set again.`,
      );
      this.#host = host = await this.#startHost();
      failure = await host.plan(requestFile, planFile);
    }
    if (!failure) {
      // The host has imported the classes of the set. It prepares the rest while this process reads the data of the set.
      const prepared = host.prepare({ evals: [], ...this.#common });
      prepared.catch(() => {});
      this.#planned = { host, prepared };
    }
    return failure;
  }
}
