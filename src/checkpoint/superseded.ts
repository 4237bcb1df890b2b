/**
 * Deletes the checkpoints that a later one of the same run replaced. Without it a long run fills the repository's cache
 * quota with copies of itself, and GitHub evicts what others cached.
 */
import { EnvHttpProxyAgent, request } from 'undici';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { abortedAfter } from '../process/abort.ts';
import { redacted } from './cache/client-output.ts';

export interface SupersededOptions {
  /** A token with `actions: write`; the job's GITHUB_TOKEN has it when the workflow grants it. */
  readonly token: string;
  /** GITHUB_API_URL, `https://api.github.com` on github.com. */
  readonly apiUrl: string;
  /** GITHUB_REPOSITORY, `owner/name`. */
  readonly repository: string;
  /** GITHUB_REF. Left out: entries of that key on any ref; a key names its run, so that is the same. */
  readonly ref?: string;
  /** For each request, in milliseconds; 10 s when left out. */
  readonly timeoutMs?: number;
  /** Ends it at once; what is not deleted stays. */
  readonly signal?: AbortSignal;
}

export interface Deletions {
  readonly kind: 'done' | 'denied' | 'failed';
  readonly deleted: readonly string[];
  /** Not there any more: evicted, or deleted by someone else. */
  readonly gone: readonly string[];
  /** Why not all were deleted, as a clause; empty when all were. */
  readonly cause: string;
}

const TIMEOUT_MS = 10_000;

/**
 * Deletes the entries of `keys` but the newest. Never rejects; what fails may be tried again with the next checkpoint.
 * @param keys of entries that this run and attempt saved, and that were found afterwards, oldest first
 */
export async function deleteSuperseded(
  keys: readonly string[],
  options: SupersededOptions,
): Promise<Deletions> {
  const deleted: string[] = [];
  const gone: string[] = [];
  const ending = (kind: Deletions['kind'], cause = '') => ({ kind, deleted, gone, cause });
  const agent = new EnvHttpProxyAgent();
  try {
    for (const key of olderOnes(keys)) {
      const { status, message, limited } = await deleteEntry(key, options, agent);
      if (status === 200 || status === 204) deleted.push(key);
      else if (status === 404) gone.push(key);
      else if (limited) return ending('failed', `GitHub limits the rate of requests (HTTP ${status})`);
      else if (status === 401 || status === 403) {
        return ending('denied', `the token may not delete entries of the cache (HTTP ${status}${message})`);
      } else return ending('failed', `GitHub answered HTTP ${status}${message}`);
    }
    return ending('done');
  } catch (error) {
    return ending('failed', redacted(`GitHub cannot be reached (${whyOf(error)})`, [options.token]));
  } finally {
    await agent.destroy().catch(() => {});
  }
}

/**
 * What is to be called with the key of each checkpoint that was saved. Tells at most once, as an info, that the token
 * does not suffice, and does not ask again then. An empty token turns it off.
 */
export function supersededCleaner(
  options: SupersededOptions,
  log: Log,
): (savedKey: string, signal?: AbortSignal) => Promise<void> {
  let keys: readonly string[] = [];
  let off = options.token === '';
  return async (savedKey, signal) => {
    if (savedKey === '' || off) return;
    keys = [...keys, savedKey];
    const { kind, deleted, gone, cause } = await deleteSuperseded(
      keys,
      signal ? { ...options, signal } : options,
    );
    keys = keys.filter((key) => !deleted.includes(key) && !gone.includes(key));
    if (deleted.length > 0) log.debug(`Deleted superseded checkpoints: ${deleted.join(', ')}`);
    if (kind === 'denied') {
      off = true;
      log.info(
        `The earlier checkpoints of this run stay in the cache: ${cause}. That costs nothing but cache storage, until ` +
          'GitHub evicts them; give the job "permissions: actions: write" to have them deleted.',
      );
    } else if (kind === 'failed') {
      log.info(`Earlier checkpoints were not deleted: ${cause}. It is tried again with the next checkpoint.`);
    }
  };
}

/** Those numbered below the newest, of the same run and attempt. Anything else is not ours to delete. */
function olderOnes(keys: readonly string[]): string[] {
  const newest = /^(oaievalset-v\d-.+-)(\d+)$/.exec(keys.at(-1) ?? '');
  const [, stem = '', last = ''] = newest ?? [];
  if (!newest) return [];
  return [...new Set(keys)].filter((key) => {
    const seq = key.slice(stem.length);
    return key.startsWith(stem) && /^\d+$/.test(seq) && Number(seq) < Number(last);
  });
}

interface Answer {
  readonly status: number;
  /** GitHub's own words, with what sets them off; empty when it has none. */
  readonly message: string;
  readonly limited: boolean;
}

/** https://docs.github.com/en/rest/actions/cache: deletes the entries with exactly this key. */
async function deleteEntry(
  key: string,
  options: SupersededOptions,
  dispatcher: EnvHttpProxyAgent,
): Promise<Answer> {
  const { token, apiUrl, repository, ref, timeoutMs = TIMEOUT_MS, signal } = options;
  const [owner = '', name = ''] = repository.split('/').map(encodeURIComponent);
  const url = new URL(`${apiUrl.replace(/\/+$/, '')}/repos/${owner}/${name}/actions/caches`);
  url.searchParams.set('key', key);
  if (ref) url.searchParams.set('ref', ref);
  const { statusCode, headers, body } = await request(url, {
    method: 'DELETE',
    dispatcher,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'user-agent': 'oaievalset-action',
      'x-github-api-version': '2022-11-28',
    },
    signal: abortedAfter(timeoutMs, signal),
  });
  const text = await body.text();
  const limited =
    statusCode === 429 ||
    (statusCode === 403 &&
      (headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined));
  const said = messageOf(text);
  return { status: statusCode, message: said && `, ${redacted(said, [token])}`, limited };
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

function whyOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  if (error instanceof Error && error.name === 'AbortError') return 'it was stopped';
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code ?? reasonOf(error);
}
