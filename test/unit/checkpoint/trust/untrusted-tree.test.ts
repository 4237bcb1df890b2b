import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  boundsIn,
  CHECKPOINT_BOUNDS,
  exceededBound,
  findForbiddenEntry,
  watchGrowth,
} from '../../../../src/checkpoint/trust/untrusted-tree.ts';

/** A tree like that of a checkpoint. */
function tree(): string {
  const root = mkdtempSync(join(tmpdir(), 'oaievalset-tree-'));
  onTestFinished(() => {
    execFileSync('chmod', ['-R', 'u+rwX', root]);
    rmSync(root, { recursive: true, force: true });
  });
  write(root, 'gpt-4o.test.progress.txt', '["oaieval"]\n');
  write(root, 'org/model,other.test.resume/logs/test-match.s1.simple-v0.jsonl', '{}\n');
  return root;
}

function write(root: string, name: string, content = 'x'): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

test('forbidden entry: a checkpoint has none', async () => {
  const root = tree();
  write(root, 'modèle 模型.set.resume/plan.json');
  expect(await findForbiddenEntry(root)).toBeUndefined();
});

describe('forbidden entry', () => {
  test.each<[string, (root: string) => unknown, RegExp]>([
    ['a link to a file', (root) => symlinkSync('/etc/passwd', join(root, 'l')), /^"l" is a symbolic link$/],
    ['a link to a directory', (root) => symlinkSync('/etc', join(root, 'l')), /^"l" is a symbolic link$/],
    ['a link within the tree', (root) => symlinkSync('org', join(root, 'l')), /^"l" is a symbolic link$/],
    [
      'a link to nowhere',
      (root) => symlinkSync('nowhere', join(root, 'org/l')),
      /^"org\/l" is a symbolic link$/,
    ],
    [
      'a hard link',
      (root) => linkSync(join(root, 'gpt-4o.test.progress.txt'), join(root, 'l')),
      / is a hard link$/,
    ],
    ['a named pipe', (root) => execFileSync('mkfifo', [join(root, 'p')]), /^"p" is a named pipe$/],
    [
      'a setuid program',
      (root) => chmodSync(write(root, 's'), 0o4755),
      /^"s" is a setuid or setgid program$/,
    ],
    [
      'a setgid program',
      (root) => chmodSync(write(root, 's'), 0o2755),
      /^"s" is a setuid or setgid program$/,
    ],
    [
      'a file without permissions',
      (root) => chmodSync(write(root, 'f'), 0),
      /^"f" is a file without permissions$/,
    ],
    [
      'a directory without permissions',
      (root) => chmodSync(join(root, 'org'), 0o200),
      /^"org" is a directory without permissions$/,
    ],
    [
      'a name with a line break',
      (root) => write(root, 'a\n::error::b'),
      /^the name "a\\n::error::b" contains the invisible character \\u000a$/,
    ],
    [
      'a name that acts on a terminal',
      (root) => write(root, 'a\u001b[2Jb'),
      /^the name "a\\u001b\[2Jb" contains the invisible character \\u001b$/,
    ],
    [
      'a name that acts on a terminal with a character of C1',
      (root) => write(root, 'a\u009b2Jb'),
      /^the name "ab" contains the invisible character \\u009b$/,
    ],
    [
      'a name that reads backwards',
      (root) => write(root, 'a\u202etxt'),
      /^the name "a\\u202etxt" contains the invisible character \\u202e$/,
    ],
    [
      'a name with a line separator of Unicode',
      (root) => write(root, 'a\u2028b'),
      /^the name "a b" contains the invisible character \\u2028$/,
    ],
    [
      'a path that is too long',
      (root) => write(root, `${'d'.repeat(200)}/`.repeat(6).concat('f')),
      /^the path "d.* … \(shortened, .* bytes\) … d+" is longer than 1024 bytes$/,
    ],
    [
      'a path that is too long in bytes',
      (root) => write(root, `${'ü'.repeat(100)}/`.repeat(6).concat('f')),
      /^the path "ü.* … \(shortened, .* bytes\) … ü+" is longer than 1024 bytes$/,
    ],
    [
      'a tree that is too deep',
      (root) => write(root, 'd/'.repeat(40).concat('f')),
      / is nested deeper than 32 directories$/,
    ],
    [
      'a file that pretends to be huge',
      (root) => truncateSync(write(root, 'f'), 9e9),
      /^it contains more than 8\.6 GB$/,
    ],
  ])('forbidden entry: %s', async (_what, make, why) => {
    const root = tree();
    make(root);
    expect(await findForbiddenEntry(root)).toMatch(why);
  });

  test('forbidden entry: a socket', async () => {
    const root = tree();
    const server = createServer();
    await new Promise<void>((listening) => server.listen(join(root, 's'), listening));
    expect(await findForbiddenEntry(root)).toBe('"s" is a socket');
    await new Promise((closed) => server.close(closed));
  });

  test('forbidden entry: a device', async ({ skip }) => {
    const root = tree();
    const { status } = spawnSync('mknod', [join(root, 'd'), 'c', '1', '3']);
    skip(status !== 0, 'only root can make one');
    expect(await findForbiddenEntry(root)).toBe('"d" is a device');
  });

  test('forbidden entry: a name that is not UTF-8', async () => {
    const root = tree();
    writeFileSync(Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xff, 0xfe])]), 'x');
    expect(await findForbiddenEntry(root)).toBe('it cannot be read completely (ENOENT)');
  });

  test('forbidden entry: too many files', async () => {
    const root = tree();
    for (let n = 0; n < 50; n += 1) write(root, `f${n}`);
    expect(await findForbiddenEntry(root, { ...CHECKPOINT_BOUNDS, entries: 40 })).toBe(
      'it contains more than 40 files',
    );
    expect(await findForbiddenEntry(root, { ...CHECKPOINT_BOUNDS, entries: 60 })).toBeUndefined();
  });

  test('forbidden entry: too many bytes in many files', async () => {
    const root = tree();
    for (let n = 0; n < 10; n += 1) write(root, `f${n}`, 'x'.repeat(100_000));
    expect(await findForbiddenEntry(root, { ...CHECKPOINT_BOUNDS, bytes: 900_000 })).toBe(
      'it contains more than 1 MB',
    );
    expect(await findForbiddenEntry(root, { ...CHECKPOINT_BOUNDS, bytes: 2_000_000 })).toBeUndefined();
  });
});

