/** Few bytes are hashed in this thread, many in others. The hashes are the same, and signals are handled meanwhile. */
import { createHash } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileHashes } from '../../../src/plan/file-hashes.ts';

let directory = '';
beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'file-hashes-test-')));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const MEGABYTE = 1024 ** 2;

/** Files of these sizes, each with other content. */
function filesOf(...sizes: number[]): { paths: string[]; hashes: string[] } {
  const files = sizes.map((size, index) => {
    const content = Buffer.alloc(size, `${index} of ${sizes.length}, `);
    const path = join(directory, `${sizes.length}-${index}`);
    writeFileSync(path, content);
    return { path, hash: createHash('sha256').update(content).digest('hex') };
  });
  return { paths: files.map(({ path }) => path), hashes: files.map(({ hash }) => hash) };
}

describe('hashes of files', () => {
  test.each([
    ['few bytes', [0, 1, MEGABYTE, MEGABYTE + 1, 3 * MEGABYTE]],
    ['many bytes', [0, 7, 90 * MEGABYTE, MEGABYTE, 80 * MEGABYTE + 1, 5]],
    ['one large file', [170 * MEGABYTE]],
  ])('FileHashes: the hashes of %s are those of their content', async (_, sizes) => {
    const { paths, hashes } = filesOf(...sizes);
    const found = new FileHashes();
    await found.read(paths);
    expect(paths.map((path) => found.of(path))).toEqual(hashes);
    rmSync(paths[0] ?? '');
    // Each file is read once.
    await found.read(paths);
    expect(found.of(paths[0] ?? '')).toBe(hashes[0]);
  });

  test('FileHashes: this thread handles signals while many bytes are hashed', async () => {
    const path = join(directory, 'large');
    writeFileSync(path, '');
    truncateSync(path, 512 * MEGABYTE);
    const reading = new FileHashes().read([path]).then(() => 'read');
    const heard = new Promise((resolve) => process.once('SIGUSR2', resolve));
    process.kill(process.pid, 'SIGUSR2');
    expect(await Promise.race([reading, heard])).toBe('SIGUSR2');
    await reading;
  });

  test('FileHashes: reading fails when one file cannot be read, in threads too', async () => {
    const { paths } = filesOf(170 * MEGABYTE, 1, 2);
    await expect(new FileHashes().read([...paths, join(directory, 'absent')])).rejects.toThrow('ENOENT');
    await expect(new FileHashes().read([...paths, directory])).rejects.toThrow('not a regular file');
    await expect(new FileHashes().read([...paths, '/proc/self/status'])).rejects.toThrow(
      /status changed while it was read, or is not a regular file/,
    );
  });
});
