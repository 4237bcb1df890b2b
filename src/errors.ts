/**
 * A failure that a user can act on. `message` says what happened and why, `next` what to do about it.
 *
 * Everything the action throws on purpose is one of these; anything else is a defect, and is reported as one.
 */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly code: ErrorCode;
  readonly next: string;

  constructor(code: ErrorCode, message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.next = next;
  }
}

/** Stable names of the failures, shown in brackets behind a message so that they can be searched for. */
export type ErrorCode =
  | 'INPUT_MISSING'
  | 'INPUT_INVALID'
  | 'ARGS_INVALID'
  | 'PLATFORM_UNSUPPORTED'
  | 'API_KEY_MISSING'
  | 'API_KEY_INVALID'
  | 'PYTHON_MISSING'
  | 'PYTHON_UNSUPPORTED'
  | 'EVALS_MISSING'
  | 'EVALS_UNSUPPORTED'
  | 'INSTALL_FAILED'
  | 'PLAN_FAILED'
  | 'PLAN_INVALID'
  | 'STATE_UNWRITABLE'
  | 'STATE_LOCKED'
  | 'STATE_NOT_OURS'
  | 'API_REFUSED'
  | 'API_UNREACHABLE'
  | 'EVALS_FAILED'
  | 'INCOMPLETE';

/** One text for the log and the annotation: what and why, then what to do. */
export function describeError(error: unknown): string {
  if (error instanceof ActionError) return `${error.message}\nWhat to do: ${error.next} [${error.code}]`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Unexpected error in oaievalset-action, please report it: ${detail}`;
}

/** The message of anything thrown, for use inside a longer sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The job cannot continue: the API refuses it, or cannot be reached, and no retry will help. */
export class ApiUnusable extends Error {
  override readonly name = 'ApiUnusable';
  readonly code: 'API_REFUSED' | 'API_UNREACHABLE';
  /** What a person can do: whole sentences. */
  readonly next: string;

  constructor(code: ApiUnusable['code'], message: string, next: string) {
    super(message);
    this.code = code;
    this.next = next;
  }
}
