import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, vi } from 'vitest';
import { CHECKPOINT_PATH } from '../../../src/checkpoint/cache/protocol.ts';
import { checkpointStore } from '../../../src/checkpoint/checkpoint-store.ts';
import { sealTree } from '../../../src/checkpoint/trust/encryption.ts';
import { ActionError } from '../../../src/errors.ts';
import {
  boundBy,
  HANG,
  identity,
  keyOf,
  machine,
  packed,
  Rig,
  type Seed,
  test,
} from '../../helpers/cache-rig.ts';
import { until } from '../../helpers/waiting.ts';

vi.setConfig({ maxConcurrency: 6 });

const KEY = 'correct horse battery staple';
const SECRET_TEXT = 'the answer of a model that no one else may read';

const files = {
  'gpt-4o.test.progress.txt': '["oaieval", "gpt-4o", "a.dev.v0"]\n',
  'gpt-4o.test.resume/logs/a.dev.v0.jsonl': `${JSON.stringify({ text: SECRET_TEXT })}\n`,
  'gpt-4o.test.resume/logs/big.jsonl': randomBytes(2.5 * 1024 * 1024),
  'org/model,other.test.resume/plan ünï.json': '{}',
  'gpt-4o.test.resume/empty': '',
};

/** Unpacks an entry, as anyone can who can read the cache. */
function unpack(rig: Rig, archive: Buffer): string {
  const directory = rig.scratch();
  const file = join(directory, 'archive');
  writeFileSync(file, archive);
  execFileSync('tar', ['--use-compress-program', 'unzstd', '-xf', file, '-C', directory]);
  return directory;
}

/** An entry whose checkpoint was encrypted with KEY. */
async function encrypted(
  rig: Rig,
  key: string,
  path = CHECKPOINT_PATH,
  root = rig.snapshot(files),
): Promise<Seed> {
  const directory = rig.snapshot({});
  const sealing = { encryptionKey: KEY, entryKey: key, env: machine(), signal: new AbortController().signal };
  await sealTree(root, path, join(directory, CHECKPOINT_PATH, 'checkpoint.enc'), sealing);
  return { key, archive: packed(directory) };
}

let entry: Seed;

beforeAll(async () => {
  const rig = new Rig();
  entry = await encrypted(rig, keyOf());
  await rig.cleanUp();
});

