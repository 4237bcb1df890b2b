/** Links of the reports. A part that is not valid makes no link, because an address could lead anywhere. Pure. */
import type { ReportLinks } from '../model/report.ts';

/** The page of a run; undefined when it is not known. */
export function runUrl(links: ReportLinks, id: string, attempt?: number): string | undefined {
  const base = repositoryUrl(links);
  if (base === undefined || !/^\d{1,20}$/.test(id)) return undefined;
  const suffix = Number.isSafeInteger(attempt) && Number(attempt) > 0 ? `/attempts/${attempt}` : '';
  return `${base}/actions/runs/${id}${suffix}`;
}

/** The page of a commit; undefined when the SHA is not a whole one. */
export function commitUrl(links: ReportLinks, sha: string): string | undefined {
  const base = repositoryUrl(links);
  return base === undefined || !/^[0-9a-f]{40}$/.test(sha) ? undefined : `${base}/commit/${sha}`;
}

/** A server has no path: GitHub Enterprise Server has a host of its own. */
function repositoryUrl({ serverUrl, repository }: ReportLinks): string | undefined {
  const server = serverUrl.replace(/\/+$/, '');
  const isValid =
    /^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/.test(server) &&
    /^[A-Za-z0-9._-]{1,100}\/[A-Za-z0-9._-]{1,100}$/.test(repository);
  return isValid ? `${server}/${repository}` : undefined;
}

/** The address as it may stand in a link of Markdown; undefined when it is none of the web. */
export function webUrl(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, href } = new URL(address);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return href.replace(/[()<>[\]\\|`'"*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
