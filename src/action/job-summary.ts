import { summary } from '@actions/core';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';

/**
 * Adds to the job summary. If that fails, as on a full disk, it warns and the run continues. Outside a runner it does nothing.
 * @param render makes the summary, in GitHub's Markdown
 * @param elsewhere where the reader finds the same, as a sentence
 */
export async function writeJobSummary(render: () => string, elsewhere: string, log: Log): Promise<void> {
  if (!process.env.GITHUB_STEP_SUMMARY) return;
  try {
    await summary.addRaw(log.redact(render()), true).write();
  } catch (error) {
    log.warning(`The job summary could not be written: ${reasonOf(error)}. ${elsewhere}`);
  }
}
