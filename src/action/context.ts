import { ActionError } from '../errors.ts';

/** Where and as what the action runs, read once from the runner's environment. */
export interface RunContext {
  /** `owner/name`; empty outside of a runner. */
  readonly repository: string;
  /** `local` outside of a runner. */
  readonly runId: string;
  /** Counts from 1. */
  readonly runAttempt: number;
  /** `https://github.com`, or that of a GitHub Enterprise Server. */
  readonly serverUrl: string;
  /** Absolute path of a directory that is emptied after the job. */
  readonly temporaryDirectory: string;
}

/** @throws ActionError PLATFORM_UNSUPPORTED on Windows */
export function readContext(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  fallbackTemporary: string,
): RunContext {
  if (platform === 'win32') {
    throw new ActionError(
      'PLATFORM_UNSUPPORTED',
      'This runner is Windows. oaievalset keeps its progress under /tmp and its evals need a POSIX system.',
      'Use a Linux or macOS runner, for example runs-on: ubuntu-latest.',
    );
  }
  const attempt = Number(env.GITHUB_RUN_ATTEMPT);
  return {
    repository: env.GITHUB_REPOSITORY ?? '',
    runId: env.GITHUB_RUN_ID || 'local',
    runAttempt: Number.isSafeInteger(attempt) && attempt > 0 ? attempt : 1,
    serverUrl: env.GITHUB_SERVER_URL || 'https://github.com',
    temporaryDirectory: env.RUNNER_TEMP || fallbackTemporary,
  };
}
