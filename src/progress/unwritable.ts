import { ActionError, reasonOf } from '../errors.ts';

/** The error of a state directory that cannot be read or written; an error that already says what to do stays as it is. */
export function unwritable(root: string, error: unknown): ActionError {
  if (error instanceof ActionError) return error;
  return new ActionError(
    'STATE_UNWRITABLE',
    `The state directory ${root} cannot be read or written: ${reasonOf(error)}.`,
    'Free some disk space, repair its permissions, or set state-directory to a folder the runner may write to. What was already recorded is not lost.',
    { cause: error },
  );
}
