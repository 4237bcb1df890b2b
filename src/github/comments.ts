/** The comments of a pull request, through GitHub's REST API (https://docs.github.com/en/rest/issues/comments). */
import { z } from 'zod';
import type { GitHubApi, GitHubFailure } from './github-api.ts';
import { PAGE_SIZE } from './github-api.ts';

export interface PullRequestComments {
  readonly api: Pick<GitHubApi, 'request' | 'login'>;
  /** The number of the pull request. */
  readonly pullRequest: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Comment {
  readonly id: number;
  readonly body: string;
  /** The address of the comment for people; empty when GitHub did not say. */
  readonly url: string;
}

export type FoundComment =
  | { readonly kind: 'found'; readonly comment: Comment }
  | { readonly kind: 'none' }
  | GitHubFailure;

export type WrittenComment = { readonly kind: 'written'; readonly url: string } | GitHubFailure;

/** GitHub closes a conversation at 2,500 comments, so these are all that one can have. */
const MAX_PAGES = 30;

const commentSchema = z.looseObject({
  id: z.int(),
  body: z.string().nullish(),
  html_url: z.string().optional(),
  /** Null for a user who was deleted. */
  user: z.looseObject({ login: z.string(), type: z.string().optional() }).nullish(),
});
type ListedComment = z.output<typeof commentSchema>;

/**
 * Finds the oldest comment that begins with the marker and that the user of our token wrote. Everybody can read the marker
 * and put it into a comment of their own, and a token that may write comments may also change those of others.
 */
export async function findComment(place: PullRequestComments, marker: string): Promise<FoundComment> {
  const { api, pullRequest, signal } = place;
  const author = new OwnUser(api, signal);
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = { per_page: String(PAGE_SIZE), page: String(page) };
    const path = `issues/${pullRequest}/comments`;
    const result = await api.request({ method: 'GET', path, query, signal });
    if (result.kind !== 'ok') return result;
    for (const comment of listOf(result.body)) {
      if (!comment.body?.startsWith(marker)) continue;
      const isOwn = await author.wrote(comment);
      if (typeof isOwn !== 'boolean') return isOwn;
      if (isOwn) return { kind: 'found', comment: shown(comment) };
    }
    if (!result.hasNextPage) return { kind: 'none' };
  }
  return { kind: 'none' };
}

export async function postComment(place: PullRequestComments, body: string): Promise<WrittenComment> {
  const { api, pullRequest, signal } = place;
  const path = `issues/${pullRequest}/comments`;
  return written(await api.request({ method: 'POST', path, body: { body }, signal }));
}

export async function updateComment(
  { api, signal }: PullRequestComments,
  id: number,
  body: string,
): Promise<WrittenComment> {
  return written(
    await api.request({ method: 'PATCH', path: `issues/comments/${id}`, body: { body }, signal }),
  );
}

/** The user of the token, who is looked up when the first comment may be theirs. */
class OwnUser {
  readonly #api: PullRequestComments['api'];
  readonly #signal: AbortSignal | undefined;
  #login: Promise<string | GitHubFailure> | undefined;

  constructor(api: PullRequestComments['api'], signal: AbortSignal | undefined) {
    this.#api = api;
    this.#signal = signal;
  }

  async wrote({ user }: ListedComment): Promise<boolean | GitHubFailure> {
    this.#login ??= this.#api.login(this.#signal);
    const login = await this.#login;
    if (typeof login === 'string') return user?.login === login;
    // A server without GraphQL cannot tell. The token of a job is that of a bot, and no stranger is one.
    if (login.kind === 'missing' || login.kind === 'denied') return user?.type === 'Bot';
    return login;
  }
}

/** What is not a comment is left out. */
function listOf(body: unknown): ListedComment[] {
  const items: unknown[] = Array.isArray(body) ? body : [];
  return items.flatMap((item) => commentSchema.safeParse(item).data ?? []);
}

function shown({ id, body, html_url }: ListedComment): Comment {
  return { id, body: body ?? '', url: html_url ?? '' };
}

function written(result: Awaited<ReturnType<GitHubApi['request']>>): WrittenComment {
  if (result.kind !== 'ok') return result;
  return { kind: 'written', url: commentSchema.safeParse(result.body).data?.html_url ?? '' };
}
