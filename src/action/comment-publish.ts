/** Publishes a comment on the pull request of this run, and says in the log what came of it. */
import { reasonOf } from '../errors.ts';
import { type CommentFailure, commentFailure } from '../github/comment-failure.ts';
import { type EventPullRequest, eventPullRequest, type GitHubEvent } from '../github/event.ts';
import { findPullRequest } from '../github/find-pull-request.ts';
import { GitHubApi } from '../github/github-api.ts';
import { type PublishedComment, publishComment } from '../github/publish-comment.ts';
import type { Log } from '../log.ts';
import type { Report } from '../model/report.ts';
import { type CommentMode, isAtStake } from '../report/comment/at-stake.ts';
import { renderComment } from '../report/comment/comment.ts';
import { type CommentOwner, commentMarker } from '../report/comment/marker.ts';
import { commentOwner } from './comment-owner.ts';
import type { RunContext } from './context.ts';

export interface CommentPublication {
  readonly report: Report;
  /** If nothing is at stake, a comment that is there is updated, and none is posted. */
  readonly mode: CommentMode;
  readonly owner: CommentOwner;
  /** Where the results come from, in GitHub's Markdown; undefined: from this run. */
  readonly source?: string | undefined;
  /** Where report.html can be opened or downloaded. */
  readonly reportUrl?: string | undefined;
  /** Not empty. It is sent to the API of the runner only. */
  readonly token: string;
  readonly context: Pick<RunContext, 'apiUrl' | 'repository'>;
  readonly event: EventPullRequest;
  /** The pull request that the workflow names; undefined: that of the event. */
  readonly given?: number | undefined;
  readonly signal: AbortSignal;
  /** Hides secrets, because the comment may quote errors. */
  readonly log: Pick<Log, 'redact'>;
}

export type CommentOutcome =
  /** `sentence`: what was done, or why nothing was. */
  { readonly kind: 'done'; readonly sentence: string } | ({ readonly kind: 'failed' } & CommentFailure);

export async function publishToPullRequest(publication: CommentPublication): Promise<CommentOutcome> {
  const { report, mode, owner, token, context, event, given, signal } = publication;
  const { apiUrl, repository } = context;
  const api = new GitHubApi({ apiUrl, repository, token });
  const found = await findPullRequest({ api, event, given, signal });
  if (found.kind === 'none') return { kind: 'done', sentence: `No comment: ${found.why}.` };
  if (found.kind !== 'found') {
    const circumstances = { pullRequest: given, isForkRun: false, isStopped: signal.aborted };
    return { kind: 'failed', ...commentFailure(found, circumstances) };
  }
  const published = await publishComment({
    api,
    pullRequest: found.number,
    isForkRun: event.kind === 'pull-request' && event.isForkRun,
    marker: commentMarker(owner),
    body: bodyOf(publication),
    mode: isAtStake(report, mode) ? 'post-or-update' : 'update-only',
    signal,
  });
  if (published.kind === 'failed') return published;
  return { kind: 'done', sentence: sentenceOf(published, found.number, mode) };
}

/** The source is above everything that the results say of themselves. */
function bodyOf({ report, owner, source, reportUrl, log }: CommentPublication): string {
  const rendered = renderComment(report, { marker: owner, reportUrl });
  const marker = commentMarker(owner);
  const body = source === undefined ? rendered : `${marker}\n\n${source}${rendered.slice(marker.length)}`;
  return log.redact(body);
}

function sentenceOf(
  published: Exclude<PublishedComment, { kind: 'failed' }>,
  pullRequest: number,
  mode: CommentMode,
): string {
  switch (published.kind) {
    case 'posted':
      return `Posted a comment on pull request ${pullRequest}: ${published.url}`;
    case 'updated':
      return `Updated the comment on pull request ${pullRequest}: ${published.url}`;
    case 'unchanged':
      return `The comment on pull request ${pullRequest} is up to date: ${published.url}`;
    case 'nothing':
      return `No comment on pull request ${pullRequest}: there are no ${mode} to report (comment: ${mode}).`;
  }
}

export interface StepComment extends Pick<CommentPublication, 'report' | 'mode' | 'reportUrl'> {
  /** Whether the user has set the input comment. If not, a comment that cannot be published is no warning. */
  readonly isExplicit: boolean;
  /** Empty: there is no comment. */
  readonly token: string;
  /** The values of the job's matrix, as JSON. */
  readonly matrix: string;
  readonly context: RunContext;
  readonly event: GitHubEvent;
  /** Of a job that was cancelled, and has no time left. */
  readonly signal?: AbortSignal | undefined;
  readonly log: Pick<Log, 'info' | 'warning' | 'redact'>;
}

/** No step waits longer for its comment. */
const MAX_MS = 60_000;

const TITLE = 'Pull request comment';

/**
 * Publishes the comment of a step that ran evals. It never affects the result of the step: a failure is a warning if the user has
 * set the input, or else a line of the log. Without a token and outside a pull request it does nothing. Never rejects.
 */
export async function publishPullRequestComment(comment: StepComment): Promise<void> {
  const { report, isExplicit, token, matrix, context, signal, log } = comment;
  const event = eventPullRequest(comment.event);
  if (event.kind === 'none') {
    if (isExplicit) log.info(`No comment: ${event.why}.`);
    return;
  }
  if (token === '') {
    if (isExplicit) log.warning(WITHOUT_TOKEN, TITLE);
    return;
  }
  const { model, evalSet } = report.results;
  const owner = commentOwner({ ...context, matrix, model, evalSet });
  const limit = AbortSignal.timeout(MAX_MS);
  const bounded = signal ? AbortSignal.any([signal, limit]) : limit;
  const outcome = await publishToPullRequest({ ...comment, event, owner, signal: bounded }).catch(unexpected);
  if (outcome.kind === 'done') return log.info(outcome.sentence);
  const sentence = `The comment was not published: ${outcome.cause}. ${outcome.next}`;
  if (isExplicit) log.warning(sentence, TITLE);
  else log.info(sentence);
}

const WITHOUT_TOKEN =
  'No comment was published, because the input github-token is empty. Set github-token: ${{ github.token }}, and give the ' +
  'job "permissions: pull-requests: write".';

function unexpected(error: unknown): CommentOutcome {
  return {
    kind: 'failed',
    cause: reasonOf(error),
    next: 'This is an error of the action. Please report it.',
  };
}
