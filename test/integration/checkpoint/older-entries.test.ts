/** A broken newest checkpoint does not hide good older ones. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import type { CheckpointStore, RestoreOutcome } from '../../../src/checkpoint/store.ts';
import { TreeInspector } from '../../../src/checkpoint/trust/inspection.ts';
import { CHECKPOINT_BOUNDS } from '../../../src/checkpoint/trust/untrusted-tree.ts';
import { identity, type Job, machine, type Rig, test } from '../../helpers/cache-rig.ts';
import type { CacheService } from '../../stand-ins/cache-service.ts';

vi.setConfig({ maxConcurrency: 8, testTimeout: 120_000 });

const { inspect } = new TreeInspector({
  repository: 'o/r',
  cacheKey: '',
  model: identity.model,
  evalSet: identity.evalSet,
});

/** What a checkpoint of the set holds. */
const files = { 'gpt-4o.test.progress.txt': '["oaieval", "gpt-4o", "a.dev.v0"]\n' };

async function save(rig: Rig, job: Job, content: Record<string, string> = files): Promise<string> {
  const outcome = await rig.store(job).save(rig.snapshot(content));
  if (outcome.kind !== 'saved') throw new Error(JSON.stringify(outcome));
  return outcome.key;
}

/** An archive of what `make` puts into a directory. */
function archiveOf(rig: Rig, make: (root: string) => void): Buffer {
  const root = rig.scratch();
  mkdirSync(join(root, 'tmp'));
  make(root);
  return execFileSync('tar', ['--use-compress-program', 'zstdmt', '-cPf', '-', '-C', root, 'tmp']);
}

function put(root: string, name: string, content: string): void {
  mkdirSync(join(root, 'tmp/oaievalset', name, '..'), { recursive: true });
  writeFileSync(join(root, 'tmp/oaievalset', name), content);
}

const noise = (archive: Buffer) => Buffer.from(archive).fill('no archive ');

function restore(store: CheckpointStore): Promise<RestoreOutcome> {
  return store.restore({ inspect });
}

describe.concurrent('a newest checkpoint', () => {
  test.for<[string, (archive: Buffer, rig: Rig) => Buffer, RegExp]>([
    ['of noise', noise, /^the archive is damaged or incomplete/],
    ['that is cut short', (archive) => archive.subarray(0, 60), /^the archive is damaged or incomplete/],
    ['that is empty', () => Buffer.alloc(0), /^the archive/],
    [
      'that holds something else',
      (_, rig) => archiveOf(rig, (root) => writeFileSync(join(root, 'tmp/x'), '')),
      /holds no tmp\/oaievalset$/,
    ],
    [
      'that holds a link',
      (_, rig) =>
        archiveOf(rig, (root) => {
          put(root, 'gpt-4o.test.progress.txt', '');
          symlinkSync('/etc/passwd', join(root, 'tmp/oaievalset/l'));
        }),
      /is no checkpoint of this action, because "l" is a symbolic link; delete the entry/,
    ],
    [
      'of another model and eval set',
      (_, rig) => archiveOf(rig, (root) => put(root, 'gpt-3.other.progress.txt', '')),
      /because it holds nothing of this model and eval set; delete the entry/,
    ],
    [
      'whose completion records cannot be read',
      (_, rig) =>
        archiveOf(rig, (root) => put(root, 'gpt-4o.test.resume/completions.jsonl', '{}\nrubbish\n')),
      /^its completion records cannot be read: line 1: .* \(2 such\)$/,
    ],
    [
      'whose plan cannot be read',
      (_, rig) => archiveOf(rig, (root) => put(root, 'gpt-4o.test.resume/plan.json', '[]')),
      /^its plan cannot be read: /,
    ],
    [
      'whose progress file is a directory',
      (_, rig) => archiveOf(rig, (root) => put(root, 'gpt-4o.test.progress.txt/x', '')),
      /^its progress file is a directory$/,
    ],
    [
      'that is a bomb',
      (_, rig) =>
        archiveOf(rig, (root) => {
          for (let n = 0; n < 300; n += 1) put(root, `f${n}`, '');
        }),
      /^it unpacks to more than 200 files, which no checkpoint of this action does; delete/,
    ],
  ])('%s gives way to the one before it', async ([, change, why], { rig }) => {
    const service = await rig.service();
    const env = machine(service.env);
    const older = await save(rig, { env });
    const newest = await save(rig, { env, firstSeq: 2 });
    service.tamper(newest, (archive) => change(archive, rig));
    const temporaryDirectory = rig.scratch();
    const bounds = { ...CHECKPOINT_BOUNDS, entries: 200 };
    const outcome = await restore(rig.store({ env, temporaryDirectory, bounds }));
    expect(outcome).toMatchObject({
      kind: 'hit',
      key: older,
      passedOver: [{ key: newest, why: expect.stringMatching(why) }],
    });
    expect(readdirSync(temporaryDirectory), 'nothing of the broken one is left').toHaveLength(1);
  });

  test('that another key encrypted gives way to the one before it', async ({ rig }) => {
    const { env: cache } = await rig.service();
    const [env, encryptionKey] = [machine(cache), 'correct horse battery staple'];
    const older = await save(rig, { env, encryptionKey });
    const newest = await save(rig, { env, encryptionKey: `${encryptionKey}!`, firstSeq: 2 });
    const outcome = await restore(rig.store({ env, encryptionKey }));
    expect(outcome).toMatchObject({
      kind: 'hit',
      key: older,
      passedOver: [{ key: newest, why: expect.stringContaining('it was encrypted with another key') }],
    });
  });

  test('with a flaw is used all the same when there is no better one', async ({ rig }) => {
    const service = await rig.service();
    const env = machine(service.env);
    const older = await save(rig, { env });
    const newest = await save(rig, { env, firstSeq: 2 }, { 'gpt-4o.test.resume/plan.json': '[]' });
    service.tamper(older, noise);
    expect(await restore(rig.store({ env }))).toMatchObject({
      kind: 'hit',
      key: newest,
      passedOver: [{ key: older, why: expect.stringMatching(/damaged/) }],
    });
  });
});

