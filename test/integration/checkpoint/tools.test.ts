/** What tar and compressors of a machine can do, what they see, and what they leave. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { machine, type Rig, test, writeProgram } from '../../helpers/cache-rig.ts';

vi.setConfig({ maxConcurrency: 8, testTimeout: 120_000 });

const pathOf = (tool: string) =>
  execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();

/** A directory that is a whole PATH: these tools of the machine, and these scripts. */
function onlyTools(rig: Rig, tools: readonly string[], scripts: Record<string, string> = {}): string {
  const bin = rig.scratch();
  for (const tool of tools) symlinkSync(pathOf(tool), join(bin, tool));
  for (const [name, script] of Object.entries(scripts)) {
    writeProgram(join(bin, name), script);
  }
  return bin;
}

const TAR = pathOf('tar');

/** Knows of tar's options what BusyBox 1.37 knows. */
const BUSYBOX = `for each in "$@"; do case "$each" in
  --posix|--use-compress-program*) echo "tar: unrecognized option: \${each#--}" >&2
    echo "BusyBox v1.37.0 (2025-01-17 18:12:01 UTC) multi-call binary." >&2; exit 1 ;;
esac; done
exec ${TAR} "$@"`;

/** As GNU tar before 1.27 says it. */
const WITHOUT_PROGRAMS = `case "$*" in *--use-compress-program*)
  echo "tar: You may not specify more than one '-Acdtrux' or '--test-label' option" >&2; exit 2 ;; esac
exec ${TAR} "$@"`;

describe.concurrent('a machine whose tools cannot pack checkpoints', () => {
  test.for<[string, (rig: Rig) => string, RegExp]>([
    [
      'the tar of BusyBox',
      (rig) => onlyTools(rig, ['gzip'], { tar: BUSYBOX, apk: '' }),
      /^the tar of this machine cannot pack and unpack them \(tar: unrecognized option: posix\); install GNU tar in a step before this one: apk add tar zstd$/,
    ],
    [
      'no tar',
      (rig) => onlyTools(rig, ['gzip'], { microdnf: '' }),
      /^this machine has no tar; install GNU tar in a step before this one: microdnf install -y tar gzip$/,
    ],
    [
      'no gzip',
      (rig) => onlyTools(rig, ['tar']),
      /^the tar of this machine cannot .*gzip: (not found|Cannot exec: No such file or directory)\); install GNU tar and gzip .*"apk add tar"$/,
    ],
    [
      'a tar of another system',
      (rig) => onlyTools(rig, ['gzip'], { tar: 'echo "exec format" >/dev/null; exec /nowhere/tar "$@"' }),
      /^the tar of this machine cannot .*not found\)/,
    ],
  ])('%s: says so before a restore, a save and a run without resume', async ([, path, cause], { rig }) => {
    const { env, requests } = await rig.service();
    const store = rig.store({ env: { ...machine(env), PATH: path(rig) } });
    const problem = { kind: 'unavailable', cause: expect.stringMatching(cause), canBeFixed: true };
    expect(await store.check()).toEqual(problem);
    expect(await store.restore()).toEqual(problem);
    expect(await store.save(rig.snapshot())).toEqual(problem);
    expect(requests, 'the service need not be asked').toEqual([]);
  });

  test('is not taken for one of those because its tar fails otherwise, or does not end', async ({ rig }) => {
    const { env } = await rig.service();
    for (const tar of ['echo "tar: archive: No space left on device" >&2; exit 2', 'sleep 1000']) {
      const path = onlyTools(rig, ['gzip', 'sleep'], { tar });
      expect(await rig.store({ env: { ...machine(env), PATH: path } }).check()).toBeUndefined();
    }
  });
});

