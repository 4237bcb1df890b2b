import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Answer, Conversation, type StoredComment, type StoredPull } from './github-conversation.ts';

/**
 * A stand-in for the parts of GitHub's API that the action uses: an HTTP server on the loopback interface. It imitates only
 * this:
 *
 * - `DELETE /repos/{owner}/{repo}/actions/caches?key=…&ref=…` deletes the entries with exactly this key (and this ref, if
 *   there is one) and lists them. The status is 404 if there is none.
 * - Comments of pull requests, and the lists of both: github-conversation.ts.
 * - `POST /graphql` with the query `{ viewer { login } }`.
 *
 * The status is 401 without the token, and 403 for a change with a token that only reads.
 */
export interface GitHubApiOptions {
  readonly token: string;
  readonly repository: string;
  readonly entries?: readonly StoredCache[];
  readonly comments?: readonly StoredComment[];
  readonly pulls?: readonly StoredPull[];
  /** Whose token it is; by default that of a job. */
  readonly login?: string;
  /** Whether the token lacks the permission to write. */
  readonly readOnly?: boolean;
  /** Whether the conversation of each pull request is locked. */
  readonly isLocked?: boolean;
  /** Whether the server knows no GraphQL. */
  readonly lacksGraphql?: boolean;
  /** Called for each request. The fault that it returns replaces the response. */
  readonly faults?: (
    nth: number,
    request: { readonly method: string; readonly url: string },
  ) => ApiFault | undefined;
}

export interface StoredCache {
  readonly key: string;
  readonly ref: string;
}

export type ApiFault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** Never responds. */
  | { readonly silent: true }
  | { readonly destroy: true };

export interface GitHubApi {
  readonly url: string;
  readonly requests: readonly { readonly method: string; readonly url: string }[];
  /** The keys of the entries that were not deleted. */
  keys(): string[];
  readonly conversation: Conversation;
  close(): Promise<void>;
}

export const JOB_LOGIN = 'github-actions[bot]';

export async function startGitHubApi(options: GitHubApiOptions): Promise<GitHubApi> {
  const { token, repository, comments = [], pulls = [], login = JOB_LOGIN, isLocked = false } = options;
  let entries = [...(options.entries ?? [])];
  const conversation = new Conversation({ comments, pulls, login, isLocked });
  const requests: { method: string; url: string }[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    const fault = options.faults?.(requests.length, { method, url });
    requests.push({ method, url });
    if (fault && 'silent' in fault) return;
    if (fault && 'destroy' in fault) return void request.socket.destroy();
    if (fault) return void response.writeHead(fault.status, fault.headers).end(fault.body);
    const [status, value, link] = answer(request, await text(request));
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...(link && { link }) })
      .end(JSON.stringify(value));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

  function answer({ headers, method = '', url: address = '/' }: IncomingMessage, sent: string): Answer {
    const url = new URL(address, 'http://localhost');
    if (headers.authorization !== `Bearer ${token}`) return [401, { message: 'Bad credentials' }];
    if (url.pathname === '/api/graphql' && !options.lacksGraphql)
      return [200, { data: { viewer: { login } } }];
    const root = `/api/repos/${repository}`;
    if (!url.pathname.startsWith(`${root}/`)) return NOT_FOUND;
    url.pathname = url.pathname.slice(root.length);
    const body: unknown = sent === '' ? undefined : JSON.parse(sent);
    if (method === 'DELETE' && url.pathname === '/actions/caches') return deleteEntries(url.searchParams);
    return conversation.answer(method, url, body, !options.readOnly) ?? NOT_FOUND;
  }

  function deleteEntries(query: URLSearchParams): Answer {
    if (options.readOnly) return [403, { message: 'Resource not accessible by integration' }];
    const [key, ref] = [query.get('key'), query.get('ref')];
    const matching = entries.filter((it) => it.key === key && (ref === null || it.ref === ref));
    if (matching.length === 0) return NOT_FOUND;
    entries = entries.filter((it) => !matching.includes(it));
    return [200, { total_count: matching.length, actions_caches: matching }];
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    requests,
    keys: () => entries.map(({ key }) => key),
    conversation,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

const NOT_FOUND: Answer = [404, { message: 'Not Found' }];
