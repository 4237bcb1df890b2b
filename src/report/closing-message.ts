/** What ends a step whose set is not complete: what happened, why, what is kept, and what to do. Pure. */
import { ActionError, type ApiUnusable, type ErrorCode, reasonOf } from '../errors.ts';
import type { ApiTrouble } from '../model/api-trouble.ts';
import { asSentence, counted, listed, wholeNumber } from '../model/format.ts';
import type { ResultRow, Results } from '../model/old-results.ts';
import { oneLine } from '../text.ts';
import { describeKept } from './describe-results.ts';
import { describeAtEnd, describeAtKill } from './describe-trouble.ts';

/** What may have stopped the run. */
export interface Stops {
  /** Why the API refused the job or could not be reached; undefined when neither happened. */
  readonly unusable: ApiUnusable | undefined;
  /** Aborted when the run stopped early, with an Error that says why. */
  readonly stopped: AbortSignal;
  /** The trouble of the API that lasted when the run ended, or else the longest. */
  readonly trouble: ApiTrouble | undefined;
}

/** Each part is one or several whole sentences, or empty. */
export interface ClosingMessage {
  readonly code: ErrorCode;
  /** What happened, and why. */
  readonly what: string;
  /** What trouble the API had, unless that is what happened. */
  readonly trouble: string;
  /** What is done and what is recorded. */
  readonly kept: string;
  /** Which evals are pending. */
  readonly pending: string;
  /** What to do. */
  readonly next: string;
}

/** The job summary has all names. */
const MAX_NAMES = 10;

/** The causes of more failed evals would make the message hard to read. The table of results has all of them. */
const MAX_CAUSES = 3;

const MAX_CAUSE_BYTES = 300;

const RESUME = 're-run the failed jobs; they continue from here.';

/** Undefined when the set is complete. */
export function closingMessage(
  results: Results,
  { unusable, stopped, trouble: apiTrouble }: Stops,
): ClosingMessage | undefined {
  const kept = describeKept(results);
  if (unusable) {
    const { code, message, next } = unusable;
    const final = code === 'API_REFUSED' ? ' Retrying will not help.' : '';
    return {
      code,
      what: `${asSentence(message)}${final}`,
      trouble: '',
      kept,
      pending: '',
      next: `${next} Then ${RESUME}`,
    };
  }
  const trouble = apiTrouble ? describeAtEnd(apiTrouble) : '';
  const pending = results.rows.filter(({ status }) => status === 'pending');
  const cause = causeOf(pending, stopped);
  const names = listed(pending.map(cause ? nameOf : nameWithNote), MAX_NAMES);
  if (results.verdict === 'failed') {
    const because = cause ? `, because ${cause}` : '';
    return {
      code: 'EVALS_FAILED',
      what: describeFailed(results),
      trouble,
      kept,
      pending: pending.length > 0 ? `Pending${because}: ${names}.` : '',
      next: `Fix the cause of each failure, then ${RESUME}`,
    };
  }
  if (results.verdict === 'incomplete') {
    const what = `The set is incomplete${cause ? `, because ${cause}` : ''}.`;
    return {
      code: 'INCOMPLETE',
      what,
      trouble,
      kept,
      pending: `Pending: ${names}.`,
      next: asSentence(RESUME),
    };
  }
  return undefined;
}

/** The error that ends the step. */
export function closingError({ code, what, trouble, kept, pending, next }: ClosingMessage): ActionError {
  return new ActionError(code, joined(what, trouble, kept, pending), next);
}

/** For the job summary, whose headline and table already say which evals failed or are pending. */
export function closingNote({ code, what, trouble, kept, next }: ClosingMessage): string {
  return joined(code === 'EVALS_FAILED' ? '' : what, trouble, kept, next);
}

/** What is kept of a step that was killed. */
export function interruptionNote(results: Results, apiTrouble: ApiTrouble | undefined): string {
  const trouble = apiTrouble ? describeAtKill(apiTrouble) : '';
  return joined('The step was interrupted.', trouble, describeKept(results), asSentence(RESUME));
}

/** `2 of 28 evals failed: a (KeyError: 'x'), b (it timed out).` */
function describeFailed({ rows, counts }: Results): string {
  const failed = rows.filter(({ status }) => status === 'failed');
  const names = failed.map(failed.length <= MAX_CAUSES ? nameWithNote : nameOf);
  return `${wholeNumber(failed.length)} of ${counted(counts.total, 'eval')} failed: ${listed(names, MAX_NAMES)}.`;
}

/** The one reason, as a clause, for which all of them are pending; undefined when they have different ones. */
function causeOf(pending: readonly ResultRow[], stopped: AbortSignal): string | undefined {
  if (stopped.aborted) return reasonOf(stopped.reason);
  const causes = new Set(pending.map(({ note }) => note));
  return pending.length > 1 && causes.size === 1 ? pending[0]?.note : undefined;
}

function nameOf({ name }: ResultRow): string {
  return name;
}

function nameWithNote({ name, note }: ResultRow): string {
  return `${name} (${oneLine(note, MAX_CAUSE_BYTES)})`;
}

function joined(...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}
