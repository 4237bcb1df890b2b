/** A client for GitHub's REST API. It sends single requests, through the proxies of the environment. */
import { reasonOf } from '../errors.ts';
import { oneLine, shorten } from '../text.ts';

export interface GitHubApiOptions {
  readonly token: string;
  /** GITHUB_API_URL, `https://api.github.com` on github.com. */
  readonly apiUrl: string;
  /** GITHUB_REPOSITORY, `owner/name`. */
  readonly repository: string;
  /** For each request; 10 s by default. */
  readonly timeoutMs?: number;
}

export interface GitHubRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Relative to the repository, such as `actions/caches`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** The outcome of a request. `cause` is a clause of one line, without secrets. */
export type GitHubResult =
  | { readonly kind: 'ok'; readonly body: unknown }
  | { readonly kind: 'missing' | 'denied' | 'rate-limited' | 'failed'; readonly cause: string };

const TIMEOUT_MS = 10_000;
const MAX_CAUSE_BYTES = 300;

export class GitHubApi {
  readonly #options: GitHubApiOptions;

  constructor(options: GitHubApiOptions) {
    this.#options = options;
  }

  /** Never rejects, does not follow redirects, and does not retry. */
  async request(call: GitHubRequest): Promise<GitHubResult> {
    const { timeoutMs = TIMEOUT_MS, token } = this.#options;
    // Most runs need no request to GitHub, and loading undici takes time.
    const { EnvHttpProxyAgent, request } = await import('undici');
    const agent = new EnvHttpProxyAgent();
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new DOMException('', 'TimeoutError')), timeoutMs);
    const onAbort = (): void => stop.abort();
    call.signal?.addEventListener('abort', onAbort, { once: true });
    if (call.signal?.aborted) onAbort();
    try {
      const response = await request(this.#urlOf(call), {
        method: call.method,
        dispatcher: agent,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${token}`,
          'user-agent': 'oaievalset-action',
          'x-github-api-version': '2022-11-28',
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal: stop.signal,
      });
      return this.#resultOf(response.statusCode, response.headers, await response.body.text());
    } catch (error) {
      return { kind: 'failed', cause: this.#safe(`GitHub cannot be reached (${whyUnreachable(error)})`) };
    } finally {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', onAbort);
      await agent.destroy().catch(() => {});
    }
  }

  #urlOf({ path, query = {} }: GitHubRequest): URL {
    const { apiUrl, repository } = this.#options;
    const [owner = '', name = ''] = repository.split('/').map(encodeURIComponent);
    const url = new URL(`${apiUrl.replace(/\/+$/, '')}/repos/${owner}/${name}/${path}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    return url;
  }

  #resultOf(
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    text: string,
  ): GitHubResult {
    const body = parsed(text);
    if (status >= 200 && status < 300) return { kind: 'ok', body };
    const message = messageOf(body);
    const detail = this.#safe(`HTTP ${status}${message && `, ${message}`}`);
    if (status === 404) return { kind: 'missing', cause: `GitHub cannot find it (${detail})` };
    const isLimited =
      status === 429 ||
      (status === 403 && (headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined));
    if (isLimited)
      return { kind: 'rate-limited', cause: `GitHub limits the rate of requests (HTTP ${status})` };
    if (status === 401 || status === 403) return { kind: 'denied', cause: detail };
    return { kind: 'failed', cause: `GitHub responded with ${detail}` };
  }

  #safe(text: string): string {
    const line = oneLine(text);
    const { token } = this.#options;
    return shorten(token ? line.replaceAll(token, '***') : line, MAX_CAUSE_BYTES);
  }
}

/** Undefined for a body that is not JSON, such as the error page of a proxy. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(body: unknown): string {
  const message = (body as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : '';
}

function whyUnreachable(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no response in time';
  if (error instanceof Error && error.name === 'AbortError') return 'the request was stopped';
  return (error as NodeJS.ErrnoException | undefined)?.code ?? reasonOf(error);
}
