import { pythonProgram } from '../environment/python-sources.ts';
import { spawnGroup } from '../process/group.ts';
import { deferred, type Engine } from './engine.ts';

export interface OaievalOptions {
  /** The interpreter that has evals. */
  readonly python: () => Promise<string>;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether requests for models that evals does not know go to the chat API, see chat_fallback.py. */
  readonly chatFallback: boolean;
}

/** Starts the user's own `oaieval`, in a process group for each eval. When the action is gone, leash.py kills the group. */
export function oaievalEngine({ python, cwd, env, chatFallback }: OaievalOptions): Engine {
  const program = pythonProgram('oaieval', ...(chatFallback ? ['--chat-fallback'] : []));
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
