import { join } from 'node:path';
import { PYTHON_SOURCES } from '../environment/python-sources.ts';
import { spawnGroup } from '../process/group.ts';
import type { Engine } from './engine.ts';

export interface OaievalOptions {
  readonly python: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Starts the user's own `oaieval`, one process group an eval, on a leash that ends it when the action is gone. */
export function oaievalEngine({ python, cwd, env }: OaievalOptions): Engine {
  const leash = join(PYTHON_SOURCES, 'leash.py');
  return {
    start: ({ args, env: own, onLine }) =>
      spawnGroup(python, [leash, ...args], { cwd, env: { ...env, ...own }, onLine }),
  };
}
