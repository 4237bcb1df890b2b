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

/** Nothing is to be had from the cache: there is none for this job (`unavailable`), or it was tried in vain (`failed`). */
export interface CacheTrouble {
  readonly kind: 'unavailable' | 'failed';
  /** A clause in one line, made to follow a colon; safe to print. */
  readonly cause: string;
  /** Key of an entry that was found and cannot be used: an older one may do. */
  readonly entry?: string;
  /** Whether another save has the key already. */
  readonly keyTaken?: true;
  /** Whether it is worth a warning, because the cause says what to do about it. */
  readonly canBeFixed?: true;
}

export function failed(cause: string): CacheTrouble {
  return { kind: 'failed', cause };
}

export const noService: CacheTrouble = {
  kind: 'unavailable',
  cause: 'this job has no Actions cache service',
};

/** A worker's run, with what is needed to say how it went. */
export interface WorkerResponse {
  readonly run: WorkerRun;
  readonly timeoutMs: number;
  /** What must not be repeated in a cause. */
  readonly secrets: readonly string[];
}

export type Restored =
  | { readonly kind: 'hit'; readonly key: string }
  | { readonly kind: 'miss' }
  | CacheTrouble;

export type Saved = { readonly kind: 'saved'; readonly key: string } | CacheTrouble;

export function restoreOutcome(answer: WorkerResponse): Restored {
  const result = resultOf('restore', answer);
  if ('kind' in result) return result;
  if (result.operation !== 'save' && result.key !== undefined) return { kind: 'hit', key: result.key };
  // For the client a miss and a failure are the same, but for what it prints.
  const trouble = reportedFailure('restore', answer);
  const entry = trouble?.kind === 'failed' ? entryFoundBy(answer) : undefined;
  return trouble ? { ...trouble, ...(entry === undefined ? {} : { entry }) } : { kind: 'miss' };
}

/** Key of the entry that a restore found, whatever became of it. */
export function entryFoundBy({ run }: WorkerResponse): string | undefined {
  return foundEntry(outputOf(run));
}

export function saveOutcome(answer: WorkerResponse, key: string): Saved {
  const result = resultOf('save', answer);
  if ('kind' in result) return result;
  const failure = reportedFailure('save', answer);
  if (failure) return failure;
  if (result.operation !== 'save' || result.id === -1) {
    return { kind: 'failed', cause: 'the cache client failed without giving a reason' };
  }
  const lookUp = result.found === key ? undefined : reportedFailure('restore', answer);
  // A job that may write and not read cannot look; that the client told of no failure has to do.
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

/** The worker's result, when it is one to go on with. */
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

/** What the client's output tells about an operation that did not succeed. */
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
