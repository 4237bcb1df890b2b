import { describe, expect, onTestFinished, test } from 'vitest';
import { checkpointKeys } from '../../../src/checkpoint/keys.ts';
import {
  deleteSuperseded,
  type SupersededOptions,
  supersededCleaner,
} from '../../../src/checkpoint/superseded.ts';
import { recordingLog } from '../../helpers/builders.ts';
import { identity } from '../../helpers/cache-rig.ts';
import { type GitHubApi, type GitHubApiOptions, startGitHubApi } from '../../stand-ins/github-api.ts';

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

async function bed(
  changes: Partial<GitHubApiOptions> = {},
): Promise<{ api: GitHubApi; options: SupersededOptions }> {
  const entries = [...ours, ...others].map((key) => ({ key, ref }));
  const api = await startGitHubApi({ token, repository, entries, ...changes });
  onTestFinished(() => api.close());
  return { api, options: { token, repository, ref, apiUrl: api.url } };
}

describe('superseded checkpoints', () => {
  test('are deleted, and nothing else is', async () => {
    const { api, options } = await bed();
    expect(await deleteSuperseded(ours, options)).toEqual({
      kind: 'done',
      deleted: [first, second],
      gone: [],
      cause: '',
    });
    expect(api.keys()).toEqual([third, ...others]);
    expect(api.requests).toHaveLength(2);
  });

  test('are deleted without a ref, too, and with a slash behind the address', async () => {
    const { api, options } = await bed();
    const { ref: _any, ...rest } = options;
    await deleteSuperseded(ours, { ...rest, apiUrl: `${api.url}/` });
    expect(api.keys()).toEqual([third, ...others]);
  });

  test('of other runs and attempts stay, even when they are asked for', async () => {
    const { api, options } = await bed();
    await deleteSuperseded([...others, ...ours], options);
    expect(api.keys()).toEqual([third, ...others]);
  });

  test.each([
    ['no key', []],
    ['one key', [first]],
    ['a newest key that is not ours', [first, 'npm-linux']],
  ])('are not looked for with %s', async (_what, keys) => {
    const { api, options } = await bed();
    expect((await deleteSuperseded(keys, options)).kind).toBe('done');
    expect(api.requests).toEqual([]);
  });

  test('that are named twice are asked for once', async () => {
    const { api, options } = await bed();
    expect(await deleteSuperseded([first, first, second], options)).toMatchObject({
      deleted: [first],
      gone: [],
    });
    expect(api.requests).toHaveLength(1);
  });

  test('that GitHub deletes without a word are deleted', async () => {
    const { options } = await bed({ faults: () => ({ status: 204 }) });
    expect(await deleteSuperseded(ours, options)).toMatchObject({ kind: 'done', deleted: [first, second] });
  });

  test('that are gone already are no failure', async () => {
    const { options } = await bed({ entries: [second, third].map((key) => ({ key, ref })) });
    expect(await deleteSuperseded(ours, options)).toEqual({
      kind: 'done',
      deleted: [second],
      gone: [first],
      cause: '',
    });
  });
});

