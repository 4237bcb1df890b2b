import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { formatResults } from '../../src/artifact/format-results.ts';
import { startAct } from '../helpers/act.ts';
import { makeRepository } from '../helpers/act-repository.ts';
import { temporaryDirectory } from '../helpers/builders.ts';
import { report, unfinished } from '../helpers/report-builders.ts';
import { startGitHubApi } from '../stand-ins/github-api.ts';

/** `token` has the default of the input, `${{ github.token }}`, and `matrix` that of a job with a matrix. */
const workflow = `
on: push
jobs:
  comment:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        part: [one, two]
      max-parallel: 1
    steps:
      - uses: actions/checkout@v5
      - uses: ./comment
        with:
          report-directory: report
          comment: always
          pull-request: 12
`;

test('comment action: a workflow finds its program beside its directory, and its default inputs', async () => {
  const token = 'ghs_TOKEN-OF-THIS-JOB-0123456789';
  const server = await startGitHubApi({ token, repository: 'octo-org/octo-repo' });
  onTestFinished(() => server.close());
  const directory = temporaryDirectory();
  const repository = join(directory, 'repository');
  const { results, verdict } = report([unfinished('test-match', 'failed', 'it exited with code 1')]);
  await makeRepository(repository, { 'report/results.json': formatResults(results, verdict) });
  const act = await startAct({
    directory,
    repository,
    workflow,
    env: { GITHUB_API_URL: server.url },
    secrets: { GITHUB_TOKEN: token },
  });
  onTestFinished(() => act.stop());
  const { text, exitCode } = await act.finished;
  expect(exitCode, text).toBe(0);
  const { comments } = server.conversation;
  expect(comments.map(({ pullRequest }) => pullRequest)).toEqual([12, 12]);
  expect(text).not.toContain(token);
});
