/** Shows a comparison of models: log, job summary and outputs. */
import { setOutput } from '@actions/core';
import type { ModelComparison } from '../gate/ranking/compare-models.ts';
import type { Log } from '../log.ts';
import { comparisonLog, renderComparison } from '../report/compare/summary.ts';
import { oneLine } from '../text.ts';
import { writeJobSummary } from './job-summary.ts';

export async function publishComparison(
  comparison: ModelComparison,
  problems: readonly string[],
  log: Log,
): Promise<void> {
  for (const problem of problems) log.warning(problem);
  for (const line of comparisonLog(comparison)) log.info(oneLine(line));
  const { best } = comparison.ranking;
  setOutput('best-model', best ?? '');
  setOutput('decisive', String(best !== null));
  await writeJobSummary(() => renderComparison(comparison, problems), 'The ranking is in the log.', log);
}
