/** Shows the results of a step: its outputs, its job summary, and the end of its log. */
import { setOutput, summary } from '@actions/core';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ApiTrouble } from '../model/api-trouble.ts';
import type { Results } from '../model/old-results.ts';
import { type ClosingMessage, closingNote } from '../report/closing-message.ts';
import { closingTable } from '../report/closing-table.ts';
import { closingSentence } from '../report/describe-results.ts';
import { describeAtEnd } from '../report/describe-trouble.ts';
import { renderMarkdown } from '../report/markdown.ts';
import type { RunContext } from './context.ts';

export interface Published {
  readonly results: Results;
  /** Why the set is not complete; undefined when it is. */
  readonly closing: ClosingMessage | undefined;
  /** The trouble of the API that lasted when the run ended, or else the longest. `closing` describes it, if there is one. */
  readonly trouble: ApiTrouble | undefined;
  readonly restoredKey: string;
  readonly savedKey: string;
  readonly progressFile: string;
  /** A warning about names of the model map; undefined when there is none. */
  readonly unasked: string | undefined;
}

export async function publishResults(published: Published, context: RunContext, log: Log): Promise<void> {
  const { results, closing, trouble, unasked, restoredKey, savedKey } = published;
  publishOutputs(published, log);
  if (unasked) log.warning(unasked, 'Model map');
  const ending = closing ? closingNote(closing) : trouble && describeAtEnd(trouble);
  const notes = [ending, unasked].filter((note) => note !== undefined);
  await publishSummary(results, context, notes, log);
  printResults(results, savedKey || restoredKey, log);
}

/**
 * Ends the log with the table of results and one sentence.
 * @param checkpoint the key of the newest checkpoint; empty when there is none
 */
export function printResults(results: Results, checkpoint: string, log: Log): void {
  log.info('');
  for (const line of closingTable(results)) log.info(line);
  log.info(closingSentence(results, checkpoint));
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
