import { ActionError } from '../errors.ts';
import type { RunIdentity } from '../model/run-identity.ts';
import type { WithheldSecrets } from '../model/withheld-secrets.ts';
import { readEvent } from './event.ts';

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
  /** The commit that triggered the run; empty outside a runner. */
  readonly sha: string;
  /** `https://github.com`, or that of a GitHub Enterprise Server. */
  readonly serverUrl: string;
  /** `https://api.github.com`, or that of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  /** Absolute path of a directory that the runner empties after the job. */
  readonly temporaryDirectory: string;
  /** Why GitHub passes no secrets of the repository to this run; undefined if it does. */
  readonly withheldSecrets: WithheldSecrets | undefined;
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
    sha: env.GITHUB_SHA ?? '',
    serverUrl: env.GITHUB_SERVER_URL || 'https://github.com',
    apiUrl: env.GITHUB_API_URL || 'https://api.github.com',
    temporaryDirectory: env.RUNNER_TEMP || fallbackTemporary,
    withheldSecrets: withheldSecrets(env),
  };
}

/**
 * The events whose runs are treated as untrusted when Dependabot caused them, besides those of pull requests
 * (https://docs.github.com/code-security/dependabot/troubleshooting-dependabot/troubleshooting-dependabot-on-github-actions).
 */
const PUSHES = /^(push|create|deployment|deployment_status)$/;
const PULL_REQUESTS = /^pull_request(_review|_review_comment)?$/;

/** Reads the event payload (https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request). */
function withheldSecrets(env: NodeJS.ProcessEnv): WithheldSecrets | undefined {
  const { GITHUB_REPOSITORY, GITHUB_ACTOR } = env;
  const { name, payload } = readEvent(env);
  const isPullRequest = PULL_REQUESTS.test(name);
  if (GITHUB_ACTOR === 'dependabot[bot]' && (isPullRequest || PUSHES.test(name))) return 'dependabot';
  const event = payload as Payload | null | undefined;
  // A pull request from a fork that was deleted has no name here.
  if (isPullRequest && event && event.pull_request?.head?.repo?.full_name !== GITHUB_REPOSITORY)
    return 'fork';
  return event?.repository?.fork === true ? 'own-fork' : undefined;
}

interface Payload {
  readonly pull_request?: { readonly head?: { readonly repo?: { readonly full_name?: unknown } | null } };
  readonly repository?: { readonly fork?: unknown };
}
