/** comment/action.yml: the comment on the pull request of a fork, after its run, with the report that the run left. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { formatResults } from '../../src/artifact/format-results.ts';
import { renderMarkdown } from '../golden/picture/markdown.ts';
import { temporaryDirectory } from '../helpers/builders.ts';
import { HEAD_SHA, workflowRunEvent } from '../helpers/github-events.ts';
import { evalResult, report, results, unfinished, verdict } from '../helpers/report-builders.ts';
import { commandsHolding, ownAction, type RunResult, runAction } from '../helpers/runner.ts';
import { type GitHubApiOptions, startGitHubApi } from '../stand-ins/github-api.ts';

const token = 'ghs_TOKEN-OF-THIS-JOB-0123456789';
const repository = 'octo-org/octo-repo';
const pulls = [{ number: 12, sha: HEAD_SHA, head: 'octocat:better-prompt', repositoryId: 2 }];

const failing = report([unfinished('test-match', 'failed', 'it exited with code 1')], {
  verdict: verdict({ status: 'failed', sentence: 'Failed: 1 of 1 eval failed.' }),
});
const passing = report([evalResult('test-match')]);
const textOf = ({ results, verdict }: typeof failing) => formatResults(results, verdict);

interface Setting {
  /** The text of results.json. */
  readonly text?: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** A machine on which the artifact of a fork's run was downloaded. */
async function setUp(api: Partial<GitHubApiOptions> = {}) {
  const server = await startGitHubApi({ token, repository, pulls, ...api });
  onTestFinished(() => server.close());
  const directory = temporaryDirectory();
  const reportDirectory = join(directory, 'report');
  mkdirSync(reportDirectory);
  const run = (setting: Setting = {}): Promise<RunResult> => {
    if (setting.text !== undefined) writeFileSync(join(reportDirectory, 'results.json'), setting.text);
    const event = join(directory, 'event.json');
    writeFileSync(event, JSON.stringify(workflowRunEvent()));
    return runAction({
      action: join(ownAction, 'comment'),
      directory,
      repository,
      inputs: { 'report-directory': reportDirectory, 'github-token': token, ...setting.inputs },
      env: { GITHUB_API_URL: server.url, GITHUB_EVENT_NAME: 'workflow_run', GITHUB_EVENT_PATH: event },
    });
  };
  const bodies = () => server.conversation.comments.map(({ body }) => body);
  return { server, reportDirectory, run, bodies };
}

