import { z } from 'zod';
import { counted } from '../model/format.ts';
import type { EventPullRequest, SourceRun } from './event.ts';
import { type GitHubApi, type GitHubFailure, PAGE_SIZE } from './github-api.ts';

export interface PullRequestSearch {
  readonly api: Pick<GitHubApi, 'request'>;
  readonly event: EventPullRequest;
  /** The pull request that the workflow names; undefined: the one of the event. */
  readonly given?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type FoundPullRequest =
  | { readonly kind: 'found'; readonly number: number }
  /** `why`: a clause. */
  | { readonly kind: 'none'; readonly why: string }
  | GitHubFailure;

const pullSchema = z.looseObject({
  number: z.int().positive(),
  head: z.looseObject({ sha: z.string(), repo: z.looseObject({ id: z.int() }).nullish() }),
});

/**
 * Finds the pull request that a comment belongs to. After a run of another workflow it is the open one whose newest commit
 * that run had. Never rejects.
 */
export async function findPullRequest(search: PullRequestSearch): Promise<FoundPullRequest> {
  const { event, given } = search;
  if (event.kind === 'source-run')
    return given === undefined ? ofRun(search, event.run) : checked(search, event.run, given);
  if (given !== undefined) return { kind: 'found', number: given };
  return event.kind === 'none' ? event : { kind: 'found', number: event.number };
}

/**
 * A number that a workflow takes from an artifact was chosen by code of the fork. It must not lead to the pull request of
 * somebody else.
 */
async function checked(search: PullRequestSearch, run: SourceRun, given: number): Promise<FoundPullRequest> {
  const { api, signal } = search;
  const result = await api.request({ method: 'GET', path: `pulls/${given}`, signal });
  if (result.kind !== 'ok') return result;
  const sha = pullSchema.safeParse(result.body).data?.head.sha;
  return sha === run.headSha && sha !== ''
    ? { kind: 'found', number: given }
    : { kind: 'none', why: `the newest commit of pull request ${given} is not that of run ${run.id}` };
}

async function ofRun(search: PullRequestSearch, run: SourceRun): Promise<FoundPullRequest> {
  if (!/^pull_request(_target)?$/.test(run.event))
    return {
      kind: 'none',
      why: `run ${run.id} was started by ${run.event || 'an unknown event'}, not by a pull request`,
    };
  const named = run.pullRequests.filter(({ headSha }) => headSha === run.headSha);
  if (named.length > 0) return only(named, run);
  return byBranch(search, run);
}

/** GitHub names no pull request of a fork. Its open ones are those with its branch. */
async function byBranch({ api, signal }: PullRequestSearch, run: SourceRun): Promise<FoundPullRequest> {
  const { headRepository, headBranch, headSha } = run;
  if (!headRepository || headBranch === '')
    return { kind: 'none', why: `the branch of run ${run.id} was deleted` };
  const query = { state: 'open', head: `${headRepository.owner}:${headBranch}`, per_page: String(PAGE_SIZE) };
  const result = await api.request({ method: 'GET', path: 'pulls', query, signal });
  if (result.kind !== 'ok') return result;
  const items: unknown[] = Array.isArray(result.body) ? result.body : [];
  // GitHub ignores a filter that it does not understand, and one owner may have several forks.
  const pulls = items
    .flatMap((item) => pullSchema.safeParse(item).data ?? [])
    .filter(({ head }) => head.repo?.id === headRepository.id);
  const current = pulls.filter(({ head }) => head.sha === headSha);
  return only(current, run);
}

function only(pulls: readonly { readonly number: number }[], run: SourceRun): FoundPullRequest {
  const [first] = pulls;
  if (first && pulls.length === 1) return { kind: 'found', number: first.number };
  if (!first)
    return { kind: 'none', why: `no open pull request has the commit of run ${run.id} as its newest` };
  return {
    kind: 'none',
    why: `${counted(pulls.length, 'pull request')} have the commit of run ${run.id}: ${pulls.map(({ number }) => number).join(', ')}`,
  };
}
