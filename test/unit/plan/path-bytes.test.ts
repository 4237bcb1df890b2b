/** File names are bytes. Text from Python leads to the same bytes on disk. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileHashes } from '../../../src/plan/file-hashes.ts';
import { namesIn, pathBytes, pathText } from '../../../src/plan/path-bytes.ts';
import { sha256, temporaryDirectory } from '../../helpers/builders.ts';

test.each([
  ['plain', [0x61, 0x62], 'ab'],
  ['UTF-8', [0xc3, 0xa9], 'é'],
  ['Latin-1', [0x63, 0x61, 0x66, 0xe9, 0x2e], 'caf\udce9.'],
  ['cut off', [0xe2, 0x82], '\udce2\udc82'],
  ['mixed', [0xf0, 0x9f, 0x8d, 0x8f, 0xff, 0xc3, 0xa9], '🍏\udcffé'],
  ['Shift JIS', [0x83, 0x65], '\udc83e'],
])('path bytes: a name becomes text and the same bytes again: %s', (_, bytes, text) => {
  expect(pathText(Buffer.from(bytes))).toBe(text);
  expect(Buffer.from(pathBytes(text))).toEqual(Buffer.from(bytes));
});

test('path bytes: files whose names are not UTF-8 are listed and read', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'd'));
  const names = [[0xe9], [0xe8]].map((bytes) => Buffer.from(bytes));
  for (const name of names)
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/d/`), name]), name.toString('hex'));
  expect(namesIn(join(directory, 'd')).sort()).toEqual(['\udce8', '\udce9']);
  const hashes = new FileHashes();
  const path = join(directory, 'd/\udce9');
  await hashes.read([path]);
  expect(hashes.of(path)).toBe(sha256('e9'));
});