describe.concurrent('a machine whose zstd cannot be used', () => {
  test.for<[string, (rig: Rig) => string]>([
    ['zstd without zstdmt and unzstd', (rig) => onlyTools(rig, ['tar', 'gzip', 'zstd', 'sh'])],
    [
      'a tar that starts no other program',
      (rig) => onlyTools(rig, ['gzip', 'zstd', 'zstdmt', 'unzstd', 'sh'], { tar: WITHOUT_PROGRAMS }),
    ],
  ])('%s: packs with gzip, and restores what it packed', async ([, path], { rig }) => {
    const { env, entries } = await rig.service();
    const job = { env: { ...machine(env), PATH: path(rig) } };
    expect(await rig.store(job).save(rig.snapshot())).toMatchObject({ kind: 'saved' });
    expect(entries()[0]?.archive.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    await rig.restored(job);
  });
});

describe.concurrent('zstd on one machine only', () => {
  const gzipOnly = (rig: Rig) => onlyTools(rig, ['tar', 'gzip', 'sh']);

  test('a checkpoint packed without it is restored where it is', async ({ rig }) => {
    const { env } = await rig.service();
    const saved = await rig.store({ env: { ...machine(env), PATH: gzipOnly(rig) } }).save(rig.snapshot());
    const restored = await rig.restored({ env: machine(env) });
    expect(saved).toMatchObject({ kind: 'saved', key: restored.key });
    expect(readdirSync(restored.directory)).toEqual(['a.progress.txt']);
  });

  test('a checkpoint packed with it is named where it is not', async ({ rig }) => {
    const { env, requests } = await rig.service();
    const saved = await rig.store({ env: machine(env) }).save(rig.snapshot());
    const outcome = await rig.store({ env: { ...machine(env), PATH: gzipOnly(rig) } }).restore();
    expect(saved).toMatchObject({ kind: 'saved', key: expect.any(String) });
    expect(outcome).toEqual({ kind: 'miss', unreadable: 'key' in saved ? saved.key : '' });
    expect(requests.filter(({ step }) => step === 'download')).toEqual([]);
  });

  test('a broken checkpoint packed without it gives way to an older one packed so', async ({ rig }) => {
    const service = await rig.service();
    const env = { ...machine(service.env), PATH: gzipOnly(rig) };
    for (const firstSeq of [1, 2]) await rig.store({ env, firstSeq }).save(rig.snapshot());
    const [older, newest] = service.entries().map(({ key }) => key);
    service.tamper(newest ?? '', () => Buffer.from('no archive'));
    expect(await rig.restored({ env: machine(service.env) })).toMatchObject({ key: older });
  });
});

describe.concurrent('tar', () => {
  /** A PATH on which tar does something to a file of the test before it works. */
  const spying = (rig: Rig, script: string) => {
    const seen = join(rig.scratch(), 'seen');
    writeFileSync(seen, '');
    const bin = rig.fakeTar(`{ ${script}; } >> ${seen} 2>&1\nexec ${TAR} "$@"`);
    return { seen: () => readFileSync(seen, 'utf8'), path: `${bin}:${process.env.PATH}` };
  };

  test.for(['', 'correct horse battery staple'])(
    'sees no key of an API and no token, encryption key %j',
    async (encryptionKey, { rig }) => {
      const { env, token } = await rig.service();
      const { seen, path } = spying(rig, 'echo "tar $*"; env');
      const secrets = { OPENAI_API_KEY: 'sk-1', ANTHROPIC_API_KEY: 'sk-2', MY_KEY: 'sk-3', GH_TOKEN: 'sk-4' };
      const job = { env: machine({ ...env, ...secrets, PATH: path }), encryptionKey };
      expect((await rig.store(job).save(rig.snapshot())).kind).toBe('saved');
      await rig.restored(job);
      expect(seen()).toMatch(/^tar .*-xf/m);
      expect(seen()).toContain('PATH=');
      for (const text of ['sk-', token, 'ACTIONS_']) expect(seen()).not.toContain(text);
    },
  );

  test('never gets -P, which would let an archive write anywhere', async ({ rig }) => {
    const { env } = await rig.service();
    const { seen, path } = spying(rig, 'for each in "$@"; do echo "<$each>"; done');
    const job = { env: machine({ ...env, PATH: path }) };
    expect((await rig.store(job).save(rig.snapshot())).kind).toBe('saved');
    await rig.restored(job);
    expect(seen()).toContain('<--files-from>');
    expect(seen()).not.toContain('<-P>');
  });

  test('works where nothing that this process has written can be executed', async ({ rig }) => {
    const { env } = await rig.service();
    const temporaryDirectory = rig.scratch();
    const { seen, path } = spying(rig, `find ${temporaryDirectory} -type f -perm /111; echo looked`);
    const job = { env: machine({ ...env, PATH: path }), temporaryDirectory };
    expect((await rig.store(job).save(rig.snapshot())).kind).toBe('saved');
    await rig.restored(job);
    expect(new Set(seen().trim().split('\n'))).toEqual(new Set(['looked']));
  });

  test('works in directories and on files that no other user can look into', async ({ rig }) => {
    const { env } = await rig.service();
    const temporaryDirectory = rig.scratch();
    const open = `find ${temporaryDirectory} -mindepth 1 ! -type l -perm /077`;
    const { seen, path } = spying(rig, `case "$*" in *cache.t*) ${open} ;; esac; echo looked`);
    const job = { env: machine({ ...env, PATH: path }), temporaryDirectory };
    expect((await rig.store(job).save(rig.snapshot())).kind).toBe('saved');
    await rig.restored(job);
    expect(new Set(seen().trim().split('\n'))).toEqual(new Set(['looked']));
  });

  test('gives restored files to this user alone, whatever the archive says', async ({ rig }) => {
    const service = await rig.service();
    const env = machine(service.env);
    expect((await rig.store({ env }).save(rig.snapshot())).kind).toBe('saved');
    const root = rig.snapshot();
    chmodSync(join(root, 'tmp/oaievalset'), 0o777);
    chmodSync(join(root, 'tmp/oaievalset/a.progress.txt'), 0o666);
    const pack = ['--use-compress-program', 'zstdmt', '--owner=4711', '-cf', '-', '-C', root, 'tmp'];
    service.tamper(service.entries()[0]?.key ?? '', () => execFileSync('tar', pack));
    const { directory } = await rig.restored({ env });
    const file = statSync(join(directory, 'a.progress.txt'));
    expect([file.mode & 0o777, file.uid]).toEqual([0o600, process.getuid?.()]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });
});
