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

export interface GitHubSuccess {
  readonly kind: 'ok';
  readonly body: unknown;
  /** Whether the list goes on on the next page. Only lists with more than a page have it. */
  readonly hasNextPage?: true;
}

export interface GitHubFailure {
  readonly kind: 'missing' | 'denied' | 'rate-limited' | 'failed';
  /** A clause of one line, without secrets. */
  readonly cause: string;
  /** What GitHub itself said, of one line, without secrets. Missing when it said nothing. */
  readonly message?: string;
}

export type GitHubResult = GitHubSuccess | GitHubFailure;

/** Pages of a list are requested one after another with `page`, from 1. This is the most that GitHub accepts. */
export const PAGE_SIZE = 100;

const TIMEOUT_MS = 10_000;
const MAX_CAUSE_BYTES = 300;

export class GitHubApi {
  readonly #options: GitHubApiOptions;

  constructor(options: GitHubApiOptions) {
    this.#options = options;
  }

  /** Never rejects, does not follow redirects, and does not retry. */
  request(call: GitHubRequest): Promise<GitHubResult> {
    return this.#send(call, () => this.#urlOf(call));
  }

  /**
   * Looks up whose token it is: `octocat`, or `github-actions[bot]` for the token of a job. REST refuses to tell that to the
   * tokens of apps, such as that of a job, so GraphQL is asked. Never rejects.
   * @returns the login, or why it is not known
   */
  async login(signal?: AbortSignal): Promise<string | GitHubFailure> {
    const query = { method: 'POST', body: { query: '{ viewer { login } }' }, signal } as const;
    const result = await this.#send(query, () => this.#graphqlUrl());
    if (result.kind !== 'ok') return result;
    const login = (result.body as { data?: { viewer?: { login?: unknown } | null } | null } | undefined)?.data
      ?.viewer?.login;
    return typeof login === 'string'
      ? login
      : { kind: 'missing', cause: 'GitHub does not tell whose token it is' };
  }

  async #send(call: Omit<GitHubRequest, 'path' | 'query'>, urlOf: () => URL): Promise<GitHubResult> {
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
      const response = await request(urlOf(), {
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
      const cause = this.#safe(`GitHub cannot be reached (${whyUnreachable(error)})`);
      return { kind: 'failed', cause };
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

  /** `https://api.github.com/graphql`, and `https://HOST/api/graphql` beside the `https://HOST/api/v3` of a server. */
  #graphqlUrl(): URL {
    return new URL(`${this.#options.apiUrl.replace(/\/+$/, '').replace(/\/v3$/, '')}/graphql`);
  }

  #resultOf(status: number, headers: Headers, text: string): GitHubResult {
    const body = parsed(text);
    if (status >= 200 && status < 300)
      return { kind: 'ok', body, ...(hasNextPage(headers) ? { hasNextPage: true } : {}) };
    const message = this.#safe(messageOf(body));
    const detail = `HTTP ${status}${message && `, ${message}`}`;
    const failure = (kind: GitHubFailure['kind'], cause: string): GitHubFailure => ({
      kind,
      cause,
      ...(message && { message }),
    });
    if (status === 404) return failure('missing', `GitHub cannot find it (${detail})`);
    if (isRateLimit(status, headers, message))
      return failure('rate-limited', `GitHub limits the rate of requests (HTTP ${status})`);
    if (status === 401 || status === 403) return failure('denied', detail);
    return failure('failed', `GitHub responded with ${detail}`);
  }

  #safe(text: string): string {
    const line = oneLine(text);
    const { token } = this.#options;
    return shorten(token ? line.replaceAll(token, '***') : line, MAX_CAUSE_BYTES);
  }
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The header `Link` names the next page. Its number of items does not tell, because GitHub leaves some out. Its address is
 * not used: the token goes nowhere but to the address of the API.
 */
function hasNextPage({ link }: Headers): boolean {
  return /;\s*rel="?next\b/i.test(String(link ?? ''));
}

/** Secondary limits, such as that on new content, have the status 403 and sometimes no header that tells. */
function isRateLimit(status: number, headers: Headers, message: string): boolean {
  if (status === 429) return true;
  if (status === 403 && (headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined))
    return true;
  return (
    (status === 403 || status === 422) &&
    /\brate limit\b|\babuse detection\b|\bsubmitted too quickly\b/i.test(message)
  );
}

/** Undefined for a body that is not JSON, such as the error page of a proxy. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `Validation Failed` has what failed in a list (https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api). */
function messageOf(body: unknown): string {
  const { message, errors } = (body ?? {}) as { message?: unknown; errors?: unknown };
  const details = (Array.isArray(errors) ? errors : []).map((error: unknown) =>
    typeof error === 'string' ? error : (error as { message?: unknown } | null)?.message,
  );
  return [message, ...details].filter((text) => typeof text === 'string' && text !== '').join(': ');
}

function whyUnreachable(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no response in time';
  if (error instanceof Error && error.name === 'AbortError') return 'the request was stopped';
  return (error as NodeJS.ErrnoException | undefined)?.code ?? reasonOf(error);
}
