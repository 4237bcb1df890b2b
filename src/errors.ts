/**
 * A failure that a user can act on. `message` says what happened and why; `next` says what to do about it.
 *
 * Everything that the action throws on purpose is an ActionError. Anything else is a bug and is reported as one.
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

/** Several failures that were found at the same time. Each of them says what to do about it. */
export class ActionErrors extends ActionError {
  readonly errors: readonly ActionError[];

  constructor(errors: readonly ActionError[]) {
    const codes = new Set(errors.map(({ code }) => code));
    const [first = 'INPUT_INVALID'] = codes;
    super(
      codes.size === 1 ? first : 'INPUT_INVALID',
      `${errors.length} settings of this step are wrong, so no eval was run:\n${errors.map(asItem).join('\n')}`,
      'Correct all of them.',
    );
    this.errors = errors;
  }
}

/** One error for all: the only one itself, or one that lists them all. */
export function oneError(errors: readonly ActionError[]): ActionError {
  const all = errors.flatMap((error) => (error instanceof ActionErrors ? error.errors : [error]));
  const [only] = all;
  return only && all.length === 1 ? only : new ActionErrors(all);
}

/** Further lines are indented, so that they belong to the item. */
function asItem({ message, next }: ActionError): string {
  return `- ${message.replaceAll('\n', '\n  ')}${message.includes('\n') ? '\n  ' : ' '}${next}`;
}

/** Stable names of the failures. A message ends with its code in brackets, so that users can search for it. */
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
  | 'THRESHOLDS_MISSED'
  | 'SHARD_NOT_SAVED'
  | 'SHARDS_MISSING'
  | 'SHARDS_DIFFER'
  | 'COMMENT_FAILED'
  | 'REPORTS_UNUSABLE'
  | 'INCOMPLETE';

/** The text for the log and the annotation: what happened and why, then what to do. */
export function describeError(error: unknown): string {
  if (error instanceof ActionError) return `${error.message}\nWhat to do: ${error.next} [${error.code}]`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Unexpected error in oaievalset-action. Please report it: ${detail}`;
}

/** The message of any thrown value, for use inside a longer sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The job cannot continue: the API refuses its requests or cannot be reached, and retrying will not help. */
export class ApiUnusable extends Error {
  override readonly name = 'ApiUnusable';
  readonly code: 'API_REFUSED' | 'API_UNREACHABLE';
  /** What the user can do, in whole sentences. */
  readonly next: string;

  constructor(code: ApiUnusable['code'], message: string, next: string) {
    super(message);
    this.code = code;
    this.next = next;
  }
}
