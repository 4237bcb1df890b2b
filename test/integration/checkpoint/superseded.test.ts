import { describe, expect, onTestFinished, test } from 'vitest';
import { checkpointKeys } from '../../../src/checkpoint/keys.ts';
import { SupersededCheckpoints } from '../../../src/checkpoint/superseded.ts';
import { GitHubApi } from '../../../src/github/github-api.ts';
import { recordingLog } from '../../helpers/builders.ts';
import { identity } from '../../helpers/cache-rig.ts';
import { type GitHubApiOptions, startGitHubApi } from '../../stand-ins/github-api.ts';

const token = 'ghs_standin';
const repository = 'octo-org/evals.set';
const ref = 'refs/heads/feature/ä';

function keysOf(runId: string, runAttempt = 1): string[] {
  const keys = checkpointKeys({ ...identity, runId, runAttempt });
  return [1, 2, 3].map((seq) => keys.primary(seq));
}

const ours = keysOf('12', 2);
const [first = '', second = '', third = ''] = ours;
const likeOurs = ['', '0x1', '01 ', '1-1'].map((end) => first.replace(/1$/, end));
const others = [...keysOf('12', 1), ...keysOf('1'), ...keysOf('122'), ...likeOurs, 'npm-linux'];

async function setUp(changes: Partial<GitHubApiOptions> = {}, { ref: onRef = ref, slash = '' } = {}) {
  const entries = [...ours, ...others].map((key) => ({ key, ref }));
  const api = await startGitHubApi({ token, repository, entries, ...changes });
  onTestFinished(() => api.close());
  const github = new GitHubApi({ token, repository, apiUrl: api.url + slash, timeoutMs: 2000 });
  const log = recordingLog();
  return { api, github, log, superseded: new SupersededCheckpoints({ github, ref: onRef, log }) };
}

const deletion = { method: 'DELETE', path: 'actions/caches', query: { key: first, ref } } as const;

describe('SupersededCheckpoints', () => {
  test.each([
    ['the ref of the job', {}],
    ['no ref, and a slash behind the address', { ref: '', slash: '/' }],
  ])(
    'SupersededCheckpoints: deletes what a newer one replaced, and nothing else, with %s',
    async (_, how) => {
      const { api, log, superseded } = await setUp({}, how);
      await superseded.add(first);
      expect(api.requests).toHaveLength(0);
      await superseded.add(second);
      await superseded.add(third);
      expect(superseded.newest).toBe(third);
      expect(api.keys()).toEqual([third, ...others]);
      expect(api.requests).toHaveLength(2);
      expect([...log.lines, ...log.warnings]).toEqual([]);
    },
  );

  test('SupersededCheckpoints: a token without actions: write is reported once, and not used again', async () => {
    const { api, log, superseded } = await setUp({ readOnly: true });
    expect(superseded.canDelete).toBe(true);
    for (const key of ours) await superseded.add(key);
    expect(superseded.canDelete).toBe(false);
    expect(log.lines).toEqual([
      'Earlier checkpoints of this run stay in the cache: the token lacks permission to delete cache entries (HTTP 403, Resource not ' +
        'accessible by integration). They use cache storage until GitHub evicts them. To have them deleted, give ' +
        'the job "permissions: actions: write".',
    ]);
    expect(log.warnings).toEqual([]);
    expect(api.requests).toHaveLength(1);
  });

  test('SupersededCheckpoints: a deletion that failed is retried after the next checkpoint', async () => {
    const { api, log, superseded } = await setUp({
      faults: (nth) => (nth === 0 ? { status: 500 } : undefined),
    });
    for (const key of ours) await superseded.add(key);
    expect(superseded.canDelete).toBe(true);
    expect(api.keys()).toEqual([third, ...others]);
    expect(log.lines).toEqual([
      'Earlier checkpoints were not deleted: GitHub responded with HTTP 500. The deletion is retried after the next checkpoint.',
    ]);
  });

  test('SupersededCheckpoints: a missing entry is not requested again', async () => {
    const { api, log, superseded } = await setUp({ entries: [second, third].map((key) => ({ key, ref })) });
    for (const key of ours) await superseded.add(key);
    expect(api.keys()).toEqual([third]);
    expect(api.requests).toHaveLength(2);
    expect(log.lines).toEqual([]);
  });

  test('SupersededCheckpoints: without a token nothing is requested', async () => {
    const superseded = new SupersededCheckpoints({ github: undefined, ref, log: recordingLog() });
    for (const key of ours) await superseded.add(key);
    expect(superseded.canDelete).toBe(false);
    expect(superseded.newest).toBe(third);
  });
});

