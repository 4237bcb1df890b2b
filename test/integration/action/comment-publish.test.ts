import { expect, onTestFinished, test } from 'vitest';
import { publishPullRequestComment, type StepComment } from '../../../src/action/comment-publish.ts';
import { readContext } from '../../../src/action/context.ts';
import { recordingLog, temporaryDirectory } from '../../helpers/builders.ts';
import { FORK_ID, pullRequestEvent } from '../../helpers/github-events.ts';
import { evalResult, report, results, unfinished, verdict } from '../../helpers/report-builders.ts';
import { type GitHubApiOptions, startGitHubApi } from '../../stand-ins/github-api.ts';

const token = 'ghs_TOKEN-OF-THIS-JOB-0123456789';
const repository = 'octo-org/octo-repo';

const passing = report([evalResult('test-match')]);
const failing = report([unfinished('test-match', 'failed', 'it exited with code 1')], {
  verdict: verdict({ status: 'failed', sentence: 'Failed: 1 of 1 eval failed.' }),
});

async function setUp(changes: Partial<GitHubApiOptions> = {}) {
  const server = await startGitHubApi({ token, repository, ...changes });
  onTestFinished(() => server.close());
  const env = {
    GITHUB_REPOSITORY: repository,
    GITHUB_API_URL: server.url,
    GITHUB_WORKFLOW: 'evals',
    GITHUB_JOB: 'evals',
    GITHUB_ACTION: '__self',
  };
  const context = readContext(env, 'linux', temporaryDirectory());
  const log = recordingLog();
  log.hide(token);
  const publish = (comment: Partial<StepComment> = {}) =>
    publishPullRequestComment({
      report: failing,
      mode: 'changes',
      isExplicit: true,
      token,
      matrix: 'null',
      context,
      event: { name: 'pull_request', payload: pullRequestEvent(12) },
      log,
      ...comment,
    });
  const bodies = () => server.conversation.comments.map(({ body }) => body);
  return { server, log, publish, bodies };
}

test('publishPullRequestComment: posts, updates, and says where the comment is', async () => {
  const { log, publish, bodies } = await setUp();
  await publish();
  await publish({ report: passing });
  await publish({ report: passing });
  const url = 'https://github.com/octo-org/octo-repo/pull/12#issuecomment-1';
  expect(log.lines).toEqual([
    `Posted a comment on pull request 12: ${url}`,
    `Updated the comment on pull request 12: ${url}`,
    `The comment on pull request 12 is up to date: ${url}`,
  ]);
  expect(log.warnings).toEqual([]);
  expect(bodies()).toHaveLength(1);
  expect(bodies()[0]).toContain('Passed: 1 eval is done');
});

test('publishPullRequestComment: posts nothing when nothing is at stake', async () => {
  const { log, publish, bodies } = await setUp();
  await publish({ report: passing });
  expect(bodies()).toEqual([]);
  expect(log.lines).toEqual([
    'No comment on pull request 12: there are no changes to report (comment: changes).',
  ]);
});

test('publishPullRequestComment: keeps the comments of two sets and of two matrix jobs apart', async () => {
  const { publish, bodies } = await setUp();
  const other = { ...failing, results: results(failing.results.evals, { evalSet: 'other' }) };
  for (const _ of [1, 2]) {
    await publish();
    await publish({ report: other });
    await publish({ matrix: '{"python":"3.12"}' });
  }
  expect(bodies()).toHaveLength(3);
});

test.each<[string, Partial<StepComment>]>([
  ['for a push', { event: { name: 'push', payload: {} } }],
  ['without a token', { token: '' }],
])('publishPullRequestComment: sends nothing %s, and is silent by default', async (_, changes) => {
  const { server, log, publish } = await setUp();
  await publish({ ...changes, isExplicit: false });
  expect([server.requests, log.lines, log.warnings]).toEqual([[], [], []]);
});

test.each<[string, Partial<StepComment>, string[], string[]]>([
  [
    'that the event has no pull request',
    { event: { name: 'push', payload: {} } },
    ['No comment: the event push belongs to no pull request.'],
    [],
  ],
  [
    'that the token is missing',
    { token: '' },
    [],
    [
      'No comment was published, because the input github-token is empty. Set github-token: ${{ github.token }}, and give the job "permissions: pull-requests: write".',
    ],
  ],
])('publishPullRequestComment: tells a user who set the input %s', async (_, changes, lines, warnings) => {
  const { log, publish } = await setUp();
  await publish(changes);
  expect([log.lines, log.warnings]).toEqual([lines, warnings]);
});

const refused =
  'The comment was not published: the token may not write comments (HTTP 403, Resource not accessible by integration). ' +
  'Give the job "permissions: pull-requests: write".';

test.each([
  ['a warning when the input is set', true, [], [refused]],
  ['a line of the log when it is not', false, [refused], []],
])('publishPullRequestComment: a failure is %s', async (_, isExplicit, lines, warnings) => {
  const { log, publish } = await setUp({ readOnly: true });
  await publish({ isExplicit });
  expect([log.lines, log.warnings]).toEqual([lines, warnings]);
});

test('publishPullRequestComment: tells about the second workflow in a run of a fork', async () => {
  const { log, publish } = await setUp({ readOnly: true });
  await publish({ event: { name: 'pull_request', payload: pullRequestEvent(12, FORK_ID) } });
  expect(log.warnings).toEqual([expect.stringContaining('A second workflow can write the comment')]);
});

test('publishPullRequestComment: a cancelled job without time left does not wait for GitHub', async () => {
  const { log, publish } = await setUp({ faults: () => ({ silent: true }) });
  await publish({ signal: AbortSignal.abort() });
  expect(log.warnings).toEqual([
    'The comment was not published: GitHub did not respond in the time that was left. The next run publishes it.',
  ]);
});

test('publishPullRequestComment: neither the comment nor the log contains the token', async () => {
  const { log, publish, bodies } = await setUp();
  const leaking = unfinished('test-match', 'failed', `401: Bearer ${token} is invalid`);
  await publish({ report: { ...failing, results: results([leaking]) } });
  expect(bodies()).toHaveLength(1);
  expect(JSON.stringify([bodies(), log.lines, log.warnings])).not.toContain(token);
});
