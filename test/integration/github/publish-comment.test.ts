import { describe, expect, onTestFinished, test } from 'vitest';
import { GitHubApi } from '../../../src/github/github-api.ts';
import { type CommentRequest, publishComment } from '../../../src/github/publish-comment.ts';
import { type GitHubApiOptions, JOB_LOGIN, startGitHubApi } from '../../stand-ins/github-api.ts';
import type { StoredComment } from '../../stand-ins/github-conversation.ts';

const token = 'ghs_standin';
const repository = 'octo-org/octo-repo';
const pullRequest = 12;

const marker = '<!-- oaievalset-action: job=evals set=set -->';
const body = `${marker}\nAll evals passed.`;
const failing = `${marker}\nAn eval failed.`;

async function setUp(changes: Partial<GitHubApiOptions> = {}) {
  const server = await startGitHubApi({ token, repository, ...changes });
  onTestFinished(() => server.close());
  const api = new GitHubApi({ token, repository, apiUrl: server.url, timeoutMs: 2000 });
  const publish = (request: Partial<CommentRequest> = {}) =>
    publishComment({ api, pullRequest, body, marker, mode: 'post-or-update', isForkRun: false, ...request });
  const bodies = () => server.conversation.comments.map((comment) => comment.body);
  const methods = () => server.requests.map(({ method }) => method);
  return { server, publish, bodies, methods };
}

function comment(id: number, text: string, changes: Partial<StoredComment> = {}): StoredComment {
  return { id, pullRequest, login: JOB_LOGIN, body: text, ...changes };
}

const own = comment(7, failing);

describe('publishComment: a comment', () => {
  test('publishComment: posts a comment that begins with the marker', async () => {
    const { publish, bodies } = await setUp({ comments: [comment(1, 'Nice work!', { login: 'octocat' })] });
    expect(await publish()).toEqual({
      kind: 'posted',
      url: 'https://github.com/octo-org/octo-repo/pull/12#issuecomment-2',
    });
    expect(bodies()).toEqual(['Nice work!', body]);
  });

  test('publishComment: finds its comment again and updates it in place', async () => {
    const { publish, bodies } = await setUp();
    await publish();
    expect(await publish({ body: failing })).toMatchObject({ kind: 'updated' });
    expect(bodies()).toEqual([failing]);
  });

  test.each([
    ['the same', body],
    ['the same with the line ends of a browser', `${body.replaceAll('\n', '\r\n')}\r\n`],
  ])('publishComment: sends nothing when the comment is %s', async (_, current) => {
    const { publish, methods } = await setUp({ comments: [comment(1, current)] });
    expect(await publish()).toMatchObject({ kind: 'unchanged' });
    expect(methods()).toEqual(['GET', 'POST']);
  });

  test('publishComment: posts nothing when nothing is at stake', async () => {
    const { publish, bodies, methods } = await setUp();
    expect(await publish({ mode: 'update-only' })).toEqual({ kind: 'nothing' });
    expect(bodies()).toEqual([]);
    expect(methods()).toEqual(['GET']);
  });

  test('publishComment: updates what tells an old failure, though nothing is at stake', async () => {
    const { publish, bodies } = await setUp({ comments: [own] });
    expect(await publish({ mode: 'update-only' })).toMatchObject({ kind: 'updated' });
    expect(bodies()).toEqual([body]);
  });

  test.each([
    ['posts it anew', 'post-or-update', 'posted', 1],
    ['leaves it deleted when nothing is at stake', 'update-only', 'nothing', 0],
  ] as const)('publishComment: %s when somebody deletes it meanwhile', async (_, mode, kind, count) => {
    const { server, publish, bodies } = await setUp({
      comments: [own],
      faults: (_nth, { method }) => {
        if (method === 'PATCH') server.conversation.delete(own.id);
        return undefined;
      },
    });
    expect(await publish({ mode })).toMatchObject({ kind });
    expect(bodies()).toHaveLength(count);
  });

  test('publishComment: finds its comment behind 249 others', async () => {
    const others = Array.from({ length: 249 }, (_, index) => comment(index + 100, `Comment ${index}`));
    const { publish, bodies, methods } = await setUp({ comments: [...others, comment(1000, own.body)] });
    expect(await publish()).toMatchObject({ kind: 'updated' });
    expect(bodies()).toHaveLength(250);
    expect(methods()).toEqual(['GET', 'GET', 'GET', 'POST', 'PATCH']);
  });

  test('publishComment: keeps comments with other markers apart', async () => {
    const { publish, bodies } = await setUp();
    const markers = [
      marker,
      marker.replace('set=set', 'set=set-2'),
      marker.replace('job=evals', 'job=evals-2'),
    ];
    const all = (round: string) => markers.map((each) => `${each}\n${round}`);
    for (const text of [...all('first'), ...all('second')])
      await publish({ marker: text.split('\n', 1)[0] ?? '', body: text });
    expect(bodies()).toEqual(all('second'));
  });

  test('publishComment: ignores the comments of other pull requests', async () => {
    const { publish, bodies } = await setUp({ comments: [{ ...own, pullRequest: 13 }] });
    expect(await publish()).toMatchObject({ kind: 'posted' });
    expect(bodies()).toHaveLength(2);
  });
});

