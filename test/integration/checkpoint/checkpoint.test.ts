import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, vi } from 'vitest';
import {
  failing,
  HANG,
  identity,
  type Job,
  machine,
  type Rig,
  test,
  twirp,
  WORKER,
} from '../../helpers/cache-rig.ts';
import type { CacheStep } from '../../stand-ins/cache-protocol.ts';
import { type CacheFault, startCacheService } from '../../stand-ins/cache-service.ts';

// GitHub's client waits seconds between its attempts; the cases wait together.
vi.setConfig({ maxConcurrency: 12, testTimeout: 120_000 });

/** Processes that work below a directory, which is what the worker, tar and zstd do. */
function processesIn(directory: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(directory);
    } catch {
      return false;
    }
  });
}

describe.concurrent('what GitHub’s client retries', () => {
  test('a save the service fails for good (v2)', async ({ rig }) => {
    const { env } = await rig.service(failing('create', twirp(503, 'busy')));
    expect(await rig.failureOfSave({ env: machine(env) })).toBe(
      'the cache service failed with HTTP 503 in 5 attempts',
    );
  });

  test('a restore the service fails for good (v2)', async ({ rig }) => {
    const { env } = await rig.service(failing('lookup', twirp(503, 'busy')));
    expect(await rig.failureOfRestore({ env: machine(env) })).toBe(
      'the cache service failed with HTTP 503 in 5 attempts',
    );
  });

  test('a rate limit that a proxy answers with a page of its own', async ({ rig }) => {
    const { env } = await rig.service(failing('create', { status: 429, body: '<html>slow down</html>' }));
    expect(await rig.failureOfSave({ env: machine(env) })).toBe(
      'the cache service limits the rate of requests (HTTP 429)',
    );
  });

  test('an upload the storage refuses', async ({ rig }) => {
    const body =
      '<?xml version="1.0"?><Error><Code>ServerBusy</Code><Message>Ingress is over the limit.</Message></Error>';
    const headers = { 'content-type': 'application/xml' };
    const { env } = await rig.service(failing('upload', { status: 503, headers, body }));
    expect(await rig.failureOfSave({ env: machine(env) })).toBe(
      'the archive could not be uploaded: HTTP 503, Ingress is over the limit.',
    );
  });

  test('an upload that breaks off', async ({ rig }) => {
    const { env } = await rig.service(failing('upload', { destroy: true }));
    expect(await rig.failureOfSave({ env: machine(env) })).toBe(
      'the connection to the cache service broke off (socket hang up)',
    );
  });

  test('a save and a restore the service fails for good (v1)', async ({ rig }) => {
    const { envV1 } = await rig.service({ faults: () => ({ status: 502 }) });
    expect(await rig.failureOfSave({ env: machine(envV1) })).toBe('the cache service failed with HTTP 502');
    expect(await rig.failureOfRestore({ env: machine(envV1) })).toBe(
      'the cache service failed with HTTP 502',
    );
  });

  test('an upload that fails after the v1 service gave an id', async ({ rig }) => {
    const { envV1, entries } = await rig.service(failing('upload', { status: 503 }));
    expect(await rig.failureOfSave({ env: machine(envV1) })).toBe('the cache service failed with HTTP 503');
    expect(entries()).toEqual([]);
  });

  test('a download that breaks off', async ({ rig }) => {
    let broken = false;
    const { env } = await rig.service({
      faults: ({ step }) => (broken && step === 'download' ? { truncateAfter: 50 } : undefined),
      azureHost: true,
    });
    expect((await rig.store({ env: machine(env) }).save(rig.snapshot())).kind).toBe('saved');
    broken = true;
    expect(await rig.failureOfRestore({ env: machine(env) })).toMatch(
      /^the connection to the cache service broke off/,
    );
  });
});

