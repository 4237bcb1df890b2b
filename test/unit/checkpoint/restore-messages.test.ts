/** What the log says about a restore: what was looked up, what was found, and what the user can do. */
import { expect, test } from 'vitest';
import { checkpointKeys } from '../../../src/checkpoint/keys.ts';
import { restoreCheckpoint } from '../../../src/checkpoint/restored-checkpoint.ts';
import type { CheckpointStore, RestoreOutcome } from '../../../src/checkpoint/store.ts';
import { recordingLog } from '../../helpers/builders.ts';
import { identity } from '../../helpers/cache-rig.ts';

const keys = checkpointKeys(identity);
const owner = { repository: 'o/r', cacheKey: '', model: identity.model, evalSet: identity.evalSet };

async function reported(outcome: RestoreOutcome, resume = true) {
  const log = recordingLog();
  const store: CheckpointStore = {
    nextSeq: 1,
    check: async () => (outcome.kind === 'unavailable' || outcome.kind === 'failed' ? outcome : undefined),
    restore: async () => outcome,
    save: async () => ({ kind: 'unavailable', cause: 'nothing is saved here' }),
  };
  await using checkpoint = await restoreCheckpoint({ store, identity, owner, resume, log });
  const { kind } = checkpoint;
  return { kind, infos: log.lines, warnings: log.warnings };
}

const hit = (key: string, passedOver: { key: string; why: string }[] = []): RestoreOutcome => ({
  kind: 'hit',
  key,
  directory: '/nowhere',
  staging: '/nowhere',
  passedOver,
});

test('restore message: a miss names the prefix of all keys of the set', async () => {
  const { infos, warnings } = await reported({ kind: 'miss' });
  expect(infos).toEqual([
    `There is no checkpoint yet: no cache entry has a key that starts with ${keys.anyOfSet}. The run starts with the state of this machine.`,
  ]);
  expect(warnings).toEqual([]);
});

test('restore message: an entry packed with zstd is a warning with the commands that install zstd', async () => {
  const { warnings } = await reported({ kind: 'miss', unreadable: keys.primary(3) });
  expect(warnings).toEqual([
    expect.stringMatching(
      /-1-1-3 was packed with zstd, .*install zstd .*"apk add zstd" or "apt-get install -y zstd"\.$/,
    ),
  ]);
});

test.each([
  ['this run', keys.primary(1), /-1-1-1$/],
  ['an earlier run', checkpointKeys({ ...identity, runId: '0' }).primary(1), /-0-1-1, of an earlier run$/],
  [
    'another job with the same request',
    checkpointKeys({ ...identity, user: 'another' }).primary(1),
    /, of another job or step with the same request\. /,
  ],
  [
    'other arguments of the set',
    checkpointKeys({ ...identity, request: 'another' }).primary(1),
    /, of this eval set with other arguments\. Results of evals with the same content are reused$/,
  ],
])('restore message: a restored checkpoint of %s is called that', async (_whose, key, words) => {
  expect((await reported(hit(key))).infos).toEqual([expect.stringMatching(words)]);
});

test('restore message: each broken checkpoint is named, with the reason and the one that is used instead', async () => {
  const broken = [3, 2].map((seq) => ({ key: keys.primary(seq), why: `reason ${seq}` }));
  const { warnings } = await reported(hit(keys.primary(1), broken));
  expect(warnings).toEqual(
    broken.map(
      ({ key, why }) =>
        `The checkpoint ${key} is not used: ${why}. An older one is used instead: ${keys.primary(1)}.`,
    ),
  );
});

test.each([true, false])(
  'restore message: tools that cannot pack are a warning, resume: %s',
  async (resume) => {
    const problem = { kind: 'unavailable', cause: 'no tar; install it', canBeFixed: true } as const;
    const { kind, warnings } = await reported(problem, resume);
    expect(kind).toBe('unavailable');
    expect(warnings).toEqual([
      expect.stringMatching(/^Checkpoints can neither be restored nor saved: no tar; install it\. /),
    ]);
  },
);

test('restore message: without resume there is none about a checkpoint', async () => {
  const { kind, infos, warnings } = await reported({ kind: 'miss' }, false);
  expect([kind, infos, warnings]).toEqual(['miss', [], []]);
});

test('restore message: a cancelled restore rejects with the reason, and warns of nothing', async () => {
  const log = recordingLog();
  const store: CheckpointStore = {
    nextSeq: 1,
    check: async () => undefined,
    restore: async () => ({ kind: 'failed', cause: 'it was stopped before it finished' }),
    save: async () => ({ kind: 'unavailable', cause: 'nothing is saved here' }),
  };
  const signal = AbortSignal.abort(new Error('cancelled'));
  await expect(restoreCheckpoint({ store, identity, owner, resume: true, log, signal })).rejects.toThrow(
    'cancelled',
  );
  expect(log.warnings).toEqual([]);
});
