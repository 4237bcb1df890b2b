/** comment/action.yml: comments on a pull request with results that another run left, such as one of a fork. docs/comments.md */
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { readCommentActionInputs, reportDirectoryPath } from './action/comment-inputs.ts';
import { commentOwner } from './action/comment-owner.ts';
import { publishToPullRequest } from './action/comment-publish.ts';
import { readReport } from './action/comment-report.ts';
import { describeSource } from './action/comment-source.ts';
import { readContext } from './action/context.ts';
import { readEvent } from './action/event.ts';
import { actionLog as log } from './action/log.ts';
import { ActionError, describeError } from './errors.ts';
import { eventPullRequest } from './github/event.ts';

const MAX_MS = 5 * 60_000;

async function comment(): Promise<void> {
  const inputs = await readCommentActionInputs();
  const context = readContext(process.env, process.platform, tmpdir());
  const event = eventPullRequest(readEvent(process.env));
  const run = event.kind === 'source-run' ? event.run : undefined;

  // Nothing of the artifact chooses the pull request, a link or an address.
  const { serverUrl, repository, runId } = context;
  const links = { serverUrl, repository, runId: run?.id ?? runId };
  const directory = reportDirectoryPath(inputs);
  const report = await readReport(directory, links, log);
  const { model, evalSet } = report.results;

  const outcome = await publishToPullRequest({
    report,
    mode: inputs.mode,
    owner: commentOwner({
      workflow: run?.workflow ?? context.workflow,
      job: report.results.run.job,
      // Reports of a matrix have one job and one set. The path itself may differ between runners.
      step: `${context.step} ${basename(directory)}`,
      matrix: inputs.matrix,
      model,
      evalSet,
    }),
    source: run && describeSource(run, links),
    token: inputs.token,
    context,
    event,
    given: inputs.pullRequest,
    signal: AbortSignal.timeout(MAX_MS),
    log,
  });
  if (outcome.kind === 'done') log.info(outcome.sentence);
  else
    throw new ActionError('COMMENT_FAILED', `The comment was not published: ${outcome.cause}.`, outcome.next);
}

await comment().catch((error: unknown) => {
  process.exitCode = 1;
  log.error(describeError(error));
});
