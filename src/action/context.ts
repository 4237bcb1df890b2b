import { readFileSync } from 'node:fs';
import { ActionError } from '../errors.ts';

/** Where and as what the action runs, read once from the runner's environment. */
export interface RunContext {
  /** `owner/name`; empty outside of a runner. */
  readonly repository: string;
  /** `local` outside of a runner. */
  readonly runId: string;
  /** Counts from 1. */
  readonly runAttempt: number;
  /** Path of the workflow file in its repository, or else the name of the workflow; empty outside of a runner. */
  readonly workflow: string;
  /** Id of the job in its workflow; empty outside of a runner. */
  readonly job: string;
  /** Id of the step, or what the runner calls a step without one; empty outside of a runner. */
  readonly step: string;
  /** Absolute path of the checkout; empty outside of a runner. */
  readonly workspace: string;
  /** `refs/heads/main`; empty outside of a runner. */
  readonly ref: string;
  /** `https://github.com`, or that of a GitHub Enterprise Server. */
  readonly serverUrl: string;
  /** `https://api.github.com`, or that of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  /** Absolute path of a directory that is emptied after the job. */
  readonly temporaryDirectory: string;
  /** Whether this runs for a pull request from a fork, which GitHub gives no secrets. */
  readonly fromFork: boolean;
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
    // `owner/name/.github/workflows/evals.yml@refs/heads/main`: a workflow is the same on every branch.
    workflow: env.GITHUB_WORKFLOW_REF?.split('@', 1)[0] || env.GITHUB_WORKFLOW || '',
    job: env.GITHUB_JOB ?? '',
    step: env.GITHUB_ACTION ?? '',
    workspace: env.GITHUB_WORKSPACE ?? '',
    ref: env.GITHUB_REF ?? '',
    serverUrl: env.GITHUB_SERVER_URL || 'https://github.com',
    apiUrl: env.GITHUB_API_URL || 'https://api.github.com',
    temporaryDirectory: env.RUNNER_TEMP || fallbackTemporary,
    fromFork: isFromFork(env),
  };
}

/** By the event's own words (https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request). */
function isFromFork({ GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, GITHUB_REPOSITORY }: NodeJS.ProcessEnv): boolean {
  if (GITHUB_EVENT_NAME !== 'pull_request' || !GITHUB_EVENT_PATH) return false;
  try {
    const event = JSON.parse(readFileSync(GITHUB_EVENT_PATH, 'utf8')) as {
      pull_request?: { head?: { repo?: { full_name?: unknown } | null } };
    };
    // A fork that was deleted has no name any more.
    return event.pull_request?.head?.repo?.full_name !== GITHUB_REPOSITORY;
  } catch {
    return false;
  }
}
