import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, vi } from 'vitest';
import {
  boundBy,
  failing,
  HANG,
  identity,
  type Job,
  keyOf,
  machine,
  type Rig,
  test,
  twirp,
  WORKER,
} from '../../helpers/cache-rig.ts';
import { until } from '../../helpers/waiting.ts';
import { type CacheFault, startCacheService } from '../../stand-ins/cache-service.ts';

vi.setConfig({ maxConcurrency: 6 });

/** Processes whose working directory is below a directory, such as the worker, tar and zstd. */
function processesIn(directory: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(directory);
    } catch {
      return false;
    }
  });
}

describe.concurrent('checkpoint round trip', () => {
  const files = {
    'gpt-4o.test.progress.txt': '["oaieval", "gpt-4o", "a.dev.v0"]\n',
    'gpt-4o.test.resume/logs/a.dev.v0.jsonl': Buffer.from([0, 255, 10, 13]),
    'org/model,other.test.resume/plan ünï.json': '{}',
  };

  async function roundTrip(rig: Rig, saving: Job, restoring: Job = saving) {
    const saved = await rig.store(saving).save(rig.snapshot(files));
    expect(saved).toMatchObject({ kind: 'saved', key: expect.stringMatching(/-s1of1-1-1-1$/) });
    const restored = await rig.restored(restoring);
    for (const [name, content] of Object.entries(files)) {
      expect(readFileSync(join(restored.directory, name))).toEqual(Buffer.from(content));
    }
    expect(readdirSync(restored.staging)).toEqual(['tmp']);
    return { saved, restored };
  }

  test('checkpoint round trip: with the v2 service', async ({ rig }) => {
    const { env, entries } = await rig.service();
    const { saved, restored } = await roundTrip(rig, { env: machine(env) });
    const [entry] = entries();
    expect(saved).toEqual({ kind: 'saved', key: entry?.key });
    expect(restored).toMatchObject({ key: entry?.key });
  });

  test('checkpoint round trip: with the v1 service of GitHub Enterprise Server', async ({ rig }) => {
    const { envV1 } = await rig.service();
    await roundTrip(rig, { env: machine(envV1) });
  });

  test('checkpoint round trip: with the Azure SDK, as on github.com', async ({ rig }) => {
    const { env, requests } = await rig.service({ azureHost: true });
    await roundTrip(rig, { env: machine(env) });
    expect(requests.some(({ method, step }) => step === 'download' && method === 'HEAD')).toBe(true);
  });

  test('checkpoint round trip: without zstd', async ({ rig }) => {
    const { env, entries } = await rig.service();
    const bin = rig.scratch();
    for (const tool of ['tar', 'gzip']) {
      symlinkSync(
        execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(),
        join(bin, tool),
      );
    }
    await roundTrip(rig, { env: { ...machine(env), PATH: bin } });
    expect(entries()[0]?.archive.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  });

  test('checkpoint round trip: to another workspace, working directory and temporary directory', async ({
    rig,
  }) => {
    const { env } = await rig.service();
    const deep = join(rig.scratch(), 'a/b/c/d');
    mkdirSync(deep, { recursive: true });
    await roundTrip(
      rig,
      { env: machine({ ...env, GITHUB_WORKSPACE: '/home/runner/work/repo/repo' }) },
      { env: machine({ ...env, GITHUB_WORKSPACE: '/w' }), temporaryDirectory: deep },
    );
  });

  test.for(['with blanks', "it's", 'link'])(
    'checkpoint round trip: through a temporary directory called %s',
    async (name, { rig }) => {
      const { env } = await rig.service();
      const temporaryDirectory = join(rig.scratch(), name);
      if (name === 'link') symlinkSync(rig.scratch(), temporaryDirectory);
      await roundTrip(rig, { env: machine(env), temporaryDirectory });
    },
  );

  test('checkpoint round trip: in several chunks', async ({ rig }) => {
    const { envV1, requests } = await rig.service();
    const env = machine({ ...envV1, CACHE_UPLOAD_CHUNK_SIZE: '1' });
    const bytes = randomBytes(3 * 1024 * 1024);
    expect((await rig.store({ env }).save(rig.snapshot({ 'big.jsonl': bytes }))).kind).toBe('saved');
    expect(requests.filter(({ step }) => step === 'upload').length).toBeGreaterThan(2);
    const restored = await rig.restored({ env });
    expect(readFileSync(join(restored.directory, 'big.jsonl')).equals(bytes)).toBe(true);
  });

  test('checkpoint round trip: paths in the archive are relative to the workspace', async ({ rig }) => {
    const { env, entries } = await rig.service();
    await rig
      .store({ env: machine({ ...env, GITHUB_WORKSPACE: '/home/runner/work' }) })
      .save(rig.snapshot(files));
    const archive = join(rig.scratch(), 'archive.tzst');
    writeFileSync(archive, entries()[0]?.archive ?? '');
    const names = execFileSync('tar', ['--use-compress-program', 'unzstd', '-tf', archive], {
      encoding: 'utf8',
    });
    expect(names.split('\n')[0]).toBe('tmp/oaievalset/');
    expect(
      names
        .trim()
        .split('\n')
        .filter((name) => !name.startsWith('tmp/oaievalset/')),
    ).toEqual([]);
  });
});

describe.concurrent('checkpoint store: which entry', () => {
  test('checkpoint store: restores the newest of this run, or else the newest of all', async ({ rig }) => {
    const archive = rig.archive();
    const keys = [keyOf({ seq: 1 }), keyOf({ seq: 2 }), keyOf({ runId: '12' })];
    const { env } = await rig.service(
      {},
      keys.map((key) => ({ key, archive })),
    );
    const keyFor = async (runId: string) => {
      const restored = await rig.store({ env: machine(env), runId }).restore();
      return restored.kind === 'hit' ? restored.key : restored.kind;
    };
    expect(await keyFor('1')).toBe(keys[1]);
    expect(await keyFor('3')).toBe(keys[2]);
  });

  test('checkpoint store: a restore without an entry is a miss', async ({ rig }) => {
    const { env, envV1 } = await rig.service();
    expect(await rig.store({ env: machine(env) }).restore()).toEqual({ kind: 'miss' });
    expect(await rig.store({ env: machine(envV1) }).restore()).toEqual({ kind: 'miss' });
  });

  test('checkpoint store: post continues the numbers of main', async ({ rig }) => {
    const { env } = await rig.service();
    const main = rig.store({ env: machine(env) });
    expect((await main.save(rig.snapshot())).kind).toBe('saved');
    const post = rig.store({ env: machine(env), firstSeq: main.nextSeq });
    expect(await post.save(rig.snapshot())).toMatchObject({
      kind: 'saved',
      key: expect.stringMatching(/-1-1-2$/),
    });
  });
});

describe.concurrent('checkpoint store', () => {
  test('checkpoint store: a save without a checkpoint fails', async ({ rig }) => {
    const { env } = await rig.service();
    const outcome = await rig.store({ env: machine(env) }).save(rig.scratch());
    expect(outcome).toMatchObject({
      kind: 'failed',
      cause: expect.stringMatching(/^there is no tmp\/oaievalset/),
    });
  });

  test('checkpoint store: a save reports what tar printed', async ({ rig }) => {
    const { env } = await rig.service();
    const bin = rig.fakeTar('echo "tar: cache.tzst: No space left on device" >&2; exit 2');
    expect(await rig.failureOfSave({ env: { ...machine(env), PATH: `${bin}:${process.env.PATH}` } })).toBe(
      'the archive could not be made (tar: cache.tzst: No space left on device)',
    );
  });

  test('checkpoint store: a cause has neither the token nor a signature', async ({ rig }) => {
    const token = 'opaque-runtime-token';
    const msg = `Bearer ${token} may not use https://blobs.example/1?sig=c2lnbmF0dXJl`;
    const { env } = await rig.service({ token, ...failing('create', twirp(400, msg)) });
    expect(await rig.failureOfSave({ env: machine(env) })).toBe(
      'the cache service responded with HTTP 400 (Bad Request: Bearer *** may not use https://blobs.example/…',
    );
  });
});

describe.concurrent('checkpoint store: a job without a cache', () => {
  const NO_SERVICE = { kind: 'unavailable', cause: 'this job has no Actions cache service' };

  test('checkpoint store: a job without a cache service has no checkpoints', async ({ rig }) => {
    expect(await rig.store({ env: machine() }).restore()).toEqual(NO_SERVICE);
    expect(await rig.store({ env: machine() }).save(rig.snapshot())).toEqual(NO_SERVICE);
  });

  test.for<[string, string, string]>([
    ['none', 'unavailable', 'unavailable'],
    ['read', 'miss', 'unavailable'],
    ['write', 'miss', 'saved'],
    ['write-only', 'unavailable', 'saved'],
  ])('checkpoint store: ACTIONS_CACHE_MODE=%s is obeyed', async ([mode, restored, saved], { rig }) => {
    const { env } = await rig.service();
    const job = { env: machine({ ...env, ACTIONS_CACHE_MODE: mode }) };
    const restore = await rig.store(job).restore();
    expect(restore.kind).toBe(restored);
    const save = await rig.store(job).save(rig.snapshot());
    expect(save.kind).toBe(saved);
    for (const outcome of [restore, save].filter((it) => it.kind === 'unavailable')) {
      expect(outcome).toMatchObject({
        cause: expect.stringContaining(`cache-mode (ACTIONS_CACHE_MODE) is '${mode}'`),
      });
    }
  });
});

describe.concurrent('cache worker', () => {
  test('cache worker: one that cannot be started is a failure with its reason', async ({ rig }) => {
    const { env } = await rig.service();
    expect(await rig.failureOfRestore({ env: machine(env), workerPath: '/nowhere/index.js' })).toMatch(
      /^the cache worker ended without a result \(exit code 1; Error: Cannot find module/,
    );
  });

  test('cache worker: is killed when the time is up', async ({ rig }) => {
    const late = new AbortController();
    const faults = (): CacheFault => {
      setImmediate(() => late.abort());
      return HANG;
    };
    const { env } = await rig.service({ faults });
    const temporaryDirectory = rig.scratch();
    const timeouts = { restoreMs: 1500 };
    const job = { env: machine(env), temporaryDirectory, limitOf: boundBy(late.signal), timeouts };
    expect(await rig.store(job).restore()).toEqual({
      kind: 'failed',
      cause: 'it took longer than 1.5 s (while the entry was looked up)',
    });
    expect(processesIn(temporaryDirectory)).toEqual([]);
    expect(readdirSync(temporaryDirectory)).toEqual([]);
  });

  test('cache worker: is killed with the tar that it started', async ({ rig }) => {
    const { env } = await rig.service();
    const temporaryDirectory = rig.scratch();
    const bin = rig.fakeTar('[ "$1" = --version ] || { sleep 1000 & wait; }');
    const path = `${bin}:${process.env.PATH}`;
    const stop = new AbortController();
    const saving = rig
      .store({ env: { ...machine(env), PATH: path }, temporaryDirectory })
      .save(rig.snapshot(), {
        signal: stop.signal,
      });
    await until(
      'the worker, the shell that is tar here, and its sleep run',
      () => processesIn(temporaryDirectory).length === 3,
    );
    stop.abort();
    expect(await saving).toEqual({ kind: 'failed', cause: 'it was stopped before it finished' });
    expect(processesIn(temporaryDirectory)).toEqual([]);
  });

  test('cache worker: is not started when the signal is already aborted', async ({ rig }) => {
    const { env, requests } = await rig.service();
    const outcome = await rig.store({ env: machine(env) }).restore({ signal: AbortSignal.abort() });
    expect(outcome).toEqual({ kind: 'failed', cause: 'it was stopped before it finished' });
    expect(requests).toEqual([]);
  });

  /** A program that restores once, and prints nothing but the outcome. */
  const program = (temporaryDirectory: string) => [
    '--input-type=module-typescript',
    '--eval',
    `import { checkpointKeys } from ${JSON.stringify(resolve('src/checkpoint/keys.ts'))};
     import { openCheckpointStore } from ${JSON.stringify(resolve('src/checkpoint/store.ts'))};
     const identity = ${JSON.stringify(identity)};
     const store = openCheckpointStore({
       keys: checkpointKeys(identity), env: process.env,
       temporaryDirectory: ${JSON.stringify(temporaryDirectory)}, workerPath: ${JSON.stringify(WORKER)},
     });
     console.log(JSON.stringify(await store.restore()));`,
  ];

  test('cache worker: dies when the action is killed', async ({ rig }) => {
    const { env, requests } = await rig.service({ faults: () => HANG });
    const temporaryDirectory = rig.scratch();
    const action = spawn(process.execPath, program(temporaryDirectory), {
      env: machine(env),
      stdio: 'ignore',
    });
    await until('the worker has sent its request', () => requests.length === 1);
    expect(processesIn(temporaryDirectory)).toHaveLength(1);
    action.kill('SIGKILL');
    await until('no worker runs', () => processesIn(temporaryDirectory).length === 0);
    expect(processesIn(temporaryDirectory)).toEqual([]);
  });

  test('cache worker: nothing that the client prints reaches the output of the action', async ({ rig }) => {
    const { env } = await rig.service(failing('lookup', twirp(400, 'no such thing')));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, program(rig.scratch()), {
      env: machine(env),
    });
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'failed', cause: expect.stringContaining('HTTP 400') });
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stderr).toBe('');
  });
});

