/** A newest checkpoint that cannot be used does not hide good older ones. */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import type { CheckpointStore, RestoreOutcome } from '../../../src/checkpoint/store.ts';
import { TreeInspector } from '../../../src/checkpoint/trust/inspection.ts';
import { CHECKPOINT_BOUNDS } from '../../../src/checkpoint/trust/untrusted-tree.ts';
import { identity, keyOf, machine, packed, type Rig, test } from '../../helpers/cache-rig.ts';
import type { CacheService } from '../../stand-ins/cache-service.ts';

vi.setConfig({ maxConcurrency: 6 });

const { inspect } = new TreeInspector({
  repository: 'o/r',
  cacheKey: '',
  model: identity.model,
  evalSet: identity.evalSet,
});

/** The files of a checkpoint of the set. */
const files = { 'gpt-4o.test.progress.txt': '["oaieval", "gpt-4o", "a.dev.v0"]\n' };
const NOISE = Buffer.alloc(300, 'no archive ');
const [older, newest] = [keyOf({ seq: 1 }), keyOf({ seq: 2 })];

function restore(store: CheckpointStore): Promise<RestoreOutcome> {
  return store.restore({ inspect });
}

/** An archive of what `make` puts into a directory. */
function archiveOf(rig: Rig, make: (root: string) => void): Buffer {
  const root = rig.scratch();
  mkdirSync(join(root, 'tmp'));
  make(root);
  return packed(root);
}

describe.concurrent('older checkpoints', () => {
  test.for<[string, (rig: Rig) => Buffer, RegExp]>([
    ['is noise', () => NOISE, /^the archive is damaged or incomplete/],
    [
      'contains something else',
      (rig) => archiveOf(rig, (root) => writeFileSync(join(root, 'tmp/x'), '')),
      /contains no tmp\/oaievalset$/,
    ],
    [
      'contains a link',
      (rig) => {
        const root = rig.snapshot({ 'gpt-4o.test.progress.txt': '' });
        symlinkSync('/etc/passwd', join(root, 'tmp/oaievalset/l'));
        return packed(root);
      },
      /is not a checkpoint of this action, because "l" is a symbolic link; delete the entry/,
    ],
    [
      'has a plan that cannot be read',
      (rig) => rig.archive({ 'gpt-4o.test.resume/plan.json': '[]' }),
      /^its plan cannot be read: /,
    ],
    [
      'is a bomb',
      (rig) => rig.archive(Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, '']))),
      /^it unpacks to more than 200 files, more than any checkpoint of this action; delete/,
    ],
  ])('older checkpoints: the one before is used when the newest %s', async ([, archive, why], { rig }) => {
    const seeds = [
      { key: older, archive: rig.archive(files) },
      { key: newest, archive: archive(rig) },
    ];
    const { env } = await rig.service({}, seeds);
    const temporaryDirectory = rig.scratch();
    const bounds = { ...CHECKPOINT_BOUNDS, entries: 200 };
    expect(await restore(rig.store({ env: machine(env), temporaryDirectory, bounds }))).toMatchObject({
      kind: 'hit',
      key: older,
      passedOver: [{ key: newest, why: expect.stringMatching(why) }],
    });
    expect(readdirSync(temporaryDirectory), 'nothing of the newest is left').toHaveLength(1);
  });

  test('older checkpoints: the one before is used when the newest was encrypted with another key', async ({
    rig,
  }) => {
    const { env: cache } = await rig.service();
    const [env, encryptionKey] = [machine(cache), 'correct horse battery staple'];
    await rig.store({ env, encryptionKey }).save(rig.snapshot(files));
    await rig.store({ env, encryptionKey: `${encryptionKey}!`, firstSeq: 2 }).save(rig.snapshot(files));
    expect(await restore(rig.store({ env, encryptionKey }))).toMatchObject({
      kind: 'hit',
      key: older,
      passedOver: [{ key: newest, why: expect.stringContaining('it was encrypted with another key') }],
    });
  });

  test('older checkpoints: a newest one with a flaw is used when there is no better one', async ({ rig }) => {
    const flawed = rig.archive({ 'gpt-4o.test.resume/plan.json': '[]' });
    const seeds = [
      { key: older, archive: NOISE },
      { key: newest, archive: flawed },
    ];
    const { env } = await rig.service({}, seeds);
    expect(await restore(rig.store({ env: machine(env) }))).toMatchObject({
      kind: 'hit',
      key: newest,
      passedOver: [{ key: older, why: expect.stringMatching(/damaged/) }],
    });
  });

  const saves = [
    { runId: '998' },
    { runId: '1041' },
    { runId: '1042', seq: 12 },
    { runId: '1042', runAttempt: 2 },
  ].map((save) => keyOf(save));

  test.for<[broken: number, protocol: string, (service: CacheService) => Record<string, string>]>([
    [3, 'v2', ({ env }) => env],
    [2, 'v1', ({ envV1 }) => envV1],
  ])(
    'older checkpoints: behind %i broken ones, an earlier attempt and then an earlier run is found (%s)',
    async ([broken, , envOf], { rig }) => {
      const good = rig.archive(files);
      const seeds = saves.map((key, at) => ({ key, archive: at < saves.length - broken ? good : NOISE }));
      const service = await rig.service({}, seeds);
      const job = { env: machine(envOf(service)), runId: '1042', identity: { runAttempt: 3 } };
      expect(await restore(rig.store(job))).toMatchObject({ kind: 'hit', key: saves.at(-1 - broken) });
    },
  );

  test('older checkpoints: that of another job with the same request is found', async ({ rig }) => {
    const theirs = keyOf({ user: 'another' });
    const seeds = [
      { key: theirs, archive: rig.archive(files) },
      { key: keyOf(), archive: NOISE },
    ];
    const { env } = await rig.service({}, seeds);
    expect(await restore(rig.store({ env: machine(env) }))).toMatchObject({ kind: 'hit', key: theirs });
  });

  test('older checkpoints: four are downloaded at most, and the cause of the newest is reported', async ({
    rig,
  }) => {
    const seeds = [1, 2, 3, 4, 5, 6, 7].map((seq) => ({ key: keyOf({ seq }), archive: NOISE }));
    const service = await rig.service({}, seeds);
    const temporaryDirectory = rig.scratch();
    expect(await restore(rig.store({ env: machine(service.env), temporaryDirectory }))).toMatchObject({
      kind: 'failed',
      cause: expect.stringMatching(/^the archive is damaged or incomplete/),
      entry: keyOf({ seq: 7 }),
    });
    expect(service.requests.filter(({ step }) => step === 'download')).toHaveLength(5);
    expect(readdirSync(temporaryDirectory)).toEqual([]);
  });

  test('older checkpoints: none is looked up when the job is cancelled', async ({ rig }) => {
    const stop = new AbortController();
    const faults = ({ step }: { step: string }) => {
      if (step === 'download') stop.abort();
      return undefined;
    };
    const service = await rig.service({ faults }, [{ key: keyOf(), archive: NOISE }]);
    const store = rig.store({ env: machine(service.env) });
    expect((await store.restore({ signal: stop.signal, inspect })).kind).toBe('failed');
    expect(service.requests.filter(({ step }) => step === 'lookup')).toHaveLength(1);
  });
});
