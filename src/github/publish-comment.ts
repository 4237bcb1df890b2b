import { type CommentFailure, commentFailure } from './comment-failure.ts';
import {
  findComment,
  type PullRequestComments,
  postComment,
  updateComment,
  type WrittenComment,
} from './comments.ts';
import type { GitHubFailure } from './github-api.ts';

export interface CommentRequest extends PullRequestComments {
  /** GitHub's Markdown. It begins with the marker. */
  readonly body: string;
  /** An HTML comment of one line, which people do not see. */
  readonly marker: string;
  /** `update-only`: nothing is at stake, so nothing is posted. A comment that is there must not tell an old failure. */
  readonly mode: 'post-or-update' | 'update-only';
  /** Whether this run is one of a pull request from a fork, and has a token that only reads. */
  readonly isForkRun: boolean;
}

export type PublishedComment =
  | { readonly kind: 'posted' | 'updated' | 'unchanged'; readonly url: string }
  | { readonly kind: 'nothing' }
  | ({ readonly kind: 'failed' } & CommentFailure);

/** Posts the comment, or updates it in place where it is there already. Never rejects, and does not retry. */
export async function publishComment(request: CommentRequest): Promise<PublishedComment> {
  const { marker, mode, body } = request;
  const found = await findComment(request, marker);
  if (found.kind === 'found') {
    const { id, body: current, url } = found.comment;
    if (asStored(current) === asStored(body)) return { kind: 'unchanged', url };
    const updated = await updateComment(request, id, body);
    // Somebody deleted it meanwhile.
    if (updated.kind !== 'missing') return outcomeOf(updated, 'updated', request);
  } else if (found.kind !== 'none') {
    return failed(found, request);
  }
  return mode === 'update-only'
    ? { kind: 'nothing' }
    : outcomeOf(await postComment(request, body), 'posted', request);
}

/** GitHub may return other line ends than it was given. */
function asStored(body: string): string {
  return body.replaceAll('\r\n', '\n').trim();
}

function outcomeOf(
  result: WrittenComment,
  kind: 'posted' | 'updated',
  request: CommentRequest,
): PublishedComment {
  return result.kind === 'written' ? { kind, url: result.url } : failed(result, request);
}

function failed(
  failure: GitHubFailure,
  { pullRequest, isForkRun, signal }: CommentRequest,
): PublishedComment {
  return {
    kind: 'failed',
    ...commentFailure(failure, { pullRequest, isForkRun, isStopped: signal?.aborted ?? false }),
  };
}
