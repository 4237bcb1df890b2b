/** Users of one eval set with one model: each keeps to its own checkpoints, and finds those of others only at last. */
import { describe, expect, vi } from 'vitest';
import { checkpointIdentity, type SetRequest, type SetUser } from '../../../src/checkpoint/identity.ts';
import { checkpointKeys } from '../../../src/checkpoint/keys.ts';
import type { CheckpointStore } from '../../../src/checkpoint/store.ts';
import { machine, type Rig, test } from '../../helpers/cache-rig.ts';
import type { CacheService } from '../../stand-ins/cache-service.ts';

vi.setConfig({ maxConcurrency: 8, testTimeout: 120_000 });

const request: SetRequest = {
  model: 'gpt-4o',
  evalSet: 'test',
  cacheKey: '',
  args: ['--seed', '1'],
  registryPaths: ['registry'],
  workingDirectory: '/work',
  urls: { openai: new URL('https://api.openai.com/v1') },
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

function storeOf(rig: Rig, { env }: CacheService, changes: Changes = {}): CheckpointStore {
  const identity = checkpointIdentity({ ...request, ...changes }, { ...user, ...changes });
  return rig.store({ env: machine(env), keys: checkpointKeys(identity) });
}

async function save(rig: Rig, store: CheckpointStore): Promise<string> {
  const outcome = await store.save(rig.snapshot());
  return outcome.kind === 'saved' ? outcome.key : JSON.stringify(outcome);
}

async function restoredKey(store: CheckpointStore): Promise<string> {
  const outcome = await store.restore();
  return outcome.kind === 'hit' ? outcome.key : JSON.stringify(outcome);
}

const seqs = (keys: readonly string[]) => keys.map((key) => key.split('-').at(-1));

describe.concurrent('users of one eval set', () => {
  test.for<[string, Changes]>([
    ['a leg of a matrix over args', { args: ['--seed', '2'] }],
    ['a leg of a matrix over what no input names', { matrix: '{\n  "checkout": "main"\n}' }],
    ['another registry', { registryPaths: ['registry', 'more'] }],
    ['another folder of a repository', { workingDirectory: '/work/b' }],
    ['another API', { urls: { openai: new URL('https://llm.example/v1') } }],
    ['another job', { job: 'nightly' }],
    ['another step of the job', { step: '__self_2' }],
    ['another workflow', { workflow: 'octo-org/octo-repo/.github/workflows/nightly.yml' }],
  ])('%s: each restores its own checkpoint, not the newest', async ([, changes], { rig }) => {
    const service = await rig.service();
    const ours = await save(rig, storeOf(rig, service));
    const theirs = await save(rig, storeOf(rig, service, changes));
    expect(seqs([ours, theirs]), 'neither was in the way of the other').toEqual(['1', '1']);
    expect(await restoredKey(storeOf(rig, service, { runAttempt: 2 }))).toBe(ours);
    expect(await restoredKey(storeOf(rig, service, { ...changes, runAttempt: 2 }))).toBe(theirs);
    expect(await restoredKey(storeOf(rig, service, { runId: '8' })), 'a later run').toBe(ours);
  });

  test.for<[string, Changes]>([
    ['a job that was renamed', { job: 'renamed' }],
    ['a step that was moved', { step: '__self_3' }],
    ['a workflow whose file was moved', { workflow: 'octo-org/octo-repo/.github/workflows/ci.yml' }],
    ['a matrix that has got another dimension', { matrix: '{"seed":1,"os":"ubuntu"}' }],
  ])('%s restores what asked for the same, not the newest', async ([, changes], { rig }) => {
    const service = await rig.service();
    const same = await save(rig, storeOf(rig, service));
    await save(rig, storeOf(rig, service, { args: ['--seed', '2'] }));
    expect(await restoredKey(storeOf(rig, service, { ...changes, runId: '8' }))).toBe(same);
  });

  test('a user that nothing was saved for restores the newest of the set', async ({ rig }) => {
    const service = await rig.service();
    await save(rig, storeOf(rig, service));
    const newest = await save(rig, storeOf(rig, service, { args: ['--seed', '2'] }));
    expect(await restoredKey(storeOf(rig, service, { args: ['--seed', '3'] }))).toBe(newest);
  });

  test.for<[string, Changes]>([
    ['the checkout is elsewhere', { workspace: '/w', workingDirectory: '/w', registryPaths: ['registry'] }],
    ['the port of a service container', { urls: { openai: new URL('http://localhost:32768/v1') } }],
    ['the password of the API', { urls: { openai: new URL('https://me:pw@api.openai.com/v1?key=x') } }],
  ])('are the same when only this differs: %s', async ([, changes], { rig }) => {
    const service = await rig.service();
    const before: Changes = changes.urls?.openai?.hostname === 'localhost' ? { urls: LOCAL } : {};
    const ours = await save(rig, storeOf(rig, service, before));
    await save(rig, storeOf(rig, service, { job: 'another', runId: '8' }));
    expect(await restoredKey(storeOf(rig, service, { ...changes, runId: '9' }))).toBe(ours);
  });
});

const LOCAL = { openai: new URL('http://localhost:4000/v1') };

describe.concurrent('a key that is taken', () => {
  test('is followed by the next number, by each of two users that GitHub does not tell apart', async ({
    rig,
  }) => {
    const service = await rig.service();
    const [one, two] = [storeOf(rig, service), storeOf(rig, service)];
    const keys: string[] = [];
    for (const store of [one, two, two, one, two]) keys.push(await save(rig, store));
    expect(seqs(keys)).toEqual(['1', '2', '3', '4', '5']);
  });

  test('is looked past at once, however many the other user has saved', async ({ rig }) => {
    const service = await rig.service();
    const other = storeOf(rig, service);
    for (let n = 0; n < 4; n += 1) await save(rig, other);
    const reservations = () => service.requests.filter(({ step }) => step === 'create').length;
    const before = reservations();
    expect(seqs([await save(rig, storeOf(rig, service))])).toEqual(['5']);
    expect(reservations() - before).toBe(2);
  });

  test('by an upload that never ended is followed by the next number', async ({ rig }) => {
    let cut = true;
    const service = await rig.service({
      faults: ({ step }) => (step === 'finalize' && cut ? { destroy: true } : undefined),
    });
    expect(await save(rig, storeOf(rig, service))).toMatch(/cannot be reached/);
    cut = false;
    expect(seqs([await save(rig, storeOf(rig, service))])).toEqual(['2']);
  });
});

describe.concurrent('checkpoints of the format before', () => {
  /** As version 1 of the keys named them. */
  const inOldFormat = (rig: Rig, service: CacheService, runId: string) => {
    const identity = checkpointIdentity(request, { ...user, runId });
    const keys = checkpointKeys(identity);
    const [, ofRun = ''] = keys.restoreKeys;
    expect(ofRun).toMatch(new RegExp(`^oaievalset-v1-gpt-4o\\.test-[0-9a-f]{16}-s1of1-${runId}-$`));
    const old = { ...keys, primary: (seq: number) => `${ofRun}1-${seq}` };
    return rig.store({ env: machine(service.env), keys: old });
  };

  test('still restore', async ({ rig }) => {
    const service = await rig.service();
    const old = await save(rig, inOldFormat(rig, service, '5'));
    expect(await restoredKey(storeOf(rig, service))).toBe(old);
  });

  test('of the own run go before newer ones of other jobs', async ({ rig }) => {
    const service = await rig.service();
    const old = await save(rig, inOldFormat(rig, service, '7'));
    await save(rig, storeOf(rig, service, { job: 'another' }));
    expect(await restoredKey(storeOf(rig, service, { runAttempt: 2 }))).toBe(old);
  });
});
