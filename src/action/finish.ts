import { ActionError, describeError } from '../errors.ts';
import { describeShard, isWhole, type Shard } from '../model/shard.ts';
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

/**
 * A shard whose results cannot reach the merge has to fail: otherwise "Re-run failed jobs" would not run it again, and the set would
 * stay incomplete.
 * @param isSaved whether its newest state is in a checkpoint of this run
 * @throws ActionError SHARD_NOT_SAVED
 */
export function requireSaved(shard: Shard, isSaved: () => boolean): void {
  if (isWhole(shard) || isSaved()) return;
  throw new ActionError(
    'SHARD_NOT_SAVED',
    `The evals of ${describeShard(shard)} are done, but its checkpoint was not saved, so the merge cannot use its results. The log says why.`,
    'Re-run the failed jobs.',
  );
}

/**
 * Before anything is paid for.
 * @param unavailable why this job has no checkpoints, as a clause; undefined when it has
 * @throws ActionError SHARD_NOT_SAVED
 */
export function requireCheckpoints(shard: Shard, unavailable: string | undefined): void {
  if (isWhole(shard) || unavailable === undefined) return;
  throw new ActionError(
    'SHARD_NOT_SAVED',
    `This step is ${describeShard(shard)}, and the merge gets its results from a checkpoint, but it cannot save one: ${unavailable}.`,
    'Run shards where the Actions cache can be used. To run the whole set without it, remove the input shard.',
  );
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