describe.concurrent('a checkpoint comes back as it was', () => {
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

  test('from the v2 service', async ({ rig }) => {
    const { env, entries } = await rig.service();
    const { saved, restored } = await roundTrip(rig, { env: machine(env) });
    const [entry] = entries();
    expect(saved).toEqual({ kind: 'saved', key: entry?.key });
    expect(restored).toMatchObject({ key: entry?.key });
  });

  test('from the v1 service of GitHub Enterprise Server', async ({ rig }) => {
    const { envV1 } = await rig.service();
    await roundTrip(rig, { env: machine(envV1) });
  });

  test('through the Azure SDK, as on github.com', async ({ rig }) => {
    const { env, requests } = await rig.service({ azureHost: true });
    await roundTrip(rig, { env: machine(env) });
    expect(requests.some(({ method, step }) => step === 'download' && method === 'HEAD')).toBe(true);
  });

  test('where there is no zstd', async ({ rig }) => {
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

  test('on a machine with another workspace, working directory and temporary directory', async ({ rig }) => {
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
    'through a temporary directory called %s',
    async (name, { rig }) => {
      const { env } = await rig.service();
      const temporaryDirectory = join(rig.scratch(), name);
      if (name === 'link') symlinkSync(rig.scratch(), temporaryDirectory);
      await roundTrip(rig, { env: machine(env), temporaryDirectory });
    },
  );

  test('in several chunks', async ({ rig }) => {
    const { envV1, requests } = await rig.service();
    const env = machine({ ...envV1, CACHE_UPLOAD_CHUNK_SIZE: '1' });
    const bytes = randomBytes(3 * 1024 * 1024);
    expect((await rig.store({ env }).save(rig.snapshot({ 'big.jsonl': bytes }))).kind).toBe('saved');
    expect(requests.filter(({ step }) => step === 'upload').length).toBeGreaterThan(2);
    const restored = await rig.restored({ env });
    expect(readFileSync(join(restored.directory, 'big.jsonl')).equals(bytes)).toBe(true);
  });

  test('named in the archive as if the workspace were the root', async ({ rig }) => {
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

describe.concurrent('which checkpoint is restored', () => {
  test('the newest of this run, or else the newest of all', async ({ rig }) => {
    const { env } = await rig.service();
    const job = { env: machine(env) };
    const first = rig.store({ ...job, runId: '1' });
    await first.save(rig.snapshot());
    await first.save(rig.snapshot());
    await rig.store({ ...job, runId: '12' }).save(rig.snapshot());
    const keyFor = async (runId: string) => {
      const restored = await rig.store({ ...job, runId }).restore();
      return restored.kind === 'hit' ? restored.key : restored.kind;
    };
    expect(await keyFor('1')).toMatch(/-s1of1-1-1-2$/);
    expect(await keyFor('3')).toMatch(/-s1of1-12-1-1$/);
  });

  test('none is a miss', async ({ rig }) => {
    const { env, envV1 } = await rig.service();
    expect(await rig.store({ env: machine(env) }).restore()).toEqual({ kind: 'miss' });
    expect(await rig.store({ env: machine(envV1) }).restore()).toEqual({ kind: 'miss' });
  });

  test('a number that was used up is not used again', async ({ rig }) => {
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

describe.concurrent('a save that fails says why', () => {
  test.for<[string, CacheStep, CacheFault, string]>([
    [
      'a rate limit',
      'create',
      { status: 429, headers: { 'retry-after': '40' }, body: '{"msg":"slow down"}' },
      'the cache service limits the rate of requests (HTTP 429), for another 40 s',
    ],
    [
      'a token that may only read',
      'create',
      { status: 200, body: '{"ok":false,"message":"cache write denied: read-only token"}' },
      'the token of this run may not save (cache write denied: read-only token, as for events that outsiders can trigger, such as pull_request_target)',
    ],
    [
      'a token that is refused',
      'create',
      twirp(403, 'forbidden'),
      'the cache service denied the save (HTTP 403, as for events that outsiders can trigger, such as pull_request_target)',
    ],
    [
      'no quota left',
      'create',
      twirp(403, 'insufficient usage to create cache'),
      'the cache storage quota is used up, so the service takes no new entries',
    ],
    [
      'a reservation that is refused',
      'create',
      { status: 200, body: '{"ok":false}' },
      'the cache service refused to reserve the entry',
    ],
    ['a broken connection', 'create', { destroy: true }, 'the cache service cannot be reached (ECONNRESET)'],
    [
      'an entry that is refused',
      'finalize',
      { status: 200, body: '{"ok":false,"message":"too many entries"}' },
      'the cache service refused the uploaded entry: too many entries',
    ],
    [
      'an entry that is not found',
      'lookup',
      { status: 200, body: '{"ok":false}' },
      'the entry was uploaded, but the cache service does not find it',
    ],
    [
      'an entry of another key',
      'lookup',
      { status: 200, body: '{"ok":true,"matched_key":"another","signed_download_url":"http://127.0.0.1/"}' },
      'the entry was uploaded, but the cache service does not find it',
    ],
    [
      'a look-up that fails',
      'lookup',
      twirp(429, 'slow down'),
      'the entry was uploaded, but looking it up failed: the cache service limits the rate of requests (HTTP 429)',
    ],
  ])('%s', async ([_what, step, fault, cause], { rig }) => {
    const { env } = await rig.service(failing(step, fault));
    expect(await rig.failureOfSave({ env: machine(env) })).toBe(cause);
  });

  test('a service that is not there', async ({ rig }) => {
    const gone = await startCacheService();
    await gone.close();
    expect(await rig.failureOfSave({ env: machine(gone.env) })).toBe(
      'the cache service cannot be reached (ECONNREFUSED)',
    );
  });

  test('nothing to save', async ({ rig }) => {
    const { env } = await rig.service();
    const outcome = await rig.store({ env: machine(env) }).save(rig.scratch());
    expect(outcome).toMatchObject({
      kind: 'failed',
      cause: expect.stringMatching(/^there is no tmp\/oaievalset/),
    });
  });

  test('a full disk, or whatever else tar tells', async ({ rig }) => {
    const { env } = await rig.service();
    const bin = rig.fakeTar('echo "tar: cache.tzst: No space left on device" >&2; exit 2');
    expect(await rig.failureOfSave({ env: { ...machine(env), PATH: `${bin}:${process.env.PATH}` } })).toBe(
      'the archive could not be made (tar: cache.tzst: No space left on device)',
    );
  });

  test('without the token and without signatures', async ({ rig }) => {
    const token = 'opaque-runtime-token';
    const msg = `Bearer ${token} may not use https://blobs.example/1?sig=c2lnbmF0dXJl`;
    const { env } = await rig.service({ token, ...failing('create', twirp(400, msg)) });
    expect(await rig.failureOfSave({ env: machine(env) })).toBe(
      'the cache service answered HTTP 400 (Bad Request: Bearer *** may not use https://blobs.example/…',
    );
  });
});

describe.concurrent('a restore that fails says why', () => {
  test.for<[string, CacheFault, string]>([
    ['a rate limit', twirp(429, 'slow down'), 'the cache service limits the rate of requests (HTTP 429)'],
    [
      'a token that may not read',
      twirp(403, 'cache read denied: no scopes'),
      'the token of this run may not restore (cache read denied: no scopes)',
    ],
    ['a token that is refused', twirp(401, 'who are you'), 'the cache service denied the restore (HTTP 401)'],
    ['a broken connection', { destroy: true }, 'the cache service cannot be reached (ECONNRESET)'],
  ])('%s', async ([_what, fault, cause], { rig }) => {
    const { env } = await rig.service(failing('lookup', fault));
    expect(await rig.failureOfRestore({ env: machine(env) })).toBe(cause);
  });

  test.for<[string, (archive: Buffer) => Buffer]>([
    ['replaced by something else', () => Buffer.from('not an archive')],
    ['cut short', (archive) => archive.subarray(0, archive.length / 2)],
    [
      'with a flipped byte',
      (archive) => archive.map((byte, at) => (at === 1000 ? byte ^ 255 : byte)) as Buffer,
    ],
  ])('an archive %s', async ([_what, change], { rig }) => {
    const { env, entries, tamper } = await rig.service();
    const saved = await rig
      .store({ env: machine(env) })
      .save(rig.snapshot({ x: randomBytes(20_000), y: randomBytes(20_000) }));
    expect(saved.kind).toBe('saved');
    tamper(entries()[0]?.key ?? '', change);
    expect(await rig.failureOfRestore({ env: machine(env) })).toMatch(
      /^the archive is damaged or incomplete and could not be unpacked/,
    );
  });

  test('an archive of something else', async ({ rig }) => {
    const { env, entries, tamper } = await rig.service();
    expect((await rig.store({ env: machine(env) }).save(rig.snapshot())).kind).toBe('saved');
    const other = rig.scratch();
    writeFileSync(join(other, 'x'), 'x');
    const archive = execFileSync('tar', ['--use-compress-program', 'zstdmt', '-cf', '-', '-C', other, 'x']);
    tamper(entries()[0]?.key ?? '', () => archive);
    expect(await rig.failureOfRestore({ env: machine(env) })).toMatch(
      /^the entry \S+ holds no tmp\/oaievalset$/,
    );
  });

  test.for(['an absolute path', 'a path that leads up', 'a link'])(
    'an archive writes nothing outside through %s',
    async (way, { rig }) => {
      const { env, entries, tamper } = await rig.service();
      expect((await rig.store({ env: machine(env) }).save(rig.snapshot())).kind).toBe('saved');
      const temporaryDirectory = rig.scratch();
      const outside = join(temporaryDirectory, 'outside');
      mkdirSync(outside);
      const source = rig.snapshot({ payload: 'x' });
      symlinkSync(outside, join(source, 'tmp/oaievalset/link'));
      const target = {
        'an absolute path': `${outside}/stolen`,
        'a path that leads up': '../outside/stolen',
        'a link': 'tmp/oaievalset/link/stolen',
      }[way];
      const archive = join(rig.scratch(), 'evil.tar');
      const rename = ['--transform', `s,^tmp/oaievalset/payload$,${target},`];
      execFileSync('tar', ['-cPf', archive, '-C', source, 'tmp/oaievalset/link']);
      execFileSync('tar', ['-rPf', archive, '-C', source, ...rename, 'tmp/oaievalset/payload']);
      tamper(entries()[0]?.key ?? '', () => execFileSync('zstd', ['-qc', archive]));
      await rig.store({ env: machine(env), temporaryDirectory }).restore();
      expect(readdirSync(outside)).toEqual([]);
    },
  );

  test('a worker that cannot be started', async ({ rig }) => {
    const { env } = await rig.service();
    expect(await rig.failureOfRestore({ env: machine(env), workerPath: '/nowhere/index.js' })).toMatch(
      /^the cache worker ended without an answer \(exit code 1; Error: Cannot find module/,
    );
  });
});

describe.concurrent('a job without a cache', () => {
  const NO_SERVICE = { kind: 'unavailable', cause: 'this job has no Actions cache service' };

  test('has none of its own', async ({ rig }) => {
    expect(await rig.store({ env: machine() }).restore()).toEqual(NO_SERVICE);
    expect(await rig.store({ env: machine() }).save(rig.snapshot())).toEqual(NO_SERVICE);
  });

  test.for<[string, string, string]>([
    ['none', 'unavailable', 'unavailable'],
    ['read', 'miss', 'unavailable'],
    ['write', 'miss', 'saved'],
    ['write-only', 'unavailable', 'saved'],
  ])('may be one with ACTIONS_CACHE_MODE=%s', async ([mode, restored, saved], { rig }) => {
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

describe.concurrent('the worker', () => {
  test('is killed at the bound', async ({ rig }) => {
    const { env } = await rig.service({ faults: () => HANG });
    const temporaryDirectory = rig.scratch();
    expect(
      await rig.store({ env: machine(env), temporaryDirectory, timeouts: { restoreMs: 1500 } }).restore(),
    ).toEqual({
      kind: 'failed',
      cause: expect.stringMatching(/^it took longer than 1\.5 s/),
    });
    expect(processesIn(temporaryDirectory)).toEqual([]);
    expect(readdirSync(temporaryDirectory)).toEqual([]);
  });

  test('is killed with the tar it started', async ({ rig }) => {
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
    // The worker, the shell that is tar here, and its sleep.
    await vi.waitFor(() => expect(processesIn(temporaryDirectory)).toHaveLength(3), { timeout: 30_000 });
    stop.abort();
    expect(await saving).toEqual({ kind: 'failed', cause: 'it was stopped before it was done' });
    expect(processesIn(temporaryDirectory)).toEqual([]);
  });

  test('is not started for a signal that is aborted already', async ({ rig }) => {
    const { env, requests } = await rig.service();
    const outcome = await rig.store({ env: machine(env) }).restore({ signal: AbortSignal.abort() });
    expect(outcome).toEqual({ kind: 'failed', cause: 'it was stopped before it was done' });
    expect(requests).toEqual([]);
  });

  /** A program of its own that restores once and prints nothing but the outcome. */
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

  test('dies when the action is killed', async ({ rig }) => {
    const { env, requests } = await rig.service({ faults: () => HANG });
    const temporaryDirectory = rig.scratch();
    const action = spawn(process.execPath, program(temporaryDirectory), {
      env: machine(env),
      stdio: 'ignore',
    });
    await vi.waitFor(() => expect(requests).toHaveLength(1), { timeout: 30_000 });
    expect(processesIn(temporaryDirectory)).toHaveLength(1);
    action.kill('SIGKILL');
    await vi.waitFor(() => expect(processesIn(temporaryDirectory)).toEqual([]), { timeout: 30_000 });
  });

  test('lets nothing of what the client prints reach our output', async ({ rig }) => {
    const { env } = await rig.service(failing('lookup', twirp(400, 'no such thing')));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, program(rig.scratch()), {
      env: machine(env),
    });
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'failed', cause: expect.stringContaining('HTTP 400') });
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stderr).toBe('');
  });
});

describe.concurrent('the stand-in', () => {
  test('takes a block blob in blocks', async ({ rig }) => {
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

  test('refuses a wrong token and a wrong signature', async ({ rig }) => {
    const { env, envV1, url } = await rig.service();
    for (const good of [env, envV1]) {
      const job = { env: machine({ ...good, ACTIONS_RUNTIME_TOKEN: 'wrong' }) };
      expect(await rig.failureOfRestore(job)).toBe('the cache service denied the restore (HTTP 401)');
    }
    expect((await fetch(`${url}/devstoreaccount1/cache/1?sig=wrong`)).status).toBe(404);
  });

  test('keeps its entries in a directory', async ({ rig }) => {
    const directory = rig.scratch();
    const before = await startCacheService({ directory });
    expect((await rig.store({ env: machine(before.env) }).save(rig.snapshot())).kind).toBe('saved');
    await before.close();
    const after = await rig.service({ directory });
    expect(await rig.store({ env: machine(after.env) }).restore()).toMatchObject({ kind: 'hit' });
  });
});