describe.concurrent('encrypted checkpoint', () => {
  test.for(['v2', 'v1'] as const)(
    'encrypted checkpoint: is restored as it was saved (%s)',
    async (protocol, { rig }) => {
      const service = await rig.service();
      const env = machine(protocol === 'v1' ? service.envV1 : service.env);
      const saved = await rig.store({ env, encryptionKey: KEY }).save(rig.snapshot(files));
      expect(saved).toEqual({ kind: 'saved', key: keyOf() });
      const restored = await rig.restored({ env, encryptionKey: KEY });
      for (const [name, content] of Object.entries(files)) {
        expect(readFileSync(join(restored.directory, name)).equals(Buffer.from(content)), name).toBe(true);
      }
      expect(readdirSync(restored.directory).sort()).toEqual([
        'gpt-4o.test.progress.txt',
        'gpt-4o.test.resume',
        'org',
      ]);
      expect(readdirSync(restored.staging)).toEqual(['tmp']);
    },
  );

  test('encrypted checkpoint: shows neither contents nor names to a reader of the cache', async ({ rig }) => {
    const { env, entries } = await rig.service();
    await rig.store({ env: machine(env), encryptionKey: KEY }).save(rig.snapshot(files));
    const directory = unpack(rig, entries()[0]?.archive ?? Buffer.alloc(0));
    expect(readdirSync(join(directory, 'tmp/oaievalset'))).toEqual(['checkpoint.enc']);
    const bytes = readFileSync(join(directory, 'tmp/oaievalset/checkpoint.enc'));
    expect(bytes.length).toBeGreaterThan(2.5 * 1024 * 1024);
    for (const text of [SECRET_TEXT, 'a.dev.v0', 'progress.txt', KEY])
      expect(bytes.includes(text), text).toBe(false);
  });

  test('encrypted checkpoint: is not used without a key', async ({ rig }) => {
    const { env } = await rig.service({}, [entry]);
    expect(await rig.failureOfRestore({ env: machine(env) })).toMatch(
      /^the entry \S+-1-1-1 is encrypted, and encryption-key is not set; set it to the key .* change cache-key/,
    );
  });

  test('encrypted checkpoint: is not used with another key', async ({ rig }) => {
    const { env } = await rig.service({}, [entry]);
    expect(await rig.failureOfRestore({ env: machine(env), encryptionKey: `${KEY}!` })).toMatch(
      /^the encrypted entry \S+-1-1-1 cannot be used: it was encrypted with another key, .*; check encryption-key/,
    );
  });

  test('encrypted checkpoint: is not used under the name of another run', async ({ rig }) => {
    const moved = { key: keyOf({ runId: '2' }), archive: entry.archive };
    const { env } = await rig.service({}, [entry, moved]);
    const restored = await rig.restored({ env: machine(env), encryptionKey: KEY, runId: '2' });
    expect(restored.key, 'the entry under its own name').toBe(entry.key);
    expect(restored.passedOver).toEqual([
      {
        key: moved.key,
        why: expect.stringContaining('it is damaged, incomplete, or was saved under another name; '),
      },
    ]);
  });

  test('encrypted checkpoint: a link to a file of this machine is not used in its place', async ({ rig }) => {
    const directory = rig.snapshot({});
    symlinkSync('/etc/hostname', join(directory, CHECKPOINT_PATH, 'checkpoint.enc'));
    const { env } = await rig.service({}, [{ key: keyOf(), archive: packed(directory) }]);
    expect(await rig.failureOfRestore({ env: machine(env), encryptionKey: KEY })).toMatch(/^ELOOP: /);
  });

  test('encrypted checkpoint: one that contains something else is not used', async ({ rig }) => {
    const root = rig.scratch();
    mkdirSync(join(root, 'other'));
    const { env } = await rig.service({}, [await encrypted(rig, keyOf(), 'other', root)]);
    expect(await rig.failureOfRestore({ env: machine(env), encryptionKey: KEY })).toBe(
      `the entry ${keyOf()} contains no tmp/oaievalset`,
    );
  });

  test('encrypted checkpoint: a save that takes too long leaves nothing behind', async ({ rig }) => {
    const { env, requests } = await rig.service();
    const temporaryDirectory = rig.scratch();
    const started = join(rig.scratch(), 'started');
    // The trial of the tools packs into a file, we pack into a stream.
    const tar = execFileSync('sh', ['-c', 'command -v tar'], { encoding: 'utf8' }).trim();
    const bin = rig.fakeTar(
      `case "$*" in '-cf - '*) echo > ${started}; sleep 1000 ;; *) exec ${tar} "$@" ;; esac`,
    );
    const late = new AbortController();
    const store = rig.store({
      env: { ...machine(env), PATH: `${bin}:${process.env.PATH}` },
      temporaryDirectory,
      encryptionKey: KEY,
      limitOf: boundBy(late.signal),
    });
    const saving = store.save(rig.snapshot(files), { timeoutMs: 1500 });
    await until('tar has started', () => existsSync(started));
    late.abort();
    expect(await saving).toEqual({ kind: 'failed', cause: 'it took longer than 1.5 s' });
    expect(requests).toEqual([]);
    expect(readdirSync(temporaryDirectory)).toEqual([]);
  });
});

