import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { checkpointStore } from '../../../src/checkpoint/checkpoint-store.ts';
import { encryptionKeyProblem, sealTree } from '../../../src/checkpoint/trust/encryption.ts';
import { CHECKPOINT_BOUNDS } from '../../../src/checkpoint/trust/untrusted-tree.ts';
import { ActionError } from '../../../src/errors.ts';
import { HANG, identity, machine, type Rig, test } from '../../helpers/cache-rig.ts';
import type { CacheService } from '../../stand-ins/cache-service.ts';

vi.setConfig({ maxConcurrency: 8, testTimeout: 120_000 });

const KEY = 'correct horse battery staple';
const SECRET_TEXT = 'the answer of a model that nobody else may read';

const files = {
  'gpt-4o.test.progress.txt': '["oaieval", "gpt-4o", "a.dev.v0"]\n',
  'gpt-4o.test.resume/logs/a.dev.v0.jsonl': `${JSON.stringify({ text: SECRET_TEXT })}\n`,
  'gpt-4o.test.resume/logs/big.jsonl': randomBytes(5 * 1024 * 1024),
  'org/model,other.test.resume/plan ünï.json': '{}',
  'gpt-4o.test.resume/empty': '',
};

/** Unpacks an entry as anyone can who can read the cache. */
function unpack(rig: Rig, archive: Buffer): string {
  const directory = rig.scratch();
  const file = join(directory, 'archive');
  writeFileSync(file, archive);
  execFileSync('tar', ['--use-compress-program', 'unzstd', '-xf', file, '-C', directory]);
  return directory;
}

/** Packs what is to be an entry, as anyone can who can write to the cache. */
function pack(directory: string): Buffer {
  const args = ['--use-compress-program', 'zstdmt', '-cf', '-', '-C', directory, 'tmp/oaievalset'];
  return execFileSync('tar', args, { maxBuffer: 64 * 1024 * 1024 });
}

function onlyEntry(service: CacheService): { key: string; archive: Buffer } {
  const [entry, ...more] = service.entries();
  if (!entry || more.length > 0) throw new Error('Not one entry');
  return entry;
}

