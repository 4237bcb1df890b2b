/** compare/action.yml: compares the reports of several models, such as those of a matrix. docs/comparing-models.md */
import { reportsDirectory } from './action/compare-inputs.ts';
import { publishComparison } from './action/compare-publish.ts';
import { readReports } from './action/compare-reports.ts';
import { actionLog as log } from './action/log.ts';
import { describeError } from './errors.ts';
import { compareModels } from './gate/ranking/compare-models.ts';

async function compare(): Promise<void> {
  const { reports, problems } = await readReports(reportsDirectory());
  await publishComparison(compareModels(reports), problems, log);
}

await compare().catch((error: unknown) => {
  process.exitCode = 1;
  log.error(describeError(error));
});
