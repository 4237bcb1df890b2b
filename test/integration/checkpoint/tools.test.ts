/** What the tar and the compressors of a machine can do, what they see, and what they leave behind. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { findTools } from '../../../src/checkpoint/cache/tools.ts';
import { keyOf, machine, packed, type Rig, test, writeProgram } from '../../helpers/cache-rig.ts';
import { until } from '../../helpers/waiting.ts';

vi.setConfig({ maxConcurrency: 6 });

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

/** Has the options of tar in BusyBox 1.37. */
const BUSYBOX = `for each in "$@"; do case "$each" in
  --posix|--use-compress-program*) echo "tar: unrecognized option: \${each#--}" >&2
    echo "BusyBox v1.37.0 (2025-01-17 18:12:01 UTC) multi-call binary." >&2; exit 1 ;;
esac; done
exec ${TAR} "$@"`;

/** Prints what GNU tar before 1.27 prints. */
const WITHOUT_PROGRAMS = `case "$*" in *--use-compress-program*)
  echo "tar: You may not specify more than one '-Acdtrux' or '--test-label' option" >&2; exit 2 ;; esac
exec ${TAR} "$@"`;

describe.concurrent('tools', () => {
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
  ])(
    'tools: %s is reported before a restore, a save and a run without resume',
    async ([, path, cause], { rig }) => {
      const { env, requests } = await rig.service();
      const store = rig.store({ env: { ...machine(env), PATH: path(rig) } });
      const problem = { kind: 'unavailable', cause: expect.stringMatching(cause), canBeFixed: true };
      expect(await store.check()).toEqual(problem);
      expect(await store.restore()).toEqual(problem);
      expect(await store.save(rig.snapshot())).toEqual(problem);
      expect(requests, 'no request to the service').toEqual([]);
    },
  );

  test('tools: a tar that fails for another reason, or does not end, is not taken for one that cannot pack', async ({
    rig,
  }) => {
    const toolsWith = (tar: string, signal: AbortSignal) =>
      findTools({ PATH: onlyTools(rig, ['gzip', 'sleep'], { tar }) }, rig.scratch(), signal);
    const usable = { packing: 'gzip', preferred: 'gzip' };
    const full = 'echo "tar: archive: No space left on device" >&2; exit 2';
    expect(await toolsWith(full, new AbortController().signal)).toEqual(usable);
    const started = join(rig.scratch(), 'started');
    const late = new AbortController();
    const finding = toolsWith(`echo > ${started}; exec sleep 1000`, late.signal);
    await until('tar has started', () => existsSync(started));
    late.abort();
    expect(await finding).toEqual(usable);
  });
});