describe.concurrent('an encrypted checkpoint', () => {
  test.for(['v2', 'v1'] as const)('comes back as it was (%s)', async (protocol, { rig }) => {
    const service = await rig.service();
    const env = machine(protocol === 'v1' ? service.envV1 : service.env);
    const saved = await rig.store({ env, encryptionKey: KEY }).save(rig.snapshot(files));
    expect(saved).toMatchObject({ kind: 'saved', key: onlyEntry(service).key });
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
  });

  test('shows neither contents nor names to who reads the cache', async ({ rig }) => {
    const service = await rig.service();
    await rig.store({ env: machine(service.env), encryptionKey: KEY }).save(rig.snapshot(files));
    const directory = unpack(rig, onlyEntry(service).archive);
    expect(readdirSync(join(directory, 'tmp/oaievalset'))).toEqual(['checkpoint.enc']);
    const bytes = readFileSync(join(directory, 'tmp/oaievalset/checkpoint.enc'));
    expect(bytes.length).toBeGreaterThan(5 * 1024 * 1024);
    for (const text of [SECRET_TEXT, 'a.dev.v0', 'progress.txt', KEY])
      expect(bytes.includes(text), text).toBe(false);
  });

  test('is not used without a key', async ({ rig }) => {
    const { env } = await rig.service();
    await rig.store({ env: machine(env), encryptionKey: KEY }).save(rig.snapshot(files));
    expect(await rig.failureOfRestore({ env: machine(env) })).toMatch(
      /^the entry \S+-1-1-1 is encrypted, and encryption-key is not set; set it to the key .* change cache-key/,
    );
  });

  test('is not used with another key', async ({ rig }) => {
    const { env } = await rig.service();
    await rig.store({ env: machine(env), encryptionKey: KEY }).save(rig.snapshot(files));
    expect(await rig.failureOfRestore({ env: machine(env), encryptionKey: `${KEY}!` })).toMatch(
      /^the encrypted entry \S+-1-1-1 cannot be used: it was encrypted with another key, .*; check encryption-key/,
    );
  });

  test('is not used under the name of another run', async ({ rig }) => {
    const service = await rig.service();
    const env = machine(service.env);
    await rig.store({ env, encryptionKey: KEY }).save(rig.snapshot(files));
    const { archive } = onlyEntry(service);
    await rig.store({ env, encryptionKey: KEY, runId: '2' }).save(rig.snapshot());
    service.tamper(service.entries()[1]?.key ?? '', () => archive);
    const restored = await rig.restored({ env, encryptionKey: KEY, runId: '2' });
    expect(restored.key, 'the entry under its own name').toMatch(/-1-1-1$/);
    expect(restored.passedOver).toEqual([
      {
        key: expect.stringMatching(/-2-1-1$/),
        why: expect.stringContaining('it is damaged, incomplete, or was saved under another name; '),
      },
    ]);
  });

  test.for<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['cut short', (bytes) => bytes.subarray(0, bytes.length - 1000), /: it is damaged, incomplete, or/],
    [
      'cut off at a chunk',
      (bytes) => bytes.subarray(0, 48 + 1024 * 1024 + 16),
      /: it is damaged, incomplete, or/,
    ],
    [
      'cut off in its header',
      (bytes) => bytes.subarray(0, 30),
      /: it does not begin as an encrypted checkpoint does/,
    ],
    [
      'with another header',
      (bytes) => Buffer.from(bytes).fill(0, 0, 4),
      /: it does not begin as an encrypted/,
    ],
    [
      'of a later format',
      (bytes) => Buffer.from(bytes).fill(9, 8, 9),
      /: it is in format 9, and this version .* format 1;/,
    ],
    [
      'with another salt',
      (bytes) => Buffer.from(bytes).fill(0, 9, 25),
      /: it was encrypted with another key, or/,
    ],
    ['with another nonce', (bytes) => Buffer.from(bytes).fill(0, 25, 32), /: it is damaged, incomplete, or/],
    [
      'with other bytes in it',
      (bytes) => Buffer.from(bytes).fill(0, 2_000_000, 2_000_010),
      /: it is damaged, incomplete, or/,
    ],
  ])('%s is not used', async ([, change, cause], { rig }) => {
    const service = await rig.service();
    const env = machine(service.env);
    await rig.store({ env, encryptionKey: KEY }).save(rig.snapshot(files));
    const { key, archive } = onlyEntry(service);
    const directory = unpack(rig, archive);
    const file = join(directory, 'tmp/oaievalset/checkpoint.enc');
    writeFileSync(file, change(readFileSync(file)));
    service.tamper(key, () => pack(directory));
    expect(await rig.failureOfRestore({ env, encryptionKey: KEY })).toMatch(cause);
  });

  test.for<[string, (path: string) => void, RegExp]>([
    ['link to a file of this machine', (path) => symlinkSync('/etc/hostname', path), /^ELOOP: /],
    ['pipe that nobody writes to', (path) => execFileSync('mkfifo', [path]), /: it is not a regular file; /],
  ])('is no %s', async ([, make, cause], { rig }) => {
    const service = await rig.service();
    const env = machine(service.env);
    await rig.store({ env, encryptionKey: KEY }).save(rig.snapshot(files));
    const directory = rig.scratch();
    mkdirSync(join(directory, 'tmp/oaievalset'), { recursive: true });
    make(join(directory, 'tmp/oaievalset/checkpoint.enc'));
    service.tamper(onlyEntry(service).key, () => pack(directory));
    expect(await rig.failureOfRestore({ env, encryptionKey: KEY })).toMatch(cause);
  });

  test('of many zeros is not unpacked beyond its bounds', async ({ rig }) => {
    const { env } = await rig.service();
    const job = { env: machine(env), encryptionKey: KEY };
    expect((await rig.store(job).save(rig.snapshot({ zeros: Buffer.alloc(60e6) }))).kind).toBe('saved');
    const bounds = { ...CHECKPOINT_BOUNDS, bytes: 20e6 };
    expect(await rig.failureOfRestore({ ...job, bounds })).toMatch(
      /: it unpacks to more than 20000000 bytes; /,
    );
  });

  test('that holds something else is not used', async ({ rig }) => {
    const service = await rig.service();
    const env = machine(service.env);
    await rig.store({ env, encryptionKey: KEY }).save(rig.snapshot(files));
    const { key } = onlyEntry(service);
    const [root, directory] = [rig.scratch(), rig.scratch()];
    for (const path of [join(root, 'other'), join(directory, 'tmp/oaievalset')])
      mkdirSync(path, { recursive: true });
    const sealing = { encryptionKey: KEY, entryKey: key, env, signal: new AbortController().signal };
    await sealTree(root, 'other', join(directory, 'tmp/oaievalset/checkpoint.enc'), sealing);
    service.tamper(key, () => pack(directory));
    expect(await rig.failureOfRestore({ env, encryptionKey: KEY })).toBe(
      `the entry ${key} holds no tmp/oaievalset`,
    );
  });

  test('that is stopped while it is made leaves nothing behind', async ({ rig }) => {
    const { env, requests } = await rig.service();
    const temporaryDirectory = rig.scratch();
    const bin = rig.fakeTar('[ "$1" = --version ] || { sleep 1000 & wait; }');
    const job = {
      env: { ...machine(env), PATH: `${bin}:${process.env.PATH}` },
      temporaryDirectory,
      encryptionKey: KEY,
    };
    const late = await rig.store(job).save(rig.snapshot(files), { timeoutMs: 1500 });
    expect(late).toEqual({ kind: 'failed', cause: 'it took longer than 1.5 s' });
    const stopped = await rig.store(job).save(rig.snapshot(files), { signal: AbortSignal.abort() });
    expect(stopped).toEqual({ kind: 'failed', cause: 'it was stopped before it was done' });
    expect(requests).toEqual([]);
    expect(readdirSync(temporaryDirectory)).toEqual([]);
  });

  test.for<[string, string, string]>([
    [
      'says',
      'echo "tar: cannot write: No space left on device" >&2; exit 2',
      'tar: cannot write: No space left on device',
    ],
    ['ends with', 'exit 3', 'tar ended with exit code 3'],
    ['dies of', 'kill -TERM $$', 'tar ended with SIGTERM'],
    ['ends with, whom it leaves behind or not,', 'sleep 1000 & exit 3', 'tar ended with exit code 3'],
  ])('tells what tar %s when it cannot be made', async ([, script, cause], { rig }) => {
    const { env } = await rig.service();
    const bin = rig.fakeTar(script);
    const job = { env: { ...machine(env), PATH: `${bin}:${process.env.PATH}` }, encryptionKey: KEY };
    expect(await rig.failureOfSave(job)).toBe(cause);
  });

  test.for<[string, string, RegExp]>([
    ['ends before it has read all', 'head -c 1000 > /dev/null; exit 2', /^tar ended with exit code 2$/],
    ['does not end', 'cat > /dev/null; sleep 1000', /: it unpacks to more than 20000000 bytes; /],
  ])('is not used when a tar unpacks it that %s', async ([, script, cause], { rig }) => {
    const { env } = await rig.service();
    const job = { env: machine(env), encryptionKey: KEY };
    const many = { ...files, zeros: Buffer.alloc(30e6) };
    expect((await rig.store(job).save(rig.snapshot(many))).kind).toBe('saved');
    const tar = execFileSync('sh', ['-c', 'command -v tar'], { encoding: 'utf8' }).trim();
    // The client unpacks from a file, we from a stream.
    const bin = rig.fakeTar(`case "$*" in '-xf - '*) ${script} ;; *) exec ${tar} "$@" ;; esac`);
    const path = { ...machine(env), PATH: `${bin}:${process.env.PATH}` };
    const bounds = { ...CHECKPOINT_BOUNDS, bytes: script.endsWith('exit 2') ? 1e9 : 20e6 };
    expect(await rig.failureOfRestore({ ...job, env: path, bounds })).toMatch(cause);
  });

  test('takes the place of no other file', async ({ rig }) => {
    const target = join(rig.scratch(), 'there');
    writeFileSync(target, 'mine');
    const sealing = {
      encryptionKey: KEY,
      entryKey: 'k',
      env: machine(),
      signal: new AbortController().signal,
    };
    await expect(sealTree(rig.snapshot(), 'tmp', target, sealing)).rejects.toThrow(/EEXIST/);
    expect(readFileSync(target, 'utf8')).toBe('mine');
  });

  test('tells that there is no tar', async ({ rig }) => {
    const { env } = await rig.service();
    const job = { env: { ...machine(env), PATH: rig.scratch() }, encryptionKey: KEY };
    expect(await rig.failureOfSave(job)).toMatch(/^this machine has no tar; install GNU tar /);
  });
});