describe.concurrent('stand-in for the cache service', () => {
  test('stand-in for the cache service: takes a blob in blocks', async ({ rig }) => {
    const { env, token, entries, url } = await rig.service();
    const call = async (name: string, body: object) => {
      const response = await fetch(`${url}/twirp/github.actions.results.api.v1.CacheService/${name}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      return (await response.json()) as Record<string, string>;
    };
    expect(env.ACTIONS_RUNTIME_TOKEN).toBe(token);
    const { signed_upload_url: blob = '' } = await call('CreateCacheEntry', { key: 'k', version: 'v' });
    await fetch(`${blob}&comp=block&blockid=Mg==`, { method: 'PUT', body: 'two' });
    await fetch(`${blob}&comp=block&blockid=MQ==`, { method: 'PUT', body: 'one' });
    const list = '<BlockList><Latest>MQ==</Latest><Latest>Mg==</Latest></BlockList>';
    expect((await fetch(`${blob}&comp=blocklist`, { method: 'PUT', body: list })).status).toBe(201);
    await call('FinalizeCacheEntryUpload', { key: 'k', version: 'v', size_bytes: '6' });
    expect(entries()).toEqual([{ id: 1, key: 'k', version: 'v', archive: Buffer.from('onetwo') }]);
  });

  test('stand-in for the cache service: rejects a wrong token and a wrong signature', async ({ rig }) => {
    const { env, envV1, url } = await rig.service();
    for (const good of [env, envV1]) {
      const job = { env: machine({ ...good, ACTIONS_RUNTIME_TOKEN: 'wrong' }) };
      expect(await rig.failureOfRestore(job)).toBe('the cache service denied the restore (HTTP 401)');
    }
    expect((await fetch(`${url}/devstoreaccount1/cache/1?sig=wrong`)).status).toBe(404);
  });

  test('stand-in for the cache service: stores its entries in a directory', async ({ rig }) => {
    const directory = rig.scratch();
    const before = await startCacheService({ directory });
    expect((await rig.store({ env: machine(before.env) }).save(rig.snapshot())).kind).toBe('saved');
    await before.close();
    const after = await rig.service({ directory });
    expect(await rig.store({ env: machine(after.env) }).restore()).toMatchObject({ kind: 'hit' });
  });
});