describe.concurrent('behind broken checkpoints', () => {
  /** Saves of attempts and runs, the oldest first; the last ones are broken. */
  async function history(
    rig: Rig,
    env: (service: CacheService) => Record<string, string>,
    saves: readonly (readonly [runId: string, runAttempt: number, seq: number])[],
    broken: number,
  ) {
    const service = await rig.service();
    const keys: string[] = [];
    for (const [runId, runAttempt, firstSeq] of saves) {
      keys.push(await save(rig, { env: machine(env(service)), runId, identity: { runAttempt }, firstSeq }));
    }
    for (const key of keys.slice(-broken)) service.tamper(key, noise);
    return { service, keys };
  }

  test.for<[string, (service: CacheService) => Record<string, string>]>([
    ['v2', ({ env }) => env],
    ['v1', ({ envV1 }) => envV1],
  ])('an earlier attempt and then an earlier run are found (%s)', async ([, envOf], { rig }) => {
    const saves = [
      ['998', 1, 1],
      ['1041', 1, 1],
      ['1042', 1, 12],
      ['1042', 2, 1],
    ] as const;
    for (const broken of [1, 2, 3]) {
      const { service, keys } = await history(rig, envOf, saves, broken);
      const env = machine(envOf(service));
      const outcome = await restore(rig.store({ env, runId: '1042', identity: { runAttempt: 3 } }));
      expect(outcome).toMatchObject({ kind: 'hit', key: keys.at(-1 - broken) });
    }
  });

  test('the checkpoint of another job that asked for the same is found', async ({ rig }) => {
    const service = await rig.service();
    const env = machine(service.env);
    const theirs = await save(rig, { env, identity: { user: 'another' } });
    service.tamper(await save(rig, { env }), noise);
    expect(await restore(rig.store({ env }))).toMatchObject({ kind: 'hit', key: theirs });
  });

  test('no more than four older ones are downloaded, and the cause of the newest is reported', async ({
    rig,
  }) => {
    const saves = [1, 2, 3, 4, 5, 6, 7].map((seq) => ['1', 1, seq] as const);
    const { service } = await history(rig, ({ env }) => env, saves, 7);
    const temporaryDirectory = rig.scratch();
    expect(await restore(rig.store({ env: machine(service.env), temporaryDirectory }))).toMatchObject({
      kind: 'failed',
      cause: expect.stringMatching(/^the archive is damaged or incomplete/),
      entry: expect.stringMatching(/-1-1-7$/),
    });
    expect(service.requests.filter(({ step }) => step === 'download')).toHaveLength(5);
    expect(readdirSync(temporaryDirectory)).toEqual([]);
  });

  test('nothing is looked up when the job is cancelled', async ({ rig }) => {
    const stop = new AbortController();
    const service = await rig.service({
      faults: ({ step }) => {
        if (step === 'download') stop.abort();
        return undefined;
      },
    });
    const env = machine(service.env);
    service.tamper(await save(rig, { env }), noise);
    const lookUps = () => service.requests.filter(({ step }) => step === 'lookup').length;
    const before = lookUps();
    expect((await rig.store({ env }).restore({ signal: stop.signal, inspect })).kind).toBe('failed');
    expect(lookUps() - before).toBe(1);
  });
});
