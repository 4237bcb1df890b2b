import { describe, expect, onTestFinished, test } from 'vitest';
import { GitHubApi } from '../../../src/github/github-api.ts';
import { type GitHubApiOptions, startGitHubApi } from '../../stand-ins/github-api.ts';

const token = 'ghs_standin';
const repository = 'octo-org/evals.set';
const key = 'oaievalset-1';
const ref = 'refs/heads/feature/ä';

async function setUp(changes: Partial<GitHubApiOptions> = {}) {
  const api = await startGitHubApi({ token, repository, entries: [{ key, ref }], ...changes });
  onTestFinished(() => api.close());
  const github = new GitHubApi({ token, repository, apiUrl: api.url, timeoutMs: 2000 });
  return { api, github };
}

const deletion = { method: 'DELETE', path: 'actions/caches', query: { key, ref } } as const;

const SECONDARY_LIMIT =
  'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. ' +
  'Please retry your request again later.';

const TOO_LONG = {
  message: 'Validation Failed',
  errors: [
    {
      resource: 'IssueComment',
      code: 'unprocessable',
      field: 'data',
      message: 'Body is too long (maximum is 65536 characters)',
    },
  ],
};

describe('GitHubApi', () => {
  test.each<[string, Partial<GitHubApiOptions>, string, string | RegExp]>([
    [
      'without actions: write',
      { readOnly: true },
      'denied',
      'HTTP 403, Resource not accessible by integration',
    ],
    ['for a wrong token', { token: 'another' }, 'denied', 'HTTP 401, Bad credentials'],
    [
      'for a rate limit',
      { faults: () => ({ status: 429 }) },
      'rate-limited',
      'GitHub limits the rate of requests (HTTP 429)',
    ],
    [
      'for a rate limit in the other form',
      { faults: () => ({ status: 403, headers: { 'x-ratelimit-remaining': '0' }, body: '{}' }) },
      'rate-limited',
      'GitHub limits the rate of requests (HTTP 403)',
    ],
    [
      'for a rate limit with Retry-After',
      { faults: () => ({ status: 403, headers: { 'retry-after': '60' }, body: '{}' }) },
      'rate-limited',
      'GitHub limits the rate of requests (HTTP 403)',
    ],
    [
      'for the limit on new content, which no header tells',
      { faults: () => ({ status: 403, body: JSON.stringify({ message: SECONDARY_LIMIT }) }) },
      'rate-limited',
      'GitHub limits the rate of requests (HTTP 403)',
    ],
    [
      'for a reason in a list',
      { faults: () => ({ status: 422, body: JSON.stringify(TOO_LONG) }) },
      'failed',
      'GitHub responded with HTTP 422, Validation Failed: Body is too long (maximum is 65536 characters)',
    ],
    [
      'for a reason that acts as a workflow command and contains the token',
      { faults: () => ({ status: 403, body: JSON.stringify({ message: `no\n::error::${token}` }) }) },
      'denied',
      'HTTP 403, no ::error::***',
    ],
    [
      'for a reason that is not text',
      { faults: () => ({ status: 400, body: '{"message":{}}' }) },
      'failed',
      'GitHub responded with HTTP 400',
    ],
    [
      'for an error',
      { faults: () => ({ status: 502, body: '<html>' }) },
      'failed',
      'GitHub responded with HTTP 502',
    ],
    [
      'for a renamed repository',
      { faults: () => ({ status: 301 }) },
      'failed',
      'GitHub responded with HTTP 301',
    ],
    [
      'for a connection that breaks',
      { faults: () => ({ destroy: true }) },
      'failed',
      /^GitHub cannot be reached \(\w+\)$/,
    ],
    [
      'without a response in time',
      { faults: () => ({ silent: true }) },
      'failed',
      'GitHub cannot be reached (no response in time)',
    ],
  ])('GitHubApi: a request that fails %s', async (_what, changes, kind, cause) => {
    const { api, github } = await setUp(changes);
    const result = await github.request(deletion);
    expect(result).toMatchObject({
      kind,
      cause: typeof cause === 'string' ? cause : expect.stringMatching(cause),
    });
    expect(api.requests).toHaveLength(1);
    expect(api.keys()).toEqual([key]);
  });

  test('GitHubApi: 204 without a body is a success', async () => {
    const { github } = await setUp({ faults: () => ({ status: 204 }) });
    expect(await github.request(deletion)).toEqual({ kind: 'ok', body: undefined });
  });

  test.each(['http://127.0.0.1:1', 'not an address'])('GitHubApi: the address %s fails', async (apiUrl) => {
    const github = new GitHubApi({ token, repository, apiUrl });
    expect((await github.request(deletion)).kind).toBe('failed');
  });

  test('GitHubApi: an aborted signal stops the request', async () => {
    const { github } = await setUp({ faults: () => ({ silent: true }) });
    expect(await github.request({ ...deletion, signal: AbortSignal.abort() })).toEqual({
      kind: 'failed',
      cause: 'GitHub cannot be reached (the request was stopped)',
    });
  });
});

describe('GitHubApi: login', () => {
  test('GitHubApi: login is that of the user of the token', async () => {
    const { github } = await setUp({ login: 'octocat' });
    expect(await github.login()).toBe('octocat');
  });

  test('GitHubApi: login is missing on a server without GraphQL', async () => {
    const { github } = await setUp({ lacksGraphql: true });
    expect(await github.login()).toMatchObject({ kind: 'missing' });
  });

  test('GitHubApi: login is missing when the response has none', async () => {
    const { github } = await setUp({ faults: () => ({ status: 200, body: '{"data":null}' }) });
    expect(await github.login()).toMatchObject({ kind: 'missing' });
  });

  test('GitHubApi: login asks the address beside that of version 3, as GitHub Enterprise Server has it', async () => {
    const { api } = await setUp();
    const github = new GitHubApi({ token, repository, apiUrl: `${api.url}/v3/` });
    await github.login();
    expect(api.requests).toEqual([{ method: 'POST', url: '/api/graphql' }]);
  });
});

test('GitHubApi: a list tells whether it goes on', async () => {
  const comments = Array.from({ length: 101 }, (_, index) => ({
    id: index + 1,
    pullRequest: 3,
    login: 'octocat',
    body: 'Hello',
  }));
  const { github } = await setUp({ comments });
  const page = (number: string) =>
    github.request({ method: 'GET', path: 'issues/3/comments', query: { per_page: '100', page: number } });
  expect(await page('1')).toMatchObject({ kind: 'ok', hasNextPage: true });
  expect(await page('2')).not.toHaveProperty('hasNextPage');
});
