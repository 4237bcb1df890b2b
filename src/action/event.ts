import { readFileSync } from 'node:fs';
import type { GitHubEvent } from '../github/event.ts';

/** The event that started this run. Its payload is undefined when the runner has none that can be read. */
export function readEvent(env: NodeJS.ProcessEnv): GitHubEvent {
  const { GITHUB_EVENT_NAME: name = '', GITHUB_EVENT_PATH: path } = env;
  return { name, payload: path ? parsedFile(path) : undefined };
}

function parsedFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
