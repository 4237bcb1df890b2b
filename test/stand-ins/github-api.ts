import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for the part of GitHub's REST API that deletes cache entries by their key: an HTTP server on the loopback
 * interface. It imitates only this:
 *
 * - `DELETE /repos/{owner}/{repo}/actions/caches?key=…&ref=…` deletes the entries with exactly this key (and this ref, if
 *   there is one) and lists them. The status is 404 if there is none, 401 without the token, and 403 with a token that has
 *   no `actions: write`.
 */
export interface GitHubApiOptions {
  readonly token: string;
  readonly repository: string;
  readonly entries: readonly StoredCache[];
  /** Whether the token lacks `actions: write`. */
  readonly readOnly?: boolean;
  /** Called for each request. The fault that it returns replaces the response. */
  readonly faults?: (nth: number) => ApiFault | undefined;
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
  close(): Promise<void>;
}

export async function startGitHubApi(options: GitHubApiOptions): Promise<GitHubApi> {
  let entries = [...options.entries];
  const requests: { method: string; url: string }[] = [];
  const server = createServer((request, response) => {
    const fault = options.faults?.(requests.length);
    requests.push({ method: request.method ?? '', url: request.url ?? '' });
    if (fault && 'silent' in fault) return;
    if (fault && 'destroy' in fault) return void request.socket.destroy();
    if (fault) return void response.writeHead(fault.status, fault.headers).end(fault.body);
    const [status, value] = answer(request);
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify(value));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

  function answer({ headers, method, url: address = '/' }: IncomingMessage): [status: number, body: object] {
    const url = new URL(address, 'http://localhost');
    if (headers.authorization !== `Bearer ${options.token}`) return [401, { message: 'Bad credentials' }];
    if (method !== 'DELETE' || url.pathname !== `/api/repos/${options.repository}/actions/caches`) {
      return [404, { message: 'Not Found' }];
    }
    if (options.readOnly) return [403, { message: 'Resource not accessible by integration' }];
    const [key, ref] = [url.searchParams.get('key'), url.searchParams.get('ref')];
    const matching = entries.filter((it) => it.key === key && (ref === null || it.ref === ref));
    if (matching.length === 0) return [404, { message: 'Not Found' }];
    entries = entries.filter((it) => !matching.includes(it));
    return [200, { total_count: matching.length, actions_caches: matching }];
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    requests,
    keys: () => entries.map(({ key }) => key),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
