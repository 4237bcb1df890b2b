import { readFileSync } from 'node:fs';
import { ActionError } from '../errors.ts';
import type { RunIdentity } from '../model/run-identity.ts';

/** The run, job and step that the action belongs to, read once from the runner's environment. */
export interface RunContext {
  /** `owner/name`; empty outside a runner. */
  readonly repository: string;
  /** `local` outside a runner. */
  readonly runId: string;
  /** Counts from 1. */
  readonly runAttempt: number;
  /** Path of the workflow file in its repository, or the name of the workflow; empty outside a runner. */
  readonly workflow: string;
  /** Id of the job in its workflow; empty outside a runner. */
  readonly job: string;
  /** Id of the step, or the name that the runner gives to a step without one; empty outside a runner. */
  readonly step: string;
  /** Absolute path of the checkout; empty outside a runner. */
  readonly workspace: string;
  /** Such as `refs/heads/main`; empty outside a runner. */
  readonly ref: string;
  /** `https://github.com`, or that of a GitHub Enterprise Server. */
  readonly serverUrl: string;
  /** `https://api.github.com`, or that of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  /** Absolute path of a directory that the runner empties after the job. */
  readonly temporaryDirectory: string;
  /** Whether the run belongs to a pull request from a fork. GitHub passes no secrets to those. */
  readonly fromFork: boolean;
}

export function runIdentity({ repository, runId, runAttempt }: RunContext): RunIdentity {
  return { repository, id: runId, attempt: runAttempt };
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
      'This action does not run on Windows: oaievalset keeps its progress under /tmp, and evals needs a POSIX system.',
      'Use a Linux or macOS runner, such as runs-on: ubuntu-latest.',
    );
  }
  const attempt = Number(env.GITHUB_RUN_ATTEMPT);
  return {
    repository: env.GITHUB_REPOSITORY ?? '',
    runId: env.GITHUB_RUN_ID || 'local',
    runAttempt: Number.isSafeInteger(attempt) && attempt > 0 ? attempt : 1,
    // `owner/name/.github/workflows/evals.yml@refs/heads/main`, without the branch: the workflow is the same on all of them.
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

/** Reads the event payload (https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request). */
function isFromFork({ GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, GITHUB_REPOSITORY }: NodeJS.ProcessEnv): boolean {
  if (GITHUB_EVENT_NAME !== 'pull_request' || !GITHUB_EVENT_PATH) return false;
  try {
    const event = JSON.parse(readFileSync(GITHUB_EVENT_PATH, 'utf8')) as {
      pull_request?: { head?: { repo?: { full_name?: unknown } | null } };
    };
    // A pull request from a fork that was deleted has no name here.
    return event.pull_request?.head?.repo?.full_name !== GITHUB_REPOSITORY;
  } catch {
    return false;
  }
}
