import { describe, expect, onTestFinished, test } from 'vitest';
import { eventPullRequest } from '../../../src/github/event.ts';
import { findPullRequest } from '../../../src/github/find-pull-request.ts';
import { GitHubApi } from '../../../src/github/github-api.ts';
import {
  FORK_ID,
  HEAD_SHA,
  namedPullRequest,
  pullRequestEvent,
  REPOSITORY_ID,
  workflowRunEvent,
} from '../../helpers/github-events.ts';
import { startGitHubApi } from '../../stand-ins/github-api.ts';
import type { StoredPull } from '../../stand-ins/github-conversation.ts';

const token = 'ghs_standin';
const repository = 'octo-org/octo-repo';
const olderSha = '0000000000000000000000000000000000000000';

const ofFork: StoredPull = {
  number: 12,
  sha: HEAD_SHA,
  head: 'octocat:better-prompt',
  repositoryId: FORK_ID,
};
const ownRepository = { id: REPOSITORY_ID, owner: { login: 'octo-org' } };

async function find(
  { name, payload }: { name: string; payload: object },
  { pulls = [] as StoredPull[], given = undefined as number | undefined, status = 200 } = {},
) {
  const faults = () => (status === 200 ? undefined : { status });
  const server = await startGitHubApi({ token, repository, pulls, faults });
  onTestFinished(() => server.close());
  const api = new GitHubApi({ token, repository, apiUrl: server.url, timeoutMs: 2000 });
  const result = await findPullRequest({ api, event: eventPullRequest({ name, payload }), given });
  return { result, urls: server.requests.map(({ url }) => url) };
}

const ended = (changes: Readonly<Record<string, unknown>> = {}) => ({
  name: 'workflow_run',
  payload: workflowRunEvent(changes),
});

describe('findPullRequest: in a run of the pull request', () => {
  test('findPullRequest: asks nothing when the event names it', async () => {
    const { result, urls } = await find({ name: 'pull_request', payload: pullRequestEvent(12, FORK_ID) });
    expect(result).toEqual({ kind: 'found', number: 12 });
    expect(urls).toEqual([]);
  });

  test('findPullRequest: finds none for a push', async () => {
    const { result } = await find({ name: 'push', payload: {} });
    expect(result).toEqual({ kind: 'none', why: 'the event push belongs to no pull request' });
  });

  test('findPullRequest: takes the number that the workflow gives', async () => {
    const { result } = await find({ name: 'schedule', payload: {} }, { given: 5 });
    expect(result).toEqual({ kind: 'found', number: 5 });
  });
});

describe('findPullRequest: after a run', () => {
  test('findPullRequest: takes the pull request of the same repository from the event', async () => {
    const pull_requests = [namedPullRequest(12)];
    const { result, urls } = await find(ended({ head_repository: ownRepository, pull_requests }));
    expect(result).toEqual({ kind: 'found', number: 12 });
    expect(urls).toEqual([]);
  });

  test('findPullRequest: finds that of a fork by its branch', async () => {
    const { result, urls } = await find(ended(), { pulls: [ofFork] });
    expect(result).toEqual({ kind: 'found', number: 12 });
    expect(urls).toEqual([
      '/api/repos/octo-org/octo-repo/pulls?state=open&head=octocat%3Abetter-prompt&per_page=100',
    ]);
  });

  test('findPullRequest: finds a branch whose name could act as an address', async () => {
    const branch = 'a&state=all#/../ä';
    const { result } = await find(ended({ head_branch: branch }), {
      pulls: [{ ...ofFork, head: `octocat:${branch}` }],
    });
    expect(result).toMatchObject({ kind: 'found', number: 12 });
  });

  const none = 'no open pull request has the commit of run 4711 as its newest';
  test.each<[string, StoredPull[], string]>([
    ['when there is none', [], none],
    ['when it has a newer commit', [{ ...ofFork, sha: olderSha }], none],
    ['for the same commit in another fork of the owner', [{ ...ofFork, repositoryId: 3 }], none],
    ['for a branch of a fork that was deleted', [{ ...ofFork, repositoryId: null }], none],
    [
      'when two have the commit',
      [ofFork, { ...ofFork, number: 13 }],
      '2 pull requests have the commit of run 4711: 12, 13',
    ],
  ])('findPullRequest: finds none %s', async (_, pulls, why) => {
    expect((await find(ended(), { pulls })).result).toEqual({ kind: 'none', why });
  });

  test.each([
    [
      'of a push',
      { event: 'push', pull_requests: [namedPullRequest(12)] },
      'run 4711 was started by push, not by a pull request',
    ],
    ['of a fork that was deleted', { head_repository: null }, 'the branch of run 4711 was deleted'],
  ])('findPullRequest: finds none after a run %s', async (_, changes, why) => {
    expect((await find(ended(changes), { pulls: [ofFork] })).result).toEqual({ kind: 'none', why });
  });

  test('findPullRequest: takes a number that belongs to the run', async () => {
    const { result } = await find(ended(), { pulls: [ofFork], given: 12 });
    expect(result).toEqual({ kind: 'found', number: 12 });
  });

  test('findPullRequest: refuses a number of another pull request, which an artifact may name', async () => {
    const { result } = await find(ended(), {
      pulls: [ofFork, { ...ofFork, number: 1, sha: olderSha }],
      given: 1,
    });
    expect(result).toEqual({
      kind: 'none',
      why: 'the newest commit of pull request 1 is not that of run 4711',
    });
  });

  test.each([[undefined], [12]])(
    'findPullRequest: reports a failure of the API (number: %s)',
    async (given) => {
      const { result } = await find(ended(), { given, status: 503 });
      expect(result).toEqual({ kind: 'failed', cause: 'GitHub responded with HTTP 503' });
    },
  );
});
