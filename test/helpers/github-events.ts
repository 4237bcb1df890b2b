/** Payloads of GitHub's events, with the properties that the action reads. */

export const REPOSITORY_ID = 1;
export const FORK_ID = 2;
export const HEAD_SHA = '89abcdef0123456789abcdef0123456789abcdef';

const repository = { id: REPOSITORY_ID, full_name: 'octo-org/octo-repo' };

export function pullRequestEvent(number: number, headRepositoryId: number | null = REPOSITORY_ID): object {
  const repo = headRepositoryId === null ? null : { id: headRepositoryId };
  return { repository, pull_request: { number, head: { sha: HEAD_SHA, repo } } };
}

/** @param changes of the run, which is one of a fork by default */
export function workflowRunEvent(changes: Readonly<Record<string, unknown>> = {}): object {
  return {
    repository,
    workflow_run: {
      id: 4711,
      run_attempt: 2,
      run_number: 33,
      html_url: 'https://github.com/octo-org/octo-repo/actions/runs/4711',
      event: 'pull_request',
      path: '.github/workflows/evals.yml',
      head_sha: HEAD_SHA,
      head_branch: 'better-prompt',
      head_repository: { id: FORK_ID, owner: { login: 'octocat' } },
      pull_requests: [],
      ...changes,
    },
  };
}

/** As the payload of `workflow_run` lists a pull request of the same repository. */
export function namedPullRequest(number: number, sha = HEAD_SHA, baseId = REPOSITORY_ID): object {
  return { number, head: { sha, repo: { id: REPOSITORY_ID } }, base: { repo: { id: baseId } } };
}
