import { join } from 'node:path';
import { PYTHON_SOURCES } from '../environment/python-sources.ts';
import { spawnGroup } from '../process/group.ts';
import { deferred, type Engine } from './engine.ts';

export interface OaievalOptions {
  /** The interpreter that has evals. */
  readonly python: () => Promise<string>;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether evals is mended for today's models first, see src/python/todays_models.py. */
  readonly todaysModels: boolean;
}

/** Starts the user's own `oaieval`, one process group an eval, on a leash that ends it when the action is gone. */
export function oaievalEngine({ python, cwd, env, todaysModels }: OaievalOptions): Engine {
  const program = [join(PYTHON_SOURCES, 'leash.py'), ...(todaysModels ? ['--todays-models'] : [])];
  return {
    start: ({ args, env: own, onLine, onRedraw }) =>
      deferred(async () => {
        const found = await python();
        return () =>
          spawnGroup(found, [...program, ...args], { cwd, env: { ...env, ...own }, onLine, onRedraw });
      }),
    async close() {},
  };
}
