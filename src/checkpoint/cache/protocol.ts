/** What the action and its cache worker say to each other: a request as one line on stdin, a result as JSON on fd 3. */
export type WorkerRequest =
  | { readonly operation: 'restore'; readonly key: string; readonly restoreKeys: readonly string[] }
  /** Asks which entry the first of these keys finds, leaving out `except`. Nothing is downloaded. */
  | { readonly operation: 'look-up'; readonly keys: readonly string[]; readonly except: readonly string[] }
  | { readonly operation: 'save'; readonly key: string };

export type WorkerResult =
  | { readonly available: false }
  | { readonly available: true; readonly operation: 'restore' | 'look-up'; readonly key?: string }
  /** `id` is -1 when the client gave up; `found` is the key a look-up of the new entry answers. */
  | { readonly available: true; readonly operation: 'save'; readonly id: number; readonly found?: string }
  /** What the client threw, which it does for a few failures and not for the rest. */
  | { readonly available: true; readonly operation: 'error'; readonly message: string };

/** The message of an `error`, when the client would have waited for ever for the rest of an answer. */
export const CUT_OFF = 'a response ended in the middle';

export const RESULT_FD = 3;

/**
 * The one path every checkpoint holds, relative to a directory made for the call.
 *
 * It is part of the entry's version: a checkpoint is only found by who asks for this very path. A constant keeps that
 * apart from the machine's workspace, temporary and state directories.
 */
export const CHECKPOINT_PATH = 'tmp/oaievalset';
