import {
  type CacheOperation,
  causeOf,
  failureMessage,
  KEY_TAKEN,
  lastAttempt,
  skippedByMode,
  stageOf,
} from './cause.ts';
import { foundEntry, linesOf, type OutputLine, redacted, storageLines } from './client-output.ts';
import type { WorkerResult } from './protocol.ts';
import type { WorkerRun } from './worker-process.ts';

/** An operation without a result: the job has no usable cache (`unavailable`), or the operation failed (`failed`). */
export interface CacheTrouble {
  readonly kind: 'unavailable' | 'failed';
  /** A clause of one line for the place after a colon; safe to print. */
  readonly cause: string;
  /** The key of an entry that was found and cannot be used. An older one may be usable. */
  readonly entry?: string;
  /** Whether another save already has the key. */
  readonly keyTaken?: true;
  /** Whether to warn, because the cause says what the user can do. */
  readonly canBeFixed?: true;
}

export function failed(cause: string): CacheTrouble {
  return { kind: 'failed', cause };
}

export const noService: CacheTrouble = {
  kind: 'unavailable',
  cause: 'this job has no Actions cache service',
};

/** A worker's run, with what a message about it needs. */
export interface WorkerResponse {
  readonly run: WorkerRun;
  readonly timeoutMs: number;
  /** Texts that must not be in a cause. */
  readonly secrets: readonly string[];
}

export type Restored =
  | { readonly kind: 'hit'; readonly key: string }
  | { readonly kind: 'miss' }
  | CacheTrouble;

export type Saved = { readonly kind: 'saved'; readonly key: string } | CacheTrouble;

export function restoreOutcome(response: WorkerResponse): Restored {
  const result = resultOf('restore', response);
  if ('kind' in result) return result;
  if (result.operation !== 'save' && result.key !== undefined) return { kind: 'hit', key: result.key };
  // The client returns the same for a miss and a failure, and prints something only for a failure.
  const trouble = reportedFailure('restore', response);
  const entry = trouble?.kind === 'failed' ? entryFoundBy(response) : undefined;
  return trouble ? { ...trouble, ...(entry === undefined ? {} : { entry }) } : { kind: 'miss' };
}

/** The key of the entry that a restore found, even if it could not be used. */
export function entryFoundBy({ run }: WorkerResponse): string | undefined {
  return foundEntry(outputOf(run));
}

export function saveOutcome(response: WorkerResponse, key: string): Saved {
  const result = resultOf('save', response);
  if ('kind' in result) return result;
  const failure = reportedFailure('save', response);
  if (failure) return failure;
  if (result.operation !== 'save' || result.id === -1) {
    return { kind: 'failed', cause: 'the cache client failed without giving a reason' };
  }
  const lookUp = result.found === key ? undefined : reportedFailure('restore', response);
  // A job that may write but not read cannot look up its entry. Then it is enough that the client reported no failure.
  if (result.found !== key && lookUp?.kind !== 'unavailable') {
    const why = lookUp ? `looking it up failed: ${lookUp.cause}` : 'the cache service does not find it';
    return { kind: 'failed', cause: `the entry was uploaded, but ${why}` };
  }
  return { kind: 'saved', key };
}

export const STOPPED = 'it was stopped before it finished';

export function tookTooLong(timeoutMs: number): string {
  return `it took longer than ${timeoutMs / 1000} s`;
}

/** The worker's result, or why there is none. */
function resultOf(
  operation: CacheOperation,
  { run, timeoutMs, secrets }: WorkerResponse,
): Extract<WorkerResult, { operation: 'restore' | 'look-up' | 'save' }> | CacheTrouble {
  const failure = (cause: string) => failed(redacted(cause, secrets));
  const lines = outputOf(run);
  if (run.ended === 'timed-out') {
    const attempt = lastAttempt(lines);
    const stage = stageOf(operation, lines);
    const details = [stage && `while ${stage}`, attempt && `last attempt: ${attempt}`].filter(Boolean);
    return failure(`${tookTooLong(timeoutMs)}${details.length > 0 ? ` (${details.join('; ')})` : ''}`);
  }
  if (run.ended === 'aborted') return failure(STOPPED);
  const { result } = run;
  if (!result)
    return failure(`the cache worker ended without a result (${[run.exit, errorIn(run.stderr)].join('')})`);
  if (!result.available) return noService;
  if (result.operation === 'error') return failure(causeOf(operation, result.message, lines));
  return result;
}

/** What the client's output says about an operation that failed. */
function reportedFailure(
  operation: CacheOperation,
  { run, secrets }: WorkerResponse,
): CacheTrouble | undefined {
  const lines = outputOf(run);
  const mode = skippedByMode(operation, lines);
  if (mode !== undefined) {
    return {
      kind: 'unavailable',
      cause: `the workflow's cache-mode (ACTIONS_CACHE_MODE) is '${redacted(mode, [])}', which allows no ${operation}`,
    };
  }
  const message = failureMessage(operation, lines);
  if (message === undefined) return undefined;
  const cause = causeOf(operation, message, lines);
  return {
    kind: 'failed',
    cause: redacted(cause, secrets),
    ...(cause === KEY_TAKEN ? { keyTaken: true } : {}),
  };
}

function outputOf({ stdout, stderr }: WorkerRun): OutputLine[] {
  return [...linesOf(stdout), ...storageLines(stderr)];
}

function errorIn(stderr: string): string {
  const line = stderr.split('\n').find((it) => /error/i.test(it) && !/^(azure:|\s+")/.test(it));
  return line ? `; ${line.trim()}` : '';
}
