import { expect, test } from 'vitest';
import { eventPullRequest } from '../../../src/github/event.ts';
import {
  FORK_ID,
  HEAD_SHA,
  namedPullRequest,
  pullRequestEvent,
  REPOSITORY_ID,
  workflowRunEvent,
} from '../../helpers/github-events.ts';

test.each([
  ['pull_request', pullRequestEvent(12), { number: 12, isForkRun: false }],
  ['pull_request', pullRequestEvent(12, FORK_ID), { number: 12, isForkRun: true }],
  ['pull_request_target', pullRequestEvent(12, FORK_ID), { number: 12, isForkRun: false }],
  ['pull_request', pullRequestEvent(12, null), { number: 12, isForkRun: true }],
  ['pull_request_review', pullRequestEvent(12), { number: 12, isForkRun: false }],
  ['issue_comment', { issue: { number: 12, pull_request: {} } }, { number: 12, isForkRun: false }],
])('eventPullRequest: %s belongs to a pull request (%j)', (name, payload, expected) => {
  expect(eventPullRequest({ name, payload })).toEqual({ kind: 'pull-request', ...expected });
});

test.each([
  ['push', { repository: { id: REPOSITORY_ID } }],
  ['issue_comment', { issue: { number: 12 } }],
  ['schedule', undefined],
  ['workflow_dispatch', null],
  ['pull_request', { pull_request: { number: '12' } }],
  ['pull_request', { repository: { id: 1 }, pull_request: { number: -1, head: {} } }],
  ['workflow_run', { repository: { id: 1 } }],
  ['', []],
])('eventPullRequest: %s with %j belongs to no pull request', (name, payload) => {
  expect(eventPullRequest({ name, payload })).toMatchObject({
    kind: 'none',
    why: expect.stringContaining(name),
  });
});

test('eventPullRequest: workflow_run tells about the run that ended', () => {
  const payload = workflowRunEvent({ path: '.github/workflows/evals.yml@refs/heads/main' });
  expect(eventPullRequest({ name: 'workflow_run', payload })).toEqual({
    kind: 'source-run',
    run: {
      id: '4711',
      attempt: 2,
      number: 33,
      event: 'pull_request',
      workflow: '.github/workflows/evals.yml',
      headSha: HEAD_SHA,
      headBranch: 'better-prompt',
      headRepository: { id: FORK_ID, owner: 'octocat' },
      isFork: true,
      pullRequests: [],
    },
  });
});

test('eventPullRequest: workflow_run names pull requests of this repository only', () => {
  const pull_requests = [namedPullRequest(3, HEAD_SHA, FORK_ID), namedPullRequest(12)];
  const head_repository = { id: REPOSITORY_ID, owner: { login: 'octo-org' } };
  const event = eventPullRequest({
    name: 'workflow_run',
    payload: workflowRunEvent({ pull_requests, head_repository }),
  });
  expect(event).toMatchObject({ run: { isFork: false, pullRequests: [{ number: 12, headSha: HEAD_SHA }] } });
});

test('eventPullRequest: workflow_run of a branch whose repository was deleted is one of a fork', () => {
  const payload = workflowRunEvent({ head_repository: null, head_branch: null, pull_requests: null });
  expect(eventPullRequest({ name: 'workflow_run', payload })).toMatchObject({
    run: { isFork: true, headRepository: null, headBranch: '', pullRequests: [] },
  });
});
