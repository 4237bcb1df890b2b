/** Which engine runs the evals, and what plans the set for it. */
import { withoutProxy } from '../gateway/loopback.ts';
import type { Log } from '../log.ts';
import { type Planner, type PlannerOptions, shortLivedPlanner } from '../plan/planner.ts';
import type { Engine } from './engine.ts';
import type { EngineName } from './engine-name.ts';
import { oaievalEngine } from './oaieval-engine.ts';
import { readableOutput } from './readable-output.ts';
import { warmEngine } from './warm-engine.ts';
import { HostUnavailable, type Preparation, WarmHost } from './warm-host.ts';

/** How a run executes evals. `close` ends every process that it keeps. */
export interface Engines {
  readonly planner: Planner;
  /** @param preparation what the evals to be run need; known when the set is planned */
  open(preparation: Pick<Preparation, 'evals'>): Engine;
  close(): Promise<void>;
}

export interface EnginesOptions extends Omit<PlannerOptions, 'python'>, Omit<Preparation, 'evals'> {
  /** The interpreter that has evals; found, or installed, when it is first needed. */
  readonly python: () => Promise<string>;
  readonly engine: EngineName;
  readonly log: Log;
}

/** No process is started before it is asked for something. */
export function engines(options: EnginesOptions): Engines {
  const chosen = options.engine === 'warm' ? warm(options) : plain(options);
  return { ...chosen, open: (preparation) => readableOutput(chosen.open(preparation), options.log) };
}

function plain(options: EnginesOptions): Engines {
  const planner: Planner = {
    plan: async (...files) =>
      await shortLivedPlanner({ ...options, python: await options.python() }).plan(...files),
  };
  const engine = oaievalEngine(options);
  return { planner, open: () => engine, close: () => engine.close() };
}

/** The process that plans the set has all imported that its evals need: they are forked from it. */
function warm(options: EnginesOptions): Engines {
  const { models, registryPaths, chatFallback, log } = options;
  // It makes API clients for the evals.
  const env = { ...options.env, ...withoutProxy(options.env) };
  const startHost = async () => await WarmHost.start({ ...options, env, python: await options.python() });
  const common = { models, registryPaths, chatFallback };
  let host: WarmHost | undefined;
  let prepared: Promise<string | undefined> | undefined;
  let engine: Engine | undefined;
  let closed = false;
  return {
    planner: {
      async plan(questionFile, answerFile) {
        try {
          host ??= await startHost();
        } catch (error) {
          if (!(error instanceof HostUnavailable)) throw error;
          // The engine finds the same, and says so.
          return await shortLivedPlanner({ ...options, python: await options.python() }).plan(
            questionFile,
            answerFile,
          );
        }
        let failure = await host.plan(questionFile, answerFile);
        if (failure && host.killed && !closed) {
          // By a machine short of memory, or by hand: the next may live.
          log.info(`The Python process that plans ${host.gone}; the set is planned by another one.`);
          host = await startHost();
          failure = await host.plan(questionFile, answerFile);
        }
        if (!failure) {
          // Its classes are imported. The rest of its preparation goes on while this process reads the data of the set.
          prepared = host.prepare({ evals: [], ...common });
          prepared.catch(() => {});
        }
        return failure;
      },
    },
    open({ evals }) {
      engine = warmEngine({
        startHost,
        first: host && prepared && { host, prepared },
        preparation: { evals, ...common },
        fallback: oaievalEngine(options),
        log,
      });
      return engine;
    },
    async close() {
      closed = true;
      await (engine ?? host)?.close();
    },
  };
}
