/** Entries of an attacker who can write to the repository's cache. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { CHECKPOINT_BOUNDS } from '../../../src/checkpoint/trust/untrusted-tree.ts';
import { keyOf, machine, packed, type Rig, test } from '../../helpers/cache-rig.ts';
import type { CacheService } from '../../stand-ins/cache-service.ts';

vi.setConfig({ maxConcurrency: 6 });

const NEXT =
  'more than any checkpoint of this action; delete the entry in the caches of the repository, or change cache-key';

/** A service whose one entry is an archive of all that `make` puts into a directory. */
async function serviceWith(rig: Rig, make: (directory: string) => void): Promise<CacheService> {
  const directory = rig.scratch();
  make(directory);
  return rig.service({}, [{ key: keyOf(), archive: packed(directory, readdirSync(directory)) }]);
}

function write(root: string, name: string, content = 'x'): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe.concurrent('hostile entry', () => {
  test('hostile entry: a small archive of many zeros is not used', async ({ rig }) => {
    const service = await serviceWith(rig, (root) => truncateSync(write(root, 'tmp/oaievalset/zeros'), 60e6));
    expect(service.entries()[0]?.archive.length).toBeLessThan(100_000);
    const bounds = { ...CHECKPOINT_BOUNDS, bytes: 20e6 };
    expect(await rig.failureOfRestore({ env: machine(service.env), bounds })).toBe(
      `it unpacks to more than 20 MB, ${NEXT}`,
    );
    expect(
      await rig.failureOfRestore({ env: machine(service.env), bounds: { ...bounds, limitedByDisk: true } }),
      'the bound is that of the disk, and no proof of an attack',
    ).toBe(
      'it unpacks to more than 20 MB, half of what is free on the disk of this runner; free some disk space',
    );
  });

  test('hostile entry: an archive of many small files is not used', async ({ rig }) => {
    const service = await serviceWith(rig, (root) => {
      for (let n = 0; n < 2000; n += 1) write(root, `tmp/oaievalset/f${n}`);
    });
    const bounds = { ...CHECKPOINT_BOUNDS, entries: 1000 };
    expect(await rig.failureOfRestore({ env: machine(service.env), bounds })).toBe(
      `it unpacks to more than 1000 files, ${NEXT}`,
    );
  });

  test('hostile entry: tar is killed when what it unpacks outgrows the bounds', async ({ rig }) => {
    const service = await serviceWith(rig, (root) => write(root, 'tmp/oaievalset/x'));
    const tar = execFileSync('sh', ['-c', 'command -v tar'], { encoding: 'utf8' }).trim();
    const bin = rig.fakeTar(
      `case "$*" in *-xf*) head -c 30000000 /dev/zero > zeros; sleep 1000 ;; *) exec ${tar} "$@" ;; esac`,
    );
    const env = { ...machine(service.env), PATH: `${bin}:${process.env.PATH}` };
    const bounds = { ...CHECKPOINT_BOUNDS, bytes: 20e6 };
    expect(await rig.failureOfRestore({ env, bounds })).toBe(`it unpacks to more than 20 MB, ${NEXT}`);
  });

  test.for<[string, (outside: string) => string]>([
    ['an absolute path', (outside) => `${outside}/stolen`],
    ['a path that leads up', () => '../outside/stolen'],
    ['a link', () => 'tmp/oaievalset/link/stolen'],
  ])('hostile entry: nothing is written outside its directory through %s', async ([, target], { rig }) => {
    const temporaryDirectory = rig.scratch();
    const outside = join(temporaryDirectory, 'outside');
    mkdirSync(outside);
    const source = rig.snapshot({ payload: 'x' });
    symlinkSync(outside, join(source, 'tmp/oaievalset/link'));
    const tar = join(rig.scratch(), 'evil.tar');
    const rename = ['--transform', `s,^tmp/oaievalset/payload$,${target(outside)},`];
    execFileSync('tar', ['-cPf', tar, '-C', source, 'tmp/oaievalset/link']);
    execFileSync('tar', ['-rPf', tar, '-C', source, ...rename, 'tmp/oaievalset/payload']);
    const archive = execFileSync('zstd', ['-qc', tar]);
    const { env } = await rig.service({}, [{ key: keyOf(), archive }]);
    await rig.store({ env: machine(env), temporaryDirectory }).restore();
    expect(readdirSync(outside)).toEqual([]);
  });

  test('hostile entry: a link to a directory of this machine is not used as tmp', async ({ rig }) => {
    const outside = rig.snapshot({ 'mine.progress.txt': 'mine' });
    const service = await serviceWith(rig, (root) => symlinkSync(join(outside, 'tmp'), join(root, 'tmp')));
    expect(await rig.failureOfRestore({ env: machine(service.env) })).toMatch(
      /^the entry \S+ contains no tmp\/oaievalset$/,
    );
    expect(readFileSync(join(outside, 'tmp/oaievalset/mine.progress.txt'), 'utf8')).toBe('mine');
  });

  test('hostile entry: a link is not used as the checkpoint', async ({ rig }) => {
    const outside = rig.snapshot({ 'mine.progress.txt': 'mine' });
    const service = await serviceWith(rig, (root) => {
      mkdirSync(join(root, 'tmp'));
      symlinkSync(join(outside, 'tmp/oaievalset'), join(root, 'tmp/oaievalset'));
    });
    expect(await rig.failureOfRestore({ env: machine(service.env) })).toMatch(
      /^the entry \S+ contains no tmp\/oaievalset$/,
    );
  });

  test('hostile entry: nothing outside the checkpoint is restored, and nothing replaces our programs', async ({
    rig,
  }) => {
    const service = await serviceWith(rig, (root) => {
      write(root, 'tmp/oaievalset/a.progress.txt', 'theirs');
      for (const name of ['bin/tar', 'archives/x', 'opened/tmp/oaievalset/x', 'files/tmp/x', 'elsewhere']) {
        write(root, name);
      }
    });
    const { directory, staging } = await rig.restored({ env: machine(service.env) });
    expect(readdirSync(staging)).toEqual(['tmp']);
    expect(readdirSync(directory)).toEqual(['a.progress.txt']);
  });

  test.for<[string, (key: string) => string, RegExp]>([
    [
      'a key that was not requested',
      () => 'another\n::error::',
      /^the cache service returned the entry another ::error::, which was not requested$/,
    ],
    [
      'a key that acts as a workflow command',
      (key) => `${key}\n::error::`,
      /^the entry oaievalset-v2-\S+-1-1-1 ::error:: is not encrypted, and /,
    ],
  ])('hostile entry: one with %s is not used', async ([, change, cause], { rig }) => {
    const faults = ({ step }: { step: string }) => {
      const [entry] = service.entries();
      if (step !== 'lookup' || !entry) return undefined;
      const address = `${service.url}/devstoreaccount1/cache/${entry.id}?sig=${service.signatureOf(entry.key)}`;
      const answer = { ok: true, matched_key: change(entry.key), signed_download_url: address };
      return { status: 200, body: JSON.stringify(answer) };
    };
    const service = await rig.service({ faults }, [{ key: keyOf(), archive: rig.archive() }]);
    const job = { env: machine(service.env), encryptionKey: 'correct horse battery staple' };
    expect(await rig.failureOfRestore(job)).toMatch(cause);
  });
});
