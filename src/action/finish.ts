import { ActionError, type ApiUnusable, describeError, reasonOf } from '../errors.ts';
import type { ApiTrouble } from '../model/api-trouble.ts';
import { asSentence, listed } from '../model/format.ts';
import type { Results } from '../model/results.ts';
import { describeAtEnd } from '../report/describe-trouble.ts';
import { headline } from '../report/markdown.ts';
import { actionLog } from './log.ts';

/** What may have stopped the run. */
export interface Stops {
  /** Why the API refused the job or could not be reached; undefined when neither happened. */
  readonly unusable: ApiUnusable | undefined;
  /** Aborted when the run stopped early, with an Error that says why. */
  readonly stopped: AbortSignal;
  /** The trouble of the API that lasted when the run ended, or else the longest. */
  readonly trouble: ApiTrouble | undefined;
}

/** The job summary has all names. */
const SHOWN_NAMES = 10;

/**
 * Ends a step whose outputs are written. Returns if the set is complete.
 *
 * @throws ActionError that fails the step and names the evals that failed or are pending
 */
export function finish(results: Results, { unusable, stopped, trouble }: Stops): void {
  const { verdict, counts } = results;
  const names = (status: 'failed' | 'pending', withNote = false) => {
    const rows = results.rows
      .filter((row) => row.status === status)
      .map((row) => (withNote ? `${row.name} (${row.note})` : row.name));
    return listed(rows, SHOWN_NAMES);
  };
  if (unusable) {
    const { code, message, next } = unusable;
    const final = code === 'API_REFUSED' ? ' Retrying will not help.' : '';
    throw new ActionError(
      code,
      `${asSentence(message)}${final} ${headline(results)}; all received responses are saved.`,
      `${next} Then re-run the failed jobs; they resume from here.`,
    );
  }
  const apiTrouble = trouble ? ` ${describeAtEnd(trouble)}` : '';
  if (verdict === 'failed') {
    throw new ActionError(
      'EVALS_FAILED',
      `${counts.failed} of ${counts.total} evals failed: ${names('failed')}.${apiTrouble}`,
      'See their output above and fix the cause. Then re-run the failed jobs; completed evals are not run again.',
    );
  }
  if (verdict === 'incomplete') {
    throw new ActionError(
      'INCOMPLETE',
      `${headline(results)}${stopped.aborted ? `, then ${reasonOf(stopped.reason)}` : ''}. Still pending: ${names('pending', !stopped.aborted)}.${apiTrouble}`,
      'Re-run the failed jobs; completed evals are not run again.',
    );
  }
}

/** Turns a failure into the error message and the exit code of the step. */
export function fail(error: unknown): void {
  process.exitCode = 1;
  actionLog.error(describeError(error));
}