describe('publishComment: whose comment it is', () => {
  const copies = (login: string | null) => [comment(1, own.body, { login }), comment(2, own.body)];

  test.each([
    ['a stranger', 'mallory'],
    ['another bot', 'dependabot[bot]'],
    ['a user who was deleted', null],
  ])('publishComment: leaves a copy by %s alone', async (_, login) => {
    const { publish, bodies } = await setUp({ comments: copies(login) });
    expect(await publish()).toMatchObject({ kind: 'updated' });
    expect(bodies()).toEqual([own.body, body]);
  });

  test('publishComment: leaves a comment alone that quotes the marker', async () => {
    const { publish, bodies } = await setUp({ comments: [comment(1, `Look:\n\n${own.body}`)] });
    expect(await publish()).toMatchObject({ kind: 'posted' });
    expect(bodies()).toHaveLength(2);
  });

  test("publishComment: knows its own with a person's token", async () => {
    const login = 'octocat';
    const { publish, bodies } = await setUp({ login, comments: [comment(1, own.body, { login })] });
    expect(await publish()).toMatchObject({ kind: 'updated' });
    expect(bodies()).toEqual([body]);
  });

  test('publishComment: takes the comment of a bot for its own on a server without GraphQL', async () => {
    const { publish, bodies } = await setUp({ lacksGraphql: true, comments: copies('mallory') });
    expect(await publish()).toMatchObject({ kind: 'updated' });
    expect(bodies()).toEqual([own.body, body]);
  });

  test('publishComment: writes nothing while GitHub cannot say whose comment it is', async () => {
    const { publish, methods } = await setUp({
      comments: [own],
      faults: (_, { url }) => (url.endsWith('/graphql') ? { status: 502 } : undefined),
    });
    expect(await publish()).toMatchObject({ kind: 'failed', cause: 'GitHub responded with HTTP 502' });
    expect(methods()).toEqual(['GET', 'POST']);
  });
});

