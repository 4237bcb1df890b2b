import { ActionError, describeError } from '../errors.ts';
import { type ClosingMessage, closingError } from '../report/closing-message.ts';
import { renderError } from '../report/error-summary.ts';
import { writeJobSummary } from './job-summary.ts';
import { actionLog } from './log.ts';
import { Cancelled } from './signals.ts';

/**
 * Ends a step whose results are published. Returns if the set is complete.
 * @throws ActionError that fails the step
 */
export function finish(closing: ClosingMessage | undefined): void {
  if (closing) throw closingError(closing);
}

/** Turns a failure into the error message, the job summary and the exit code of the step. */
export async function fail(error: unknown): Promise<void> {
  process.exitCode = 1;
  const shown = error instanceof Cancelled ? CANCELLED_EARLY : error;
  actionLog.error(describeError(shown));
  const markdown = renderError(shown);
  if (markdown !== undefined) await writeJobSummary(() => markdown, 'The error is in the log.', actionLog);
}

/** A run that is cancelled later ends with its results. */
const CANCELLED_EARLY = new ActionError(
  'INCOMPLETE',
  'The job was cancelled before an eval was started. What earlier runs completed and recorded is still there.',
  'Re-run the failed jobs.',
);
