import { ActionError, reasonOf } from '../errors.ts';

/** The error of a state directory that cannot be read or written. An ActionError is returned unchanged. */
export function unwritable(root: string, error: unknown): ActionError {
  if (error instanceof ActionError) return error;
  return new ActionError(
    'STATE_UNWRITABLE',
    `The state directory ${root} cannot be read or written: ${reasonOf(error)}.`,
    'Free some disk space, repair its permissions, or set state-directory to a directory that the runner can write to. What was already recorded is not lost.',
    { cause: error },
  );
}
