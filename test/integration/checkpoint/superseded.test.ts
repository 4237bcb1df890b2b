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
