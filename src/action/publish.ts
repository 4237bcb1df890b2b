import { setOutput, summary } from '@actions/core';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Results } from '../model/results.ts';
import { renderMarkdown } from '../report/markdown.ts';
import type { RunContext } from './context.ts';

export interface Published {
  readonly results: Results;
  readonly restoredKey: string;
  readonly savedKey: string;
  readonly progressFile: string;
}

/** Sets the outputs of the step. If that fails, as on a full disk, it warns and the run continues. */
export function publishOutputs({ results, restoredKey, savedKey, progressFile }: Published, log: Log): void {
  const { counts } = results;
  const outputs = {
    complete: String(counts.completed === counts.total),
    total: String(counts.total),
    completed: String(counts.completed),
    fresh: String(counts.fresh),
    reused: String(counts.reused),
    failed: String(counts.failed),
    pending: String(counts.pending),
    'left-out': String(counts.leftOut),
    'requests-sent': String(results.traffic.sent),
    'requests-replayed': String(results.traffic.replayed),
    'total-tokens': String(results.traffic.tokensSent.prompt + results.traffic.tokensSent.completion),
    'restored-key': restoredKey,
    'saved-key': savedKey,
    'progress-file': progressFile,
  };
  try {
    for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  } catch (error) {
    log.warning(
      `The outputs of the step could not be written: ${reasonOf(error)}. The results are in the log.`,
    );
  }
}

/** Writes the job summary. If that fails, as on a full disk, it warns and the run continues. Outside a runner it does nothing. */
export async function publishSummary(
  results: Results,
  context: RunContext,
  notes: readonly string[],
  log: Log,
): Promise<void> {
  if (!process.env.GITHUB_STEP_SUMMARY) return;
  try {
    await summary.addRaw(log.redact(renderMarkdown(results, context, notes)), true).write();
  } catch (error) {
    log.warning(
      `The job summary could not be written: ${reasonOf(error)}. The results are in the log and the outputs.`,
    );
  }
}
