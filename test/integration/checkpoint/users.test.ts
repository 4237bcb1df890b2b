/** Users of one eval set with one model: each keeps to its own checkpoints, and finds those of others only at last. */
import { beforeAll, describe, expect, vi } from 'vitest';
import { checkpointIdentity, type SetRequest, type SetUser } from '../../../src/checkpoint/identity.ts';
import { type CheckpointKeys, checkpointKeys } from '../../../src/checkpoint/keys.ts';
import type { CheckpointStore } from '../../../src/checkpoint/store.ts';
import { noModelMap } from '../../../src/model/model-map.ts';
import { WHOLE } from '../../../src/model/shard.ts';
import { machine, Rig, test } from '../../helpers/cache-rig.ts';
import type { CacheService } from '../../stand-ins/cache-service.ts';

vi.setConfig({ maxConcurrency: 6 });

const request: SetRequest = {
  model: 'gpt-4o',
  modelMap: noModelMap,
  judgeModel: '',
  evalSet: 'test',
  cacheKey: '',
  args: ['--seed', '1'],
  registryPaths: ['registry'],
  workingDirectory: '/work',
  urls: { openai: new URL('https://api.openai.com/v1') },
  shard: WHOLE,
};
const user: SetUser = {
  workflow: 'octo-org/octo-repo/.github/workflows/evals.yml',
  job: 'evals',
  step: '__self',
  matrix: 'null',
  runId: '7',
  runAttempt: 1,
  workspace: '/work',
};

type Changes = Partial<SetRequest & SetUser>;

function keysOf(changes: Changes = {}): CheckpointKeys {
  return checkpointKeys(checkpointIdentity({ ...request, ...changes }, { ...user, ...changes }));
}

/** The key of the first checkpoint that a user saves. */
const savedBy = (changes: Changes = {}): string => keysOf(changes).primary(1);

/** As version 1 of the keys named the checkpoint of a run. */
function oldKeyOf(runId: string): string {
  const [, ofRun = ''] = keysOf({ runId }).restoreKeys;
  expect(ofRun).toMatch(new RegExp(`^oaievalset-v1-gpt-4o\\.test-[0-9a-f]{16}-s1of1-${runId}-$`));
  return `${ofRun}1-1`;
}

test('checkpoint identity: without a judge it is that of earlier versions', () => {
  expect(checkpointIdentity(request, user).request).toBe('69545ca1d6b5760193e438db26d5e298');
});

let archive: Buffer;

beforeAll(async () => {
  const rig = new Rig();
  archive = rig.archive();
  await rig.cleanUp();
});

/** A service that has saved checkpoints with these keys, the oldest first. */
function serviceWith(rig: Rig, keys: readonly string[]): Promise<CacheService> {
  return rig.service(
    {},
    keys.map((key) => ({ key, archive })),
  );
}

function storeOf(rig: Rig, { env }: CacheService, changes: Changes = {}): CheckpointStore {
  return rig.store({ env: machine(env), keys: keysOf(changes) });
}

async function restoredKey(rig: Rig, service: CacheService, changes: Changes = {}): Promise<string> {
  const outcome = await storeOf(rig, service, changes).restore();
  return outcome.kind === 'hit' ? outcome.key : JSON.stringify(outcome);
}

async function save(rig: Rig, store: CheckpointStore): Promise<string> {
  const outcome = await store.save(rig.snapshot());
  return outcome.kind === 'saved' ? outcome.key : JSON.stringify(outcome);
}

const seqs = (keys: readonly string[]) => keys.map((key) => key.split('-').at(-1));