describe.concurrent('a checkpoint that is not encrypted', () => {
  test('is not used when a key is set, and the next one is', async ({ rig }) => {
    const { env } = await rig.service();
    await rig.store({ env: machine(env) }).save(rig.snapshot(files));
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

describe.concurrent('the encryption key', () => {
  test('never reaches the worker, nor does a key of an API', async ({ rig }) => {
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

  test('is in no file while a checkpoint is saved', async ({ rig }) => {
    const { env, requests } = await rig.service({
      faults: ({ step }) => (step === 'upload' ? HANG : undefined),
    });
    const temporaryDirectory = rig.scratch();
    const stop = new AbortController();
    const job = { env: machine({ ...env, COPY: KEY }), temporaryDirectory, encryptionKey: KEY };
    const saving = rig.store(job).save(rig.snapshot(files), { signal: stop.signal });
    await vi.waitFor(() => expect(requests.some(({ step }) => step === 'upload')).toBe(true), {
      timeout: 60_000,
    });
    const held = readdirSync(temporaryDirectory, { recursive: true, withFileTypes: true }).filter((it) =>
      it.isFile(),
    );
    expect(held.some(({ name }) => name === 'checkpoint.enc')).toBe(true);
    for (const { parentPath, name } of held)
      expect(readFileSync(join(parentPath, name)).includes(KEY), name).toBe(false);
    stop.abort();
    expect((await saving).kind).toBe('failed');
  });

  test('is in no message', async ({ rig }) => {
    const bin = rig.fakeTar(`echo "tar: strange ${KEY}" >&2; exit 2`);
    const env = machine({ ACTIONS_CACHE_URL: 'http://127.0.0.1:1/', PATH: `${bin}:${process.env.PATH}` });
    expect(await rig.failureOfSave({ env, encryptionKey: KEY })).toBe('tar: strange ***');
  });

  test('is not one that can be guessed', async ({ rig }) => {
    expect(encryptionKeyProblem('a'.repeat(15))).toMatch(/shorter than 16 characters/);
    expect(encryptionKeyProblem('a'.repeat(16))).toBeUndefined();
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
