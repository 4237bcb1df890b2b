/** Why GitHub did not take a comment, in words for people. Pure. */
import type { GitHubFailure } from './github-api.ts';

export interface CommentFailure {
  /** A clause. */
  readonly cause: string;
  /** What to grant or to do, as sentences. */
  readonly next: string;
}

export interface CommentCircumstances {
  /** The number of the pull request; undefined when it is not known yet. */
  readonly pullRequest: number | undefined;
  /** Whether this run is one of a pull request from a fork. */
  readonly isForkRun: boolean;
  /** Whether the caller stopped the request. */
  readonly isStopped: boolean;
}

const PERMISSION = 'Give the job "permissions: pull-requests: write".';
const NEXT_RUN = 'The next run publishes it.';

export function commentFailure(failure: GitHubFailure, circumstances: CommentCircumstances): CommentFailure {
  const { kind, cause, message = '' } = failure;
  if (circumstances.isStopped)
    return { cause: 'GitHub did not respond in the time that was left', next: NEXT_RUN };
  const known = KNOWN.find(({ pattern }) => pattern.test(message));
  if (known) return { cause: `${known.cause} (${message.replace(/\.$/, '')})`, next: known.next };
  switch (kind) {
    case 'rate-limited':
      return { cause, next: NEXT_RUN };
    case 'missing':
      return {
        cause: `GitHub cannot find ${named(circumstances)} with this token${message && ` (${message})`}`,
        next: PERMISSION,
      };
    case 'denied':
      return { cause: `the token may not write comments (${cause})`, next: grant(message, circumstances) };
    case 'failed':
      return { cause, next: NEXT_RUN };
  }
}

function named({ pullRequest }: CommentCircumstances): string {
  return pullRequest === undefined ? 'the pull request' : `pull request ${pullRequest}`;
}

function grant(message: string, { isForkRun }: CommentCircumstances): string {
  if (/personal access token/i.test(message))
    return 'Give the token the permission "Pull requests: Read and write" for this repository.';
  if (isForkRun && /by integration/i.test(message))
    return (
      'GitHub gives a run of a pull request from a fork a token that only reads. A second workflow can write the comment: ' +
      'see docs/comments.md of this action.'
    );
  return PERMISSION;
}

/** What GitHub says, from its responses. None of it depends on permissions of the job. */
const KNOWN: readonly (CommentFailure & { readonly pattern: RegExp })[] = [
  {
    pattern: /\bbad credentials\b/i,
    cause: 'GitHub does not accept the token',
    next: 'Set github-token to ${{ github.token }}, or to a token that has not expired.',
  },
  {
    pattern: /\bissue is locked\b/i,
    cause: 'the conversation of the pull request is locked',
    next: 'Unlock it to get a comment.',
  },
  {
    pattern: /\bmore than 2,?500 comments\b/i,
    cause: 'the pull request has as many comments as GitHub allows',
    next: 'Open a new pull request to get a comment.',
  },
  {
    pattern: /\barchived\b/i,
    cause: 'the repository is archived',
    next: 'Nothing can be written to it.',
  },
  {
    pattern: /\bSAML\b/i,
    cause: 'the organization requires single sign-on for this token',
    next: 'Authorize the token for the organization, or use ${{ github.token }}.',
  },
  {
    pattern: /\bbody is too long\b/i,
    cause: 'the comment is too long for GitHub',
    next: 'This is an error of the action. Please report it.',
  },
];
