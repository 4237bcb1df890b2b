/** What the log says about a restore: what was looked up, what was found, and what the user can do. */
import { expect, test } from 'vitest';
import { checkpointKeys, type Difference } from '../../../src/checkpoint/keys.ts';
import { restoreCheckpoint } from '../../../src/checkpoint/restored-checkpoint.ts';
import type { CheckpointStore, RestoreOutcome } from '../../../src/checkpoint/store.ts';
import type { StatesOnMachine } from '../../../src/progress/states-on-machine.ts';
import { recordingLog } from '../../helpers/builders.ts';
import { EMPTY_MACHINE, identity } from '../../helpers/cache-rig.ts';

const keys = checkpointKeys(identity);
const owner = { repository: 'o/r', cacheKey: '', model: identity.model, evalSet: identity.evalSet };

interface Known {
  readonly resume?: boolean;
  readonly machine?: Partial<StatesOnMachine>;
  readonly difference?: Difference;
  readonly cacheKey?: string;
}

async function reported(outcome: RestoreOutcome, known: Known = {}) {
  const { resume = true, difference, cacheKey = '' } = known;
  const log = recordingLog();
  const store: CheckpointStore = {
    nextSeq: 1,
    check: async () => (outcome.kind === 'unavailable' || outcome.kind === 'failed' ? outcome : undefined),
    restore: async () => outcome,
    async newestOfSet() {
      return undefined;
    },
    otherCheckpoint: async () => difference,
    save: async () => ({ kind: 'unavailable', cause: 'nothing is saved here' }),
  };
  await using checkpoint = await restoreCheckpoint({
    store,
    identity: { ...identity, cacheKey },
    owner,
    machine: { ...EMPTY_MACHINE, ...known.machine },
    resume,
    log,
  });
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

const NOTHING = `Nothing is reused: this run can see no checkpoint of ${identity.model} on ${identity.evalSet}`;

test.each<[what: string, known: Known, says: string]>([
  ['nothing else is known', {}, `${NOTHING}.`],
  ['there is a cache-key', { cacheKey: 'v2' }, `${NOTHING} with the cache-key v2.`],
  [
    'the newest checkpoint is of another model',
    { difference: { kind: 'model', model: 'gpt-4o-mini' } },
    `${NOTHING}. The newest checkpoint of this eval set is of another model: gpt-4o-mini.`,
  ],
  [
    'there is one with another cache-key',
    { difference: { kind: 'cache-key' }, machine: { otherModels: ['gpt-3'] } },
    `${NOTHING}. There is one with another cache-key.`,
  ],
  [
    'the machine has results of another model',
    { machine: { otherModels: ['org/model\n::error::x', 'b'] } },
    `${NOTHING}. This machine has results of another model on this eval set: org/model ::error::x.`,
  ],
  [
    'the machine has a state',
    { machine: { hasState: true, otherModels: ['b'] }, difference: { kind: 'cache-key' } },
    `This run can see no checkpoint of ${identity.model} on ${identity.evalSet}. Only the state of this machine can be reused.`,
  ],
])('restore message: a miss says what was looked for and what is different: %s', async (_, known, says) => {
  const { infos, warnings } = await reported({ kind: 'miss' }, known);
  expect(infos).toEqual([says]);
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
    const { kind, warnings } = await reported(problem, { resume });
    expect(kind).toBe('unavailable');
    expect(warnings).toEqual([
      expect.stringMatching(/^Checkpoints can neither be restored nor saved: no tar; install it\. /),
    ]);
  },
);

test('restore message: without resume there is none about a checkpoint', async () => {
  const { kind, infos, warnings } = await reported({ kind: 'miss' }, { resume: false });
  expect([kind, infos, warnings]).toEqual(['miss', [], []]);
});

test('restore message: a cancelled restore rejects with the reason, and warns of nothing', async () => {
  const log = recordingLog();
  const store: CheckpointStore = {
    nextSeq: 1,
    check: async () => undefined,
    restore: async () => ({ kind: 'failed', cause: 'it was stopped before it finished' }),
    async newestOfSet() {
      return undefined;
    },
    otherCheckpoint: async () => undefined,
    save: async () => ({ kind: 'unavailable', cause: 'nothing is saved here' }),
  };
  const signal = AbortSignal.abort(new Error('cancelled'));
  const request = { store, identity, owner, machine: EMPTY_MACHINE, resume: true, log, signal };
  await expect(restoreCheckpoint(request)).rejects.toThrow('cancelled');
  expect(log.warnings).toEqual([]);
});