describe('comment action', () => {
  test('comment action: posts the results of a fork with their source, and updates them', async () => {
    const { run, bodies } = await setUp();
    const posted = await run({ text: textOf(failing) });
    expect(posted.exitCode, posted.lines.join('\n')).toBe(0);
    expect(posted.lines).toContain(
      'Posted a comment on pull request 12: https://github.com/octo-org/octo-repo/pull/12#issuecomment-1',
    );
    expect(bodies()[0]).toMatch(
      /^<!-- .* -->\n\nResults of \[run 33\]\(.*\/4711\), which ran code of the branch/,
    );
    expect(bodies()[0]).toContain('Failed: 1 of 1 eval failed.');

    const updated = await run({ text: textOf(passing) });
    expect(updated.exitCode).toBe(0);
    expect(bodies()).toEqual([expect.stringContaining('Passed: 1 eval is done')]);
    for (const each of [posted, updated])
      expect(commandsHolding(each, token).map(({ name }) => name)).toEqual(['add-mask']);
  });

  test('comment action: posts nothing when nothing is at stake', async () => {
    const { run, bodies } = await setUp();
    const result = await run({ text: textOf(passing) });
    expect(result.exitCode).toBe(0);
    expect(result.lines.at(-1)).toBe(
      'No comment on pull request 12: there are no changes to report (comment: changes).',
    );
    expect(bodies()).toEqual([]);
  });

  test('comment action: takes no link, no pull request and no address from the artifact', async () => {
    const { server, run, bodies } = await setUp();
    const hostile = {
      ...failing.results.run,
      repository: 'mallory/evil',
      id: '666',
      sha: 'f'.repeat(40),
      ref: 'refs/pull/1/merge',
      workflow: '--><img src=https://evil.example>',
      job: '<script>alert(1)</script> @octocat',
    };
    const name = '[click](https://evil.example) <img src=x onerror=alert(1)> @octocat #1 --> ```';
    const evals = [unfinished(name, 'failed', `${name}\u202e::error::${'x'.repeat(3000)}`)];
    const text = textOf({
      ...failing,
      results: { ...results(evals), run: hostile, evalSet: '--> @octocat' },
      verdict: verdict({ status: 'failed', sentence: `${name} failed.` }),
    });
    const result = await run({ text });
    expect(result.exitCode, result.lines.join('\n')).toBe(0);
    const [body = ''] = bodies();
    expect(renderMarkdown(body)).not.toMatch(/<img|<script|href="https:\/\/evil/);
    expect(body).not.toMatch(/\u202e|mallory|\/666/);
    expect(body.length).toBeLessThan(65_536);
    expect(server.conversation.comments.map(({ pullRequest }) => pullRequest)).toEqual([12]);
    expect(result.commands.map(({ name }) => name)).toEqual(['add-mask']);
  });

  test.each([
    ['is missing', undefined, 'it does not exist'],
    ['is cut off', textOf(failing).slice(0, 500), 'it is cut off: its JSON does not end'],
    ['is another file', '{"version":1}', 'it is JSON, but not a results.json of this action'],
    ['is of a later version', '{"version":2,"evals":[]}', 'it has version 2'],
  ])('comment action: fails when results.json %s', async (_, text, why) => {
    const { server, run } = await setUp();
    const result = await run(text === undefined ? {} : { text });
    expect(result.exitCode).toBe(1);
    const [annotation] = result.annotations;
    expect(annotation?.message).toContain(why);
    expect(annotation?.message).toContain('[COMMENT_FAILED]');
    expect(server.requests).toEqual([]);
  });

  test('comment action: does not follow a link, which may lead to any file of the machine', async () => {
    const { reportDirectory, run } = await setUp();
    symlinkSync('/proc/self/environ', join(reportDirectory, 'results.json'));
    const result = await run();
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toContain('it is not a plain file');
  });

  test('comment action: fails when GitHub refuses the comment, and says what to grant', async () => {
    const { run } = await setUp({ readOnly: true });
    const result = await run({ text: textOf(failing) });
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toBe(
      'The comment was not published: the token may not write comments (HTTP 403, Resource not accessible by integration).\n' +
        'What to do: Give the job "permissions: pull-requests: write". [COMMENT_FAILED]',
    );
  });

  test('comment action: keeps the comments on two reports apart, and finds each again on another machine', async () => {
    const { server, run, bodies } = await setUp();
    for (const machine of ['first', 'second'])
      for (const part of ['report-1', 'report-2']) {
        const reportDirectory = join(temporaryDirectory(), machine, part);
        mkdirSync(reportDirectory, { recursive: true });
        writeFileSync(join(reportDirectory, 'results.json'), textOf(failing));
        expect((await run({ inputs: { 'report-directory': reportDirectory } })).exitCode).toBe(0);
      }
    expect(bodies()).toHaveLength(2);
    expect(
      server.requests.filter(({ method, url }) => method === 'POST' && url.endsWith('/comments')),
    ).toHaveLength(2);
  });

  test('comment action: does not comment on the pull request of somebody else', async () => {
    const { run, bodies } = await setUp({
      pulls: [...pulls, { number: 1, sha: '0'.repeat(40), head: 'octo-org:main', repositoryId: 1 }],
    });
    const result = await run({ text: textOf(failing), inputs: { 'pull-request': '1' } });
    expect(result.exitCode).toBe(0);
    expect(result.lines.at(-1)).toBe(
      'No comment: the newest commit of pull request 1 is not that of run 4711.',
    );
    expect(bodies()).toEqual([]);
  });
});