describe('the search for a forbidden entry', () => {
  test('forbidden entry: the search lets the process handle a signal, and ends with it', async () => {
    const root = tree();
    for (let n = 0; n < 500; n += 1) writeFileSync(join(root, `f${n}`), '');
    expect(await findForbiddenEntry(root)).toBeUndefined();
    const cancelled = new AbortController();
    const searching = findForbiddenEntry(root, CHECKPOINT_BOUNDS, cancelled.signal);
    // A search that blocks the process would end before this is called.
    setImmediate(() => cancelled.abort(new Error('cancelled')));
    await expect(searching).rejects.toThrow('cancelled');
  });

  test('forbidden entry: after the search no other user of the machine can read the tree', async () => {
    const root = tree();
    chmodSync(write(root, 'open/by/all'), 0o666);
    chmodSync(join(root, 'open'), 0o777);
    expect(await findForbiddenEntry(root)).toBeUndefined();
    const modes = ['open', 'open/by', 'open/by/all'].map((name) => statSync(join(root, name)).mode & 0o777);
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });
});

describe('growing tree', () => {
  test('growing tree: is stopped at its bounds', async ({ signal }) => {
    const root = tree();
    const done = new AbortController();
    const stop = new AbortController();
    const watching = watchGrowth(
      root,
      { ...CHECKPOINT_BOUNDS, entries: 20 },
      () => stop.abort(),
      done.signal,
    );
    // A bomb grows until it is stopped, or the test is.
    for (let n = 0; !stop.signal.aborted && !signal.aborted; n += 1) {
      write(root, `f${n}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await watching).toBe('it unpacks to more than 20 files');
  });

  test('growing tree: is not stopped within its bounds', async () => {
    const root = tree();
    const done = new AbortController();
    const watching = watchGrowth(root, CHECKPOINT_BOUNDS, () => expect.fail('stopped'), done.signal);
    done.abort();
    expect(await watching).toBeUndefined();
    expect(await exceededBound(root, CHECKPOINT_BOUNDS)).toBeUndefined();
    expect(await exceededBound(root, { ...CHECKPOINT_BOUNDS, bytes: 1 })).toBe(
      'it unpacks to more than 1 MB',
    );
  });

  test('growing tree: paths that are too long to be opened hide no other files', async () => {
    const root = tree();
    // All three count, in whichever order they are found.
    for (const name of ['a', 'm', 'z']) write(root, `${name}/b/c/f`, 'x'.repeat(400_000));
    // Only step by step can a process get this deep.
    const make = `import os, sys
for tree in range(9):
    os.chdir(sys.argv[1])
    for depth in range(20): name = str(tree) * 250; os.mkdir(name); os.chdir(name)`;
    execFileSync('python3', ['-c', make, root]);
    expect(await exceededBound(root, { ...CHECKPOINT_BOUNDS, bytes: 1_000_000 })).toBe(
      'it unpacks to more than 1 MB',
    );
  });

  test('growing tree: directories that only root can read hide no other files', async () => {
    const root = tree();
    for (const name of ['a', 'm', 'z']) write(root, `${name}/b/c/f`, 'x'.repeat(400_000));
    for (let n = 0; n < 9; n += 1) mkdirSync(join(root, `d${n}`), { mode: 0 });
    expect(await exceededBound(root, { ...CHECKPOINT_BOUNDS, bytes: 1_000_000 })).toBe(
      'it unpacks to more than 1 MB',
    );
  });

  test('growing tree: a file counts with the blocks it takes on the disk', async () => {
    const root = tree();
    for (let n = 0; n < 100; n += 1) write(root, `f${n}`);
    expect(await exceededBound(root, { ...CHECKPOINT_BOUNDS, bytes: 50_000 })).toBe(
      'it unpacks to more than 1 MB',
    );
  });

  test('growing tree: the message names the free space when that is the bound', async () => {
    expect(await exceededBound(tree(), { ...CHECKPOINT_BOUNDS, bytes: 1, limitedByDisk: true })).toBe(
      'it unpacks to more than 1 MB, half of what is free on the disk of this runner',
    );
  });

  test('growing tree: the bound is at most half of the free space', () => {
    const root = tree();
    const { bytes, limitedByDisk } = boundsIn(root, { ...CHECKPOINT_BOUNDS, bytes: Number.MAX_SAFE_INTEGER });
    expect(limitedByDisk).toBe(true);
    expect(bytes).toBeLessThan(Number.MAX_SAFE_INTEGER);
    expect(boundsIn(root, { ...CHECKPOINT_BOUNDS, bytes: 5 })).toEqual({ ...CHECKPOINT_BOUNDS, bytes: 5 });
  });
});
