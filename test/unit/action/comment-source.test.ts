import { expect, test } from 'vitest';
import { describeSource } from '../../../src/action/comment-source.ts';
import { eventPullRequest, type SourceRun } from '../../../src/github/event.ts';
import { REPOSITORY_ID, workflowRunEvent } from '../../helpers/github-events.ts';

const links = { serverUrl: 'https://github.com', repository: 'octo-org/octo-repo', runId: '4711' };
const url = 'https://github.com/octo-org/octo-repo/actions/runs/4711';

function runWith(changes: Readonly<Record<string, unknown>> = {}): SourceRun {
  const event = eventPullRequest({ name: 'workflow_run', payload: workflowRunEvent(changes) });
  if (event.kind !== 'source-run') throw new Error('The payload is not one of workflow_run.');
  return event.run;
}

test.each([
  [
    'of a fork',
    {},
    `Results of [run 33](${url}), which ran code of the branch \`better-prompt\` of \`octocat\`. That code can write any results.`,
  ],
  [
    'of a fork that was deleted',
    { head_repository: null, head_branch: null },
    `Results of [run 33](${url}), which ran code of the branch of a user who was deleted. That code can write any results.`,
  ],
  [
    'of the repository itself',
    { head_repository: { id: REPOSITORY_ID, owner: { login: 'octo-org' } } },
    `Results of [run 33](${url}) on the branch \`better-prompt\`.`,
  ],
])('describeSource: a run %s', (_, changes, expected) => {
  expect(describeSource(runWith(changes), links)).toBe(expected);
});

test('describeSource: the name of a branch cannot act as Markdown', () => {
  const text = describeSource(runWith({ head_branch: 'a`](https://evil.example)<b>@octocat`' }), links);
  expect(text).toContain("`a'](https://evil.example)<b>@octocat'`");
});