describe.concurrent('tools without a usable zstd', () => {
  test.for<[string, (rig: Rig) => string]>([
    ['no zstdmt and no unzstd', (rig) => onlyTools(rig, ['tar', 'gzip', 'zstd', 'sh'])],
    [
      'a tar that starts no compressor',
      (rig) => onlyTools(rig, ['gzip', 'zstd', 'zstdmt', 'unzstd', 'sh'], { tar: WITHOUT_PROGRAMS }),
    ],
  ])('tools: a machine with zstd and %s packs with gzip, and restores that', async ([, path], { rig }) => {
    const { env, entries } = await rig.service();
    const job = { env: { ...machine(env), PATH: path(rig) } };
    expect(await rig.store(job).save(rig.snapshot())).toMatchObject({ kind: 'saved' });
    expect(entries()[0]?.archive.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    await rig.restored(job);
  });
});

describe.concurrent('tools that differ between machines', () => {
  const gzipOnly = (rig: Rig) => onlyTools(rig, ['tar', 'gzip', 'sh']);

  test('tools: a checkpoint packed without zstd is restored on a machine with zstd', async ({ rig }) => {
    const { env } = await rig.service();
    const saved = await rig.store({ env: { ...machine(env), PATH: gzipOnly(rig) } }).save(rig.snapshot());
    const restored = await rig.restored({ env: machine(env) });
    expect(saved).toMatchObject({ kind: 'saved', key: restored.key });
    expect(readdirSync(restored.directory)).toEqual(['a.progress.txt']);
  });

  test('tools: a checkpoint packed with zstd is reported on a machine without zstd', async ({ rig }) => {
    const { env, requests } = await rig.service({}, [{ key: keyOf(), archive: rig.archive() }]);
    const outcome = await rig.store({ env: { ...machine(env), PATH: gzipOnly(rig) } }).restore();
    expect(outcome).toEqual({ kind: 'miss', unreadable: keyOf() });
    expect(requests.filter(({ step }) => step === 'download')).toEqual([]);
  });

  test('tools: an older checkpoint packed without zstd is used when the newest such one is broken', async ({
    rig,
  }) => {
    const service = await rig.service();
    const env = { ...machine(service.env), PATH: gzipOnly(rig) };
    for (const firstSeq of [1, 2]) await rig.store({ env, firstSeq }).save(rig.snapshot());
    const [older, newest] = service.entries().map(({ key }) => key);
    service.tamper(newest ?? '', () => Buffer.from('no archive'));
    expect(await rig.restored({ env: machine(service.env) })).toMatchObject({ key: older });
  });
});

describe.concurrent('tar', () => {
  /** A PATH on which tar first appends to a file of the test. */
  const spying = (rig: Rig, script: string) => {
    const seen = join(rig.scratch(), 'seen');
    writeFileSync(seen, '');
    const bin = rig.fakeTar(`{ ${script}; } >> ${seen} 2>&1\nexec ${TAR} "$@"`);
    return { seen: () => readFileSync(seen, 'utf8'), path: `${bin}:${process.env.PATH}` };
  };

  test.for(['', 'correct horse battery staple'])(
    'tar: sees no key of an API and no token, with the encryption key %j',
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

  test('tar: never gets -P, which would let an archive write anywhere', async ({ rig }) => {
    const { env } = await rig.service();
    const { seen, path } = spying(rig, 'for each in "$@"; do echo "<$each>"; done');
    const job = { env: machine({ ...env, PATH: path }) };
    expect((await rig.store(job).save(rig.snapshot())).kind).toBe('saved');
    await rig.restored(job);
    expect(seen()).toContain('<--files-from>');
    expect(seen()).not.toContain('<-P>');
  });

  test('tar: no file in the temporary directory is executable while it runs', async ({ rig }) => {
    const { env } = await rig.service();
    const temporaryDirectory = rig.scratch();
    const { seen, path } = spying(rig, `find ${temporaryDirectory} -type f -perm /111; echo looked`);
    const job = { env: machine({ ...env, PATH: path }), temporaryDirectory };
    expect((await rig.store(job).save(rig.snapshot())).kind).toBe('saved');
    await rig.restored(job);
    expect(new Set(seen().trim().split('\n'))).toEqual(new Set(['looked']));
  });

  test('tar: works in directories and on files that no other user can read', async ({ rig }) => {
    const { env } = await rig.service();
    const temporaryDirectory = rig.scratch();
    const open = `find ${temporaryDirectory} -mindepth 1 ! -type l -perm /077`;
    const { seen, path } = spying(rig, `case "$*" in *cache.t*) ${open} ;; esac; echo looked`);
    const job = { env: machine({ ...env, PATH: path }), temporaryDirectory };
    expect((await rig.store(job).save(rig.snapshot())).kind).toBe('saved');
    await rig.restored(job);
    expect(new Set(seen().trim().split('\n'))).toEqual(new Set(['looked']));
  });

  test('tar: restored files belong to this user alone, whatever the archive says', async ({ rig }) => {
    const root = rig.snapshot();
    chmodSync(join(root, 'tmp/oaievalset'), 0o777);
    chmodSync(join(root, 'tmp/oaievalset/a.progress.txt'), 0o666);
    const archive = packed(root, ['--owner=4711', 'tmp']);
    const { env: cache } = await rig.service({}, [{ key: keyOf(), archive }]);
    const env = machine(cache);
    const { directory } = await rig.restored({ env });
    const file = statSync(join(directory, 'a.progress.txt'));
    expect([file.mode & 0o777, file.uid]).toEqual([0o600, process.getuid?.()]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });
});