describe('a deletion that fails', () => {
  test.each<[string, Partial<GitHubApiOptions>, string, string | RegExp]>([
    [
      'for want of actions: write',
      { readOnly: true },
      'denied',
      'the token may not delete entries of the cache (HTTP 403, Resource not accessible by integration)',
    ],
    [
      'for a wrong token',
      { token: 'another' },
      'denied',
      'the token may not delete entries of the cache (HTTP 401, Bad credentials)',
    ],
    [
      'for a rate limit',
      { faults: () => ({ status: 429 }) },
      'failed',
      'GitHub limits the rate of requests (HTTP 429)',
    ],
    [
      'for a rate limit in the other form',
      { faults: () => ({ status: 403, headers: { 'x-ratelimit-remaining': '0' }, body: '{}' }) },
      'failed',
      'GitHub limits the rate of requests (HTTP 403)',
    ],
    [
      'for a rate limit that names its end',
      { faults: () => ({ status: 403, headers: { 'retry-after': '60' }, body: '{}' }) },
      'failed',
      'GitHub limits the rate of requests (HTTP 403)',
    ],
    [
      'for a reason that acts as a workflow command and holds the token',
      { faults: () => ({ status: 403, body: JSON.stringify({ message: `no\n::error::${token}` }) }) },
      'denied',
      'the token may not delete entries of the cache (HTTP 403, no ::error::***)',
    ],
    [
      'for a reason that is no text',
      { faults: () => ({ status: 400, body: '{"message":{}}' }) },
      'failed',
      'GitHub answered HTTP 400',
    ],
    [
      'for an error',
      { faults: () => ({ status: 502, body: '<html>' }) },
      'failed',
      'GitHub answered HTTP 502',
    ],
    ['for a renamed repository', { faults: () => ({ status: 301 }) }, 'failed', 'GitHub answered HTTP 301'],
    [
      'for a connection that breaks',
      { faults: () => ({ destroy: true }) },
      'failed',
      /^GitHub cannot be reached \(\w+\)$/,
    ],
    [
      'for silence',
      { faults: () => ({ silent: true }) },
      'failed',
      'GitHub cannot be reached (no answer in time)',
    ],
  ])('%s says so, and asks no more', async (_what, changes, kind, cause) => {
    const { api, options } = await bed(changes);
    const result = await deleteSuperseded(ours, { ...options, timeoutMs: 2000 });
    expect(result).toMatchObject({ kind, deleted: [], gone: [] });
    expect(result.cause).toEqual(typeof cause === 'string' ? cause : expect.stringMatching(cause));
    expect(api.requests).toHaveLength(1);
    expect(api.keys()).toEqual([...ours, ...others]);
  });

  test('in between keeps what was deleted', async () => {
    const { options } = await bed({ faults: (nth) => (nth === 1 ? { status: 500 } : undefined) });
    expect(await deleteSuperseded(ours, options)).toMatchObject({ kind: 'failed', deleted: [first] });
  });

  test.each(['http://127.0.0.1:1', 'not an address'])(
    'for the address %s does not reject',
    async (apiUrl) => {
      const { options } = await bed();
      expect((await deleteSuperseded(ours, { ...options, apiUrl })).kind).toBe('failed');
    },
  );

  test('is stopped when asked', async () => {
    const { options } = await bed({ faults: () => ({ silent: true }) });
    const result = await deleteSuperseded(ours, { ...options, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ kind: 'failed', cause: 'GitHub cannot be reached (it was stopped)' });
  });
});

describe('with each checkpoint', () => {
  test('the one before is deleted', async () => {
    const { api, options } = await bed();
    const log = recordingLog();
    const clean = supersededCleaner(options, log);
    await clean(first);
    expect(api.requests).toHaveLength(0);
    await clean(second);
    await clean('');
    await clean(third);
    expect(api.keys()).toEqual([third, ...others]);
    expect(api.requests).toHaveLength(2);
    expect([...log.lines, ...log.warnings]).toEqual([]);
  });

  test('a token that does not suffice is told of once', async () => {
    const { api, options } = await bed({ readOnly: true });
    const log = recordingLog();
    const clean = supersededCleaner(options, log);
    for (const key of ours) await clean(key);
    expect(log.lines).toEqual([
      'The earlier checkpoints of this run stay in the cache: the token may not delete entries of the cache (HTTP 403, ' +
        'Resource not accessible by integration). That costs nothing but cache storage, until GitHub evicts them; give the ' +
        'job "permissions: actions: write" to have them deleted.',
    ]);
    expect(log.warnings).toEqual([]);
    expect(api.requests).toHaveLength(1);
  });

  test('what failed before is tried again', async () => {
    const { api, options } = await bed({ faults: (nth) => (nth === 0 ? { status: 500 } : undefined) });
    const log = recordingLog();
    const clean = supersededCleaner(options, log);
    for (const key of ours) await clean(key);
    expect(api.keys()).toEqual([third, ...others]);
    expect(log.lines).toEqual([
      expect.stringMatching(/^Earlier checkpoints were not deleted: GitHub answered HTTP 500\. /),
    ]);
  });

  test('what is gone is not asked for again', async () => {
    const { api, options } = await bed({ entries: [second, third].map((key) => ({ key, ref })) });
    const clean = supersededCleaner(options, recordingLog());
    for (const key of ours) await clean(key);
    expect(api.keys()).toEqual([third]);
    expect(api.requests).toHaveLength(2);
  });

  test('it is stopped when asked', async () => {
    const { options } = await bed({ faults: () => ({ silent: true }) });
    const log = recordingLog();
    const clean = supersededCleaner(options, log);
    await clean(first);
    await clean(second, AbortSignal.abort());
    expect(log.lines).toEqual([expect.stringContaining('GitHub cannot be reached (it was stopped)')]);
  });

  test('nothing is asked for without a token', async () => {
    const { api, options } = await bed();
    const clean = supersededCleaner({ ...options, token: '' }, recordingLog());
    for (const key of ours) await clean(key);
    expect(api.requests).toEqual([]);
  });
});
