/** The action sends its cache worker a request as one line on stdin, and receives a result as JSON on fd 3. */
export type WorkerRequest =
  | { readonly operation: 'restore'; readonly key: string; readonly restoreKeys: readonly string[] }
  /** Looks up the entry that the first of these keys finds, other than those in `except`. Nothing is downloaded. */
  | { readonly operation: 'look-up'; readonly keys: readonly string[]; readonly except: readonly string[] }
  | { readonly operation: 'save'; readonly key: string };

export type WorkerResult =
  | { readonly available: false }
  | { readonly available: true; readonly operation: 'restore' | 'look-up'; readonly key?: string }
  /** `id` is -1 when the client failed; `found` is the key that a look-up of the new entry returned. */
  | { readonly available: true; readonly operation: 'save'; readonly id: number; readonly found?: string }
  /** What the client threw. It throws for a few failures, and prints the others. */
  | { readonly available: true; readonly operation: 'error'; readonly message: string };

/** The message of an `error` when the client would have waited indefinitely for the rest of a response. */
export const CUT_OFF = 'a response ended in the middle';

export const RESULT_FD = 3;

/**
 * The one path in every checkpoint, relative to a directory that is made for the operation.
 *
 * It is part of the entry's version, so a look-up has to use the same path. As a constant, it does not depend on the
 * workspace, the temporary directory and the state directory of the machine.
 */
export const CHECKPOINT_PATH = 'tmp/oaievalset';
