/** Why a path cannot be used. `test/misconfigurations/paths.ts` has what the inputs make of it. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { whyNoDirectory, whyNoFile, whyNoNewDirectory, whyNoProgram } from '../../src/path-faults.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** A directory with one of each kind. */
function tree(): string {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'directory'));
  writeFileSync(join(root, 'file'), '');
  symlinkSync('gone', join(root, 'dangling'));
  symlinkSync('circle', join(root, 'circle'));
  symlinkSync('directory', join(root, 'link'));
  return root;
}

/** With the name of the directory removed. */
function clause(why: (path: string) => string | undefined, path: string): string | undefined {
  const root = tree();
  return why(path.startsWith('/') ? path : join(root, path))?.replaceAll(root, '');
}

describe('whyNoDirectory', () => {
  test.each([
    ['directory', undefined],
    ['link', undefined],
    ['gone', 'there is no directory /gone'],
    ['gone/a', 'there is no directory /gone/a'],
    ['file', 'it is a file, not a directory'],
    ['file/a', '/file is a file, so nothing can be below it'],
    ['file/a/b/c', '/file is a file, so nothing can be below it'],
    ['dangling', '/dangling is a link to gone, which does not exist'],
    ['dangling/a', '/dangling is a link to gone, which does not exist'],
    ['circle', 'its links lead in a circle'],
    ['circle/a', 'its links lead in a circle'],
    ['x'.repeat(300), 'it is too long for a path'],
    ['/dev/null', 'it is a device, not a directory'],
    ['/dev/null/a', '/dev/null is a device, so nothing can be below it'],
  ])('whyNoDirectory: %s', (path, why) => {
    expect(clause(whyNoDirectory, path)).toBe(why);
  });
});

describe('whyNoFile', () => {
  test.each([
    ['file', undefined],
    ['directory', 'it is a directory, not a file'],
    ['link', 'it is a directory, not a file'],
    ['gone', 'there is no file /gone'],
    ['file/a', '/file is a file, so nothing can be below it'],
    ['dangling', '/dangling is a link to gone, which does not exist'],
    ['circle', 'its links lead in a circle'],
    ['/dev/null', 'it is a device, not a file'],
  ])('whyNoFile: %s', (path, why) => {
    expect(clause(whyNoFile, path)).toBe(why);
  });
});

describe('whyNoNewDirectory', () => {
  test.each([
    ['directory', undefined],
    ['link', undefined],
    ['link/new', undefined],
    ['gone', undefined],
    ['gone/a/b', undefined],
    ['file', 'it is a file, not a directory'],
    ['file/a', '/file is a file, so nothing can be below it'],
    ['dangling', '/dangling is a link to gone, which does not exist'],
    ['dangling/a', '/dangling is a link to gone, which does not exist'],
    ['circle', 'its links lead in a circle'],
    ['x'.repeat(300), 'it is too long for a path'],
    ['/dev/null', 'it is a device, not a directory'],
  ])('whyNoNewDirectory: %s', (path, why) => {
    expect(clause(whyNoNewDirectory, path)).toBe(why);
  });

  test.runIf(process.platform === 'linux').each(['/proc', '/proc/x', '/proc/self/a/b', '/sys/x'])(
    'whyNoNewDirectory: %s, where nothing can be stored',
    (path) => {
      expect(whyNoNewDirectory(path)).toMatch(
        /^\/(proc|sys)\S* belongs to the system, which stores no files there$/,
      );
    },
  );
});

describe('whyNoProgram', () => {
  test.each([
    ['/bin/sh', undefined],
    ['directory', 'it is a directory, not a program'],
    ['file', 'it is not executable'],
    ['gone', 'there is no file /gone'],
    ['file/a', '/file is a file, so nothing can be below it'],
    ['dangling', '/dangling is a link to gone, which does not exist'],
    ['/dev/null', 'it is a device, not a program'],
  ])('whyNoProgram: %s', (path, why) => {
    expect(clause(whyNoProgram, path)).toBe(why);
  });
});

test.runIf(process.geteuid?.() !== 0)('path faults: permissions of a user who is not root', () => {
  const root = tree();
  chmodSync(join(root, 'directory'), 0o500);
  expect(whyNoNewDirectory(join(root, 'directory/a'))).toBe(
    `the user of this job may not write to ${root}/directory`,
  );
  expect(whyNoNewDirectory(join(root, 'directory'))).toBeUndefined();
  chmodSync(join(root, 'directory'), 0);
  expect(whyNoDirectory(join(root, 'directory'))).toBe(`the user of this job may not read ${root}/directory`);
  chmodSync(join(root, 'directory'), 0o700);
});