const others: readonly (readonly [string, Changes])[] = [
  ['a leg of a matrix over args', { args: ['--seed', '2'] }],
  ['a leg of a matrix over a value that is not an input', { matrix: '{\n  "checkout": "main"\n}' }],
  ['a user of another registry', { registryPaths: ['registry', 'more'] }],
  ['a user of another directory of the repository', { workingDirectory: '/work/b' }],
  ['a user with a judge', { judgeModel: 'org/judge' }],
  ['a user of another API', { urls: { openai: new URL('https://llm.example/v1') } }],
  ['a user of a model map', { modelMap: new Map([['old', 'live']]) }],
  ['another job', { job: 'nightly' }],
  ['another step of the job', { step: '__self_2' }],
  ['another workflow', { workflow: 'octo-org/octo-repo/.github/workflows/nightly.yml' }],
];
/** One checkpoint of each, and ours the oldest. */
const savedByAll = [savedBy(), ...others.map(([, changes]) => savedBy(changes))];

test('checkpoint of a user: without a model map, its keys are what they always were', () => {
  expect(savedBy()).toBe('oaievalset-v2-gpt-4o.test-65c22cd5192a4746-5c53559deb7d38ac-s1of1-7-1-1');
});

describe.concurrent('checkpoint of a user', () => {
  test.for([...others])('checkpoint of a user: %s restores its own', async ([, changes], { rig }) => {
    const theirs = savedBy(changes);
    const service = await serviceWith(rig, [theirs, ...savedByAll.filter((key) => key !== theirs)]);
    expect(await restoredKey(rig, service, { ...changes, runAttempt: 2 })).toBe(theirs);
  });

  test.for<[string, Changes]>([
    ['a re-run', { runAttempt: 2 }],
    ['a later run', { runId: '8' }],
    ['a run with the checkout elsewhere', { workspace: '/w', workingDirectory: '/w', runId: '9' }],
    [
      'a run with another password of the API',
      { urls: { openai: new URL('https://me:pw@api.openai.com/v1?key=x') }, runId: '9' },
    ],
  ])('checkpoint of a user: %s restores its own, not the newest', async ([, changes], { rig }) => {
    const service = await serviceWith(rig, savedByAll);
    expect(await restoredKey(rig, service, changes)).toBe(savedBy());
  });

  test('checkpoint of a user: a run with another port of a service container restores its own', async ({
    rig,
  }) => {
    const [before, after] = [4000, 32768].map((port) => ({
      urls: { openai: new URL(`http://localhost:${port}/v1`) },
    }));
    const service = await serviceWith(rig, [savedBy(before), savedBy({ ...before, job: 'another' })]);
    expect(await restoredKey(rig, service, { ...after, runId: '9' })).toBe(savedBy(before));
  });

  test.for<[string, Changes]>([
    ['a job that was renamed', { job: 'renamed' }],
    ['a step that was moved', { step: '__self_3' }],
    ['a workflow whose file was moved', { workflow: 'octo-org/octo-repo/.github/workflows/ci.yml' }],
    ['a matrix with a new dimension', { matrix: '{"seed":1,"os":"ubuntu"}' }],
  ])(
    'checkpoint of a user: %s restores that of the same request, not the newest',
    async ([, changes], { rig }) => {
      const service = await serviceWith(rig, [savedBy(), savedBy({ args: ['--seed', '2'] })]);
      expect(await restoredKey(rig, service, { ...changes, runId: '8' })).toBe(savedBy());
    },
  );

  test('checkpoint of a user: a user without one restores the newest of the set', async ({ rig }) => {
    const newest = savedBy({ args: ['--seed', '2'] });
    const service = await serviceWith(rig, [savedBy(), newest]);
    expect(await restoredKey(rig, service, { args: ['--seed', '3'] })).toBe(newest);
  });

  test('checkpoint of a user: one of the format before is restored', async ({ rig }) => {
    const old = oldKeyOf('5');
    expect(await restoredKey(rig, await serviceWith(rig, [old]))).toBe(old);
  });

  test('checkpoint of a user: one of the format before, of the same run, goes before newer ones of other jobs', async ({
    rig,
  }) => {
    const old = oldKeyOf('7');
    const service = await serviceWith(rig, [old, savedBy({ job: 'another' })]);
    expect(await restoredKey(rig, service, { runAttempt: 2 })).toBe(old);
  });
});

