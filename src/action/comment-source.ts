import type { SourceRun } from '../github/event.ts';
import type { ReportLinks } from '../model/report.ts';
import { runUrl } from '../report/links.ts';
import { code } from '../report/markdown-text.ts';

/** The comment has a limit, too. */
const MAX_NAME_BYTES = 80;

/**
 * Says in GitHub's Markdown which run the results come from. Whoever reads the verdict of a fork should know that code of the
 * fork computed it.
 */
export function describeSource(run: SourceRun, links: ReportLinks): string {
  const { id, number, headBranch, headRepository, isFork } = run;
  const url = runUrl(links, id);
  const shown = url === undefined ? `run ${number}` : `[run ${number}](${url})`;
  const branch = headBranch === '' ? '' : ` ${code(headBranch, MAX_NAME_BYTES)}`;
  if (!isFork) return `Results of ${shown} on the branch${branch}.`;
  const owner = headRepository ? code(headRepository.owner, MAX_NAME_BYTES) : 'a user who was deleted';
  return `Results of ${shown}, which ran code of the branch${branch} of ${owner}. That code can write any results.`;
}