describe('publishComment: failures', () => {
  const said = (status: number, message: string, headers: Record<string, string> = {}) => ({
    faults: (_: number, { method }: { method: string }) =>
      method === 'GET' ? undefined : { status, headers, body: JSON.stringify({ message }) },
  });
  const permission = 'Give the job "permissions: pull-requests: write".';
  const nextRun = 'The next run publishes it.';

  test.each<[string, Partial<GitHubApiOptions>, Partial<CommentRequest>, string | RegExp, string | RegExp]>([
    [
      'without pull-requests: write',
      { readOnly: true },
      {},
      'the token may not write comments (HTTP 403, Resource not accessible by integration)',
      permission,
    ],
    [
      'in a run of a fork',
      { readOnly: true },
      { isForkRun: true },
      'the token may not write comments (HTTP 403, Resource not accessible by integration)',
      /from a fork a token that only reads\. A second workflow/,
    ],
    [
      "without the permission of a person's token",
      said(403, 'Resource not accessible by personal access token'),
      {},
      'the token may not write comments (HTTP 403, Resource not accessible by personal access token)',
      /^Give the token the permission "Pull requests: Read and write"/,
    ],
    [
      'with an expired token',
      said(401, 'Bad credentials'),
      {},
      'GitHub does not accept the token (Bad credentials)',
      /^Set github-token to \$\{\{ github\.token }}/,
    ],
    [
      'without access to the pull request',
      { faults: () => ({ status: 404, body: '{"message":"Not Found"}' }) },
      {},
      'GitHub cannot find pull request 12 with this token (Not Found)',
      permission,
    ],
    [
      'in a locked conversation',
      { isLocked: true },
      {},
      'the conversation of the pull request is locked (Unable to create comment because issue is locked)',
      'Unlock it to get a comment.',
    ],
    [
      'in an archived repository',
      said(403, 'Repository was archived so is read-only.'),
      {},
      'the repository is archived (Repository was archived so is read-only)',
      'Nothing can be written to it.',
    ],
    [
      'after 2,500 comments',
      said(403, 'Commenting is disabled on issues with more than 2500 comments'),
      {},
      'the pull request has as many comments as GitHub allows (Commenting is disabled on issues with more than 2500 comments)',
      /^Open a new pull request/,
    ],
    [
      'when it is too long',
      {},
      { body: marker.padEnd(65_537, 'x') },
      'the comment is too long for GitHub (Validation Failed: Body is too long (maximum is 65536 characters))',
      /Please report it\.$/,
    ],
    ['at a rate limit', said(429, ''), {}, 'GitHub limits the rate of requests (HTTP 429)', nextRun],
    [
      'at a secondary rate limit',
      said(
        403,
        'You have exceeded a secondary rate limit and have been temporarily blocked from content creation.',
      ),
      {},
      'GitHub limits the rate of requests (HTTP 403)',
      nextRun,
    ],
    ['in an outage', said(503, ''), {}, 'GitHub responded with HTTP 503', nextRun],
    [
      'of a connection that breaks',
      { faults: () => ({ destroy: true }) },
      {},
      /^GitHub cannot be reached \(\w+\)$/,
      nextRun,
    ],
  ])('publishComment: a failure %s says what to do', async (_what, changes, request, cause, next) => {
    const { publish, bodies } = await setUp(changes);
    expect(await publish(request)).toEqual({
      kind: 'failed',
      cause: typeof cause === 'string' ? cause : expect.stringMatching(cause),
      next: typeof next === 'string' ? next : expect.stringMatching(next),
    });
    expect(bodies()).toEqual([]);
  });

  test('publishComment: a job without time left stops the request', async () => {
    const { publish } = await setUp({ faults: () => ({ silent: true }) });
    const stop = new AbortController();
    const published = publish({ signal: stop.signal });
    stop.abort();
    expect(await published).toEqual({
      kind: 'failed',
      cause: 'GitHub did not respond in the time that was left',
      next: nextRun,
    });
  });

  test.each([
    'null',
    '{"message":"not a list"}',
    '[null, 1, {"id":"x"}, {"id":1,"body":null,"user":null}, {"id":2}]',
  ])('publishComment: posts after a list that is %s', async (list) => {
    const { publish } = await setUp({
      faults: (_, { method }) => (method === 'GET' ? { status: 200, body: list } : undefined),
    });
    expect(await publish()).toMatchObject({ kind: 'posted' });
  });
});