describe('GitHubApi', () => {
  test.each<[string, Partial<GitHubApiOptions>, string, string | RegExp]>([
    [
      'without actions: write',
      { readOnly: true },
      'denied',
      'HTTP 403, Resource not accessible by integration',
    ],
    ['for a wrong token', { token: 'another' }, 'denied', 'HTTP 401, Bad credentials'],
    [
      'for a rate limit',
      { faults: () => ({ status: 429 }) },
      'rate-limited',
      'GitHub limits the rate of requests (HTTP 429)',
    ],
    [
      'for a rate limit in the other form',
      { faults: () => ({ status: 403, headers: { 'x-ratelimit-remaining': '0' }, body: '{}' }) },
      'rate-limited',
      'GitHub limits the rate of requests (HTTP 403)',
    ],
    [
      'for a rate limit with Retry-After',
      { faults: () => ({ status: 403, headers: { 'retry-after': '60' }, body: '{}' }) },
      'rate-limited',
      'GitHub limits the rate of requests (HTTP 403)',
    ],
    [
      'for a reason that acts as a workflow command and contains the token',
      { faults: () => ({ status: 403, body: JSON.stringify({ message: `no\n::error::${token}` }) }) },
      'denied',
      'HTTP 403, no ::error::***',
    ],
    [
      'for a reason that is not text',
      { faults: () => ({ status: 400, body: '{"message":{}}' }) },
      'failed',
      'GitHub responded with HTTP 400',
    ],
    [
      'for an error',
      { faults: () => ({ status: 502, body: '<html>' }) },
      'failed',
      'GitHub responded with HTTP 502',
    ],
    [
      'for a renamed repository',
      { faults: () => ({ status: 301 }) },
      'failed',
      'GitHub responded with HTTP 301',
    ],
    [
      'for a connection that breaks',
      { faults: () => ({ destroy: true }) },
      'failed',
      /^GitHub cannot be reached \(\w+\)$/,
    ],
    [
      'without a response in time',
      { faults: () => ({ silent: true }) },
      'failed',
      'GitHub cannot be reached (no response in time)',
    ],
  ])('GitHubApi: a request that fails %s', async (_what, changes, kind, cause) => {
    const { api, github } = await setUp(changes);
    const result = await github.request(deletion);
    expect(result).toEqual({
      kind,
      cause: typeof cause === 'string' ? cause : expect.stringMatching(cause),
    });
    expect(api.requests).toHaveLength(1);
    expect(api.keys()).toEqual([...ours, ...others]);
  });

  test('GitHubApi: 204 without a body is a success', async () => {
    const { github } = await setUp({ faults: () => ({ status: 204 }) });
    expect(await github.request(deletion)).toEqual({ kind: 'ok', body: undefined });
  });

  test.each(['http://127.0.0.1:1', 'not an address'])('GitHubApi: the address %s fails', async (apiUrl) => {
    const github = new GitHubApi({ token, repository, apiUrl });
    expect((await github.request(deletion)).kind).toBe('failed');
  });

  test('GitHubApi: an aborted signal stops the request', async () => {
    const { github } = await setUp({ faults: () => ({ silent: true }) });
    expect(await github.request({ ...deletion, signal: AbortSignal.abort() })).toEqual({
      kind: 'failed',
      cause: 'GitHub cannot be reached (the request was stopped)',
    });
  });
});