/** One of two shards, in a run. */
const ofShard = (runId: string, count = 2): Changes => ({ runId, shard: { index: 1, count } });
/** What the merge of the shards of a run saves. */
const mergedIn = (runId: string) => savedBy(ofShard(runId)).replace('-s1of2-', '-s1of1-');
const [own7, own8, own9] = ['7', '8', '9'].map((runId) => savedBy(ofShard(runId)));
const [merged8, merged9] = ['8', '9'].map(mergedIn);

describe.concurrent('checkpoint of a shard', () => {
  test.for<[string, readonly (string | undefined)[], Changes, string | undefined]>([
    ['its own of this run, not a later merged one', [own9, merged9], ofShard('9'), own9],
    ['its own of the last run, not an earlier merged one', [own9, merged8], ofShard('10'), own9],
    ['the merged one of the last run, not its own', [merged8, own8], ofShard('10'), merged8],
    ['a merged one when it has none', [own8, merged8], ofShard('10', 3), merged8],
    ['the merged one of the last run, not an old one of its own', [own7, merged9], ofShard('10'), merged9],
    ['another shard when there is nothing else', [own8], ofShard('10', 3), own8],
    [
      'its own when another job, step or matrix runs it',
      [own9],
      { ...ofShard('9'), job: 'b', step: 'c', matrix: '{"shard":1}' },
      own9,
    ],
  ])('checkpoint of a shard: %s is restored', async ([, entries, changes, expected], { rig }) => {
    const service = await serviceWith(
      rig,
      entries.filter((key) => key !== undefined),
    );
    expect(await restoredKey(rig, service, changes)).toBe(expected);
  });
});

describe.concurrent('checkpoint key that is taken', () => {
  test('checkpoint key that is taken: two users that GitHub does not distinguish take turns', async ({
    rig,
  }) => {
    const service = await rig.service();
    const [one, two] = [storeOf(rig, service), storeOf(rig, service)];
    const keys: string[] = [];
    for (const store of [one, two, one]) keys.push(await save(rig, store));
    expect(seqs(keys)).toEqual(['1', '2', '3']);
  });

  test('checkpoint key that is taken: one look-up finds the next free number', async ({ rig }) => {
    const keys = keysOf();
    const service = await serviceWith(
      rig,
      [1, 2, 3, 4].map((seq) => keys.primary(seq)),
    );
    expect(seqs([await save(rig, storeOf(rig, service))])).toEqual(['5']);
    expect(service.requests.filter(({ step }) => step === 'create')).toHaveLength(2);
  });

  test('checkpoint key that is taken: an upload that never ended costs its number', async ({ rig }) => {
    let isCut = true;
    const service = await rig.service({
      faults: ({ step }) => (step === 'finalize' && isCut ? { destroy: true } : undefined),
    });
    expect(await save(rig, storeOf(rig, service))).toMatch(/cannot be reached/);
    isCut = false;
    expect(seqs([await save(rig, storeOf(rig, service))])).toEqual(['2']);
  });
});

describe('what is known of other checkpoints', () => {
  test.for<[what: string, saved: Changes[], difference: unknown]>([
    ['there are none', [], undefined],
    [
      'the newest is of another model',
      [{ cacheKey: '2', evalSet: 'x' }, { model: 'gpt-4o-mini' }],
      { kind: 'model', model: 'gpt-4o-mini' },
    ],
    ['one has another cache-key', [{ cacheKey: '2' }, { model: 'gpt-4o-mini' }], { kind: 'cache-key' }],
    ['the newest is of another eval set', [{ model: 'gpt-4o-mini' }, { evalSet: 'other' }], undefined],
  ])('other checkpoints: %s', async ([, saved, difference], { rig }) => {
    const service = await serviceWith(
      rig,
      saved.map((changes) => savedBy(changes)),
    );
    expect(await storeOf(rig, service).otherCheckpoint()).toEqual(difference);
  });
});
