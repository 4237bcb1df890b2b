import { summary } from '@actions/core';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { renderError } from '../report/error-summary.ts';

/** Writes the job summary of a step that has no results. If that fails, it warns. Outside a runner it does nothing. */
export async function publishErrorSummary(error: unknown, log: Log): Promise<void> {
  const markdown = process.env.GITHUB_STEP_SUMMARY ? renderError(error) : undefined;
  if (markdown === undefined) return;
  try {
    await summary.addRaw(log.redact(markdown), true).write();
  } catch (failure) {
    log.warning(`The job summary could not be written: ${reasonOf(failure)}. The error is in the log.`);
  }
}
