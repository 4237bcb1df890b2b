/** Reads the inputs about comments: `comment` of both actions, and those of comment/action.yml. */
import { resolve } from 'node:path';
import { ActionError } from '../errors.ts';
import type { CommentMode } from '../report/comment/at-stake.ts';
import { directoryFault, withHome } from './input/directories.ts';
import { invalid, SEVERAL_LINES, secret, text } from './input/text.ts';
import { wholeNumberOf } from './input/values.ts';
import { readAll } from './read-all.ts';

export interface CommentInput {
  readonly mode: CommentMode;
  /** Whether the user has set the input. */
  readonly isExplicit: boolean;
}

const MODES: readonly CommentMode[] = ['changes', 'failures', 'always'];

/** @throws ActionError INPUT_INVALID */
export function commentInput(): CommentInput {
  const value = text('comment');
  if (value === '') return { mode: 'changes', isExplicit: false };
  const mode = MODES.find((each) => each === value.toLowerCase());
  if (mode) return { mode, isExplicit: true };
  throw invalid(
    'comment',
    value,
    'it is neither changes, failures nor always',
    /^(false|never|none|no|off)$/i.test(value)
      ? 'Remove the input comment. A job without "pull-requests: write" does not comment.'
      : 'Set comment to changes, failures or always, which says when a pull request gets a comment.',
  );
}

/** Of comment/action.yml. */
export interface CommentActionInputs {
  /** As the workflow has it. */
  readonly reportDirectory: string;
  readonly mode: CommentMode;
  /** Undefined: that of the event. */
  readonly pullRequest: number | undefined;
  readonly token: string;
  /** The matrix values of this job, as JSON. */
  readonly matrix: string;
}

/** @throws ActionError that names every wrong input */
export function readCommentActionInputs(): Promise<CommentActionInputs> {
  return readAll<CommentActionInputs>({
    reportDirectory,
    mode: () => commentInput().mode,
    pullRequest,
    token,
    matrix: () => text('matrix', SEVERAL_LINES),
  });
}

const A_REPORT =
  'Set report-directory to the directory into which actions/download-artifact downloads the report.';

function reportDirectory(): string {
  const value = text('report-directory');
  if (value === '')
    throw new ActionError('INPUT_MISSING', 'The input report-directory is missing.', A_REPORT);
  const fault = directoryFault(withHome(value), process.cwd());
  if (fault === undefined) return value;
  throw invalid('report-directory', value, fault.why, fault.next ?? A_REPORT);
}

/** The absolute path of the directory that the input names. */
export function reportDirectoryPath({ reportDirectory }: CommentActionInputs): string {
  return resolve(withHome(reportDirectory));
}

function pullRequest(): number | undefined {
  const value = text('pull-request');
  if (value === '') return undefined;
  const number = wholeNumberOf(value.replace(/^#/, ''));
  if (number !== undefined && number >= 1 && Number.isSafeInteger(number)) return number;
  throw invalid(
    'pull-request',
    value,
    'it is not the number of a pull request',
    'Set pull-request to a number such as 12, or remove it to use that of the event.',
  );
}

function token(): string {
  const value = secret('github-token');
  if (value !== '') return value;
  throw new ActionError(
    'INPUT_MISSING',
    'The input github-token is empty.',
    'Remove it to use the token of the job, or set it to a token with "pull-requests: write".',
  );
}