describe.concurrent('unencrypted checkpoint', () => {
  test('unencrypted checkpoint: is not used when a key is set, and the next one is encrypted', async ({
    rig,
  }) => {
    const { env } = await rig.service({}, [{ key: keyOf(), archive: rig.archive(files) }]);
    const store = rig.store({ env: machine(env), encryptionKey: KEY, firstSeq: 2 });
    const refused = await store.restore();
    expect(refused).toMatchObject({
      kind: 'failed',
      cause: expect.stringMatching(/^the entry \S+-1-1-1 is not encrypted, and encryption-key is set, /),
    });
    expect((await store.save(rig.snapshot(files))).kind).toBe('saved');
    await rig.restored({ env: machine(env), encryptionKey: KEY });
  });
});

describe.concurrent('encryption key', () => {
  test('encryption key: never reaches the cache worker, nor does an API key', async ({ rig }) => {
    const seen = join(rig.scratch(), 'seen.json');
    const worker = join(rig.scratch(), 'worker.mjs');
    writeFileSync(
      worker,
      `import { writeFileSync } from 'node:fs';
       writeFileSync(${JSON.stringify(seen)}, JSON.stringify([process.env, process.argv]));`,
    );
    const env = machine({
      ACTIONS_CACHE_URL: 'http://127.0.0.1:1/',
      'INPUT_ENCRYPTION-KEY': KEY,
      INPUT_MODEL: 'gpt-4o',
      COPY: KEY,
      ALL_SECRETS: JSON.stringify({ key: KEY }),
      LC_MESSAGES: `C ${KEY}`,
      LC_TIME: 'C',
      OPENAI_API_KEY: 'sk-secret',
      AZURE_OPENAI_KEY: 'secret of Azure',
      MY_PROVIDER: 'secret of another provider',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret of the job',
      GITHUB_TOKEN: 'ghs_secret',
    });
    const outcome = await rig
      .store({ env, encryptionKey: KEY, workerPath: worker })
      .save(rig.snapshot(files));
    expect(outcome.kind).toBe('failed');
    const text = readFileSync(seen, 'utf8');
    expect(text).toContain('"LC_TIME":"C"');
    expect(text).not.toContain('secret');
    expect(text).not.toContain(KEY);
    expect(text).not.toContain('INPUT_');
  });

  test('encryption key: is in no file while a checkpoint is saved', async ({ rig }) => {
    const { env, requests } = await rig.service({
      faults: ({ step }) => (step === 'upload' ? HANG : undefined),
    });
    const temporaryDirectory = rig.scratch();
    const stop = new AbortController();
    const job = { env: machine({ ...env, COPY: KEY }), temporaryDirectory, encryptionKey: KEY };
    const saving = rig.store(job).save(rig.snapshot(files), { signal: stop.signal });
    await until('the upload has begun', () => requests.some(({ step }) => step === 'upload'));
    const held = readdirSync(temporaryDirectory, { recursive: true, withFileTypes: true }).filter((it) =>
      it.isFile(),
    );
    expect(held.some(({ name }) => name === 'checkpoint.enc')).toBe(true);
    for (const { parentPath, name } of held)
      expect(readFileSync(join(parentPath, name)).includes(KEY), name).toBe(false);
    stop.abort();
    expect((await saving).kind).toBe('failed');
  });

  test('encryption key: is in no message', async ({ rig }) => {
    const bin = rig.fakeTar(`echo "tar: strange ${KEY}" >&2; exit 2`);
    const env = machine({ ACTIONS_CACHE_URL: 'http://127.0.0.1:1/', PATH: `${bin}:${process.env.PATH}` });
    expect(await rig.failureOfSave({ env, encryptionKey: KEY })).toBe('tar: strange ***');
  });

  test('encryption key: one that can be guessed is an error of the input', async ({ rig }) => {
    const request = {
      identity,
      encryptionKey: 'hunter2',
      temporaryDirectory: rig.scratch(),
      firstSeq: 1,
      env: {},
    };
    expect(() => checkpointStore(request)).toThrow(ActionError);
    expect(() => checkpointStore({ ...request, encryptionKey: '' })).not.toThrow();
  });
});
