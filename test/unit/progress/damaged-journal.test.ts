/** Journals that a crash, a failing disk or someone else has changed: only intact responses of this content are replayed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Journal } from '../../../src/progress/journal.ts';
import { Journals } from '../../../src/progress/journals.ts';
import { sha256 } from '../../helpers/builders.ts';
import {
  journalOwner,
  newPaths,
  opened,
  record,
  response,
  sealedIn,
  sealedNames,
  segmentPath,
} from '../../helpers/journal-directory.ts';

/** A line whose checksum is right, whatever it contains. */
function intact(rest: string): string {
  return `{"crc":"${crc32(rest).toString(16).padStart(8, '0')}",${rest}\n`;
}

/** Inverts one bit of a byte of a file. */
function damage(path: string, bytes: Buffer, offset: number): void {
  const damaged = Buffer.from(bytes);
  damaged[offset] = (damaged[offset] ?? 0) ^ 1;
  writeFileSync(path, damaged);
}

describe('damaged journal: torn and damaged lines', () => {
  test('damaged journal: cut anywhere in the last line, it replays everything before that line', () => {
    const paths = newPaths();
    record(paths, ['one', 'two', 'three']);
    const path = segmentPath(paths);
    const whole = readFileSync(path);
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let length = lastLine; length < whole.length - 1; length += 1) {
      writeFileSync(path, whole.subarray(0, length));
      const { journal, damaged } = Journal.open(paths, journalOwner);
      expect(journal.size).toBe(2);
      expect(damaged).toBe(length === lastLine ? 0 : 1);
      journal.close();
    }
  });

  test('damaged journal: a damaged line costs only its own response', () => {
    const paths = newPaths();
    record(paths, ['one', 'two', 'three']);
    const path = segmentPath(paths);
    const bytes = readFileSync(path);
    const place = bytes.indexOf('"text":"two"');
    for (let offset = place - 60; offset < place + 12; offset += 1) {
      damage(path, bytes, offset);
      const journal = opened(paths);
      expect(journal.find(sha256('one'), 0)).toEqual(response('one'));
      expect(journal.find(sha256('two'), 0)).toBeUndefined();
      expect(journal.find(sha256('three'), 0)).toEqual(response('three'));
      journal.close();
    }
  });

  test('damaged journal: a damaged header costs no response', () => {
    const paths = newPaths();
    record(paths, ['one', 'two']);
    const path = segmentPath(paths);
    const bytes = readFileSync(path);
    for (let offset = 0; offset < bytes.indexOf(10); offset += 7) {
      damage(path, bytes, offset);
      const { journal, rejected, damaged } = Journal.open(paths, journalOwner);
      expect({ damaged, rejected }).toEqual({ damaged: 1, rejected: [] });
      for (const text of ['one', 'two']) expect(journal.find(sha256(text), 0)).toEqual(response(text));
      journal.close();
    }
  });

  test('damaged journal: a response that is damaged after the journal was opened is not replayed', () => {
    const paths = newPaths();
    record(paths, ['one', 'two']);
    const journal = opened(paths);
    const path = segmentPath(paths);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"text":"two"', '"text":"six"'));
    expect(journal.find(sha256('one'), 0)).toEqual(response('one'));
    expect(journal.find(sha256('two'), 0)).toBeUndefined();
  });

  test('damaged journal: a line without an end is read only to the maximum length of a line', () => {
    const paths = newPaths();
    record(paths, ['one']);
    truncateSync(segmentPath(paths), 300 * 1024 ** 2);
    const { journal, damaged } = Journal.open(paths, journalOwner);
    expect(journal.find(sha256('one'), 0)).toEqual(response('one'));
    expect(damaged).toBe(1);
  });
});

describe('damaged journal: intact lines with an invalid response', () => {
  const { eval: key, repository, fingerprint } = journalOwner;
  const tag = sha256(JSON.stringify([key, repository, fingerprint])).slice(0, 16);
  const entry = { key: sha256('k'), n: 0, status: 200, type: 'text/plain', usage: [1, 1, 0, 0], text: 'x' };

  test.each<[string, object]>([
    ['the status of an error', { status: 500 }],
    ['a status that is not a number', { status: '200' }],
    ['a negative number of tokens', { usage: [-1, 1, 0, 0] }],
    ['half a token', { usage: [0.5, 1, 0, 0] }],
    ['too few token counts', { usage: [1] }],
    ['a body that cannot be decompressed', { text: undefined, zstd: 'AAAA' }],
    [
      'a body that decompresses to more than a response can have',
      { text: undefined, zstd: zstdCompressSync(Buffer.alloc(257 * 1024 ** 2)).toString('base64') },
    ],
  ])('damaged journal: a response with %s is not replayed', (_, changes) => {
    const paths = newPaths();
    mkdirSync(sealedIn(paths), { recursive: true });
    const line = (fields: object) => intact(JSON.stringify({ of: tag, ...fields }).slice(1));
    const other = { ...entry, key: sha256('other') };
    writeFileSync(segmentPath(paths), line({ ...entry, ...changes }) + line(other));
    const journal = opened(paths);
    expect(journal.find(entry.key, 0)?.body.length).toBeUndefined();
    expect(journal.find(other.key, 0)?.body.toString()).toBe('x');
    journal.close();
  });
});

describe('damaged journal: segments of other content', () => {
  test('damaged journal: segments of another fingerprint are deleted, and their parts are returned', () => {
    const paths = newPaths();
    record(paths, ['one']);
    const changed = { ...journalOwner, fingerprint: sha256('new'), parts: {} };
    const { journal, staleParts } = Journal.open(paths, changed);
    expect(staleParts).toEqual(journalOwner.parts);
    expect(journal.size).toBe(0);
    expect(sealedNames(paths)).toEqual([]);
  });

  test.each([
    ['another repository', { ...journalOwner, repository: 'x/y' }],
    ['another eval', { ...journalOwner, eval: 'b.dev.v0' }],
  ])('damaged journal: a segment of %s is quarantined', (_, theirs) => {
    const [mine, other] = [newPaths(), newPaths()];
    record(other, ['one'], theirs);
    mkdirSync(sealedIn(mine), { recursive: true });
    writeFileSync(segmentPath(mine), readFileSync(join(other.journal, theirs.eval, '1.jsonl')));
    const { journal, staleParts, rejected } = Journal.open(mine, journalOwner);
    expect(staleParts).toBeUndefined();
    expect(journal.has(sha256('one'), 0)).toBe(false);
    expect(rejected).toEqual([
      { path: expect.stringMatching(/\/a\.dev\.v0\.rejected-\w+$/), why: 'it is not a journal of this eval' },
    ]);
    expect(rejected.map(({ path }) => readdirSync(path))).toEqual([['1.jsonl']]);
    expect(sealedNames(mine)).toEqual([]);
  });

  test.each([
    ['deleted', 0, ''],
    ['deleted', 0, '{}'],
    ['deleted', 0, 'rubbish\n'],
    ['quarantined', 1, '\u0000\n{"crc":"00000000","key":"x"}\n'],
    ['quarantined', 1, intact('no JSON')],
    ['quarantined', 1, intact('"journal":1}')],
    ['quarantined', 1, intact(`"journal":2,${JSON.stringify({ ...journalOwner }).slice(1)}`)],
    ['quarantined', 1, intact('"of":"0123456789abcdef","key":"x"}')],
  ])('damaged journal: a file that is not a segment is %s (%i quarantined): %j', (_, quarantined, text) => {
    const paths = newPaths();
    mkdirSync(sealedIn(paths), { recursive: true });
    writeFileSync(segmentPath(paths), text);
    const { journal, rejected } = Journal.open(paths, journalOwner);
    expect(journal.size).toBe(0);
    expect(rejected).toHaveLength(quarantined);
    expect(sealedNames(paths)).toEqual([]);
  });

  test.each([
    ['another fingerprint', { ...journalOwner, fingerprint: sha256('new') }],
    ['another eval', { ...journalOwner, eval: 'b.dev.v0' }],
  ])('damaged journal: lines of %s between those of this content are not used', (_, theirs) => {
    const [paths, other] = [newPaths(), newPaths()];
    record(paths, ['one']);
    record(other, ['one', 'two'], theirs);
    const path = segmentPath(paths);
    const foreign = readFileSync(join(other.journal, theirs.eval, '1.jsonl'));
    writeFileSync(path, Buffer.concat([readFileSync(path), foreign]));
    const { journal, ...found } = Journal.open(paths, journalOwner);
    expect(found).toEqual({ damaged: 3, rejected: [], staleParts: undefined });
    expect(journal.find(sha256('one'), 0)).toEqual(response('one'));
    expect(journal.find(sha256('two'), 0)).toBeUndefined();
  });
});

describe('damaged journal: entries of other kinds', () => {
  test.each<[string, (directory: string, theirs: string) => unknown]>([
    ['a file', (directory) => writeFileSync(directory, 'x')],
    ['a link to another journal', (directory, theirs) => symlinkSync(theirs, directory)],
  ])('damaged journal: %s in place of the directory is ignored', (_, make) => {
    const [paths, other, third] = [newPaths(), newPaths(), newPaths()];
    record(other, ['one']);
    mkdirSync(paths.journal, { recursive: true });
    make(sealedIn(paths), sealedIn(other));
    expect(opened(paths).size).toBe(0);
    expect(sealedNames(other)).toEqual(['1.jsonl']);
    expect(new Journals(third).adopt(paths, journalOwner)).toBeUndefined();
    expect(opened(third).size).toBe(0);
  });

  test.each<[string, string, (path: string, theirs: string) => unknown]>([
    ['a directory', '2.jsonl', (path) => mkdirSync(path)],
    ['a link', '2.jsonl', (path, theirs) => symlinkSync(theirs, path)],
    ['a pipe', '2.jsonl', (path) => execFileSync('mkfifo', [path])],
    ['a file with another name', 'notes.txt', (path) => writeFileSync(path, 'x')],
    ['a file with the number 0', '0.jsonl', (path) => writeFileSync(path, 'x')],
    ['a file with a number that is too large', '1234567890.jsonl', (path) => writeFileSync(path, 'x')],
  ])('damaged journal: %s next to segments is ignored and stays', (_, name, make) => {
    const [paths, other, third] = [newPaths(), newPaths(), newPaths()];
    record(paths, ['one']);
    record(other, ['two']);
    make(join(sealedIn(paths), name), segmentPath(other));
    const { journal, damaged, rejected } = Journal.open(paths, journalOwner);
    expect({ size: journal.size, damaged, rejected }).toEqual({ size: 1, damaged: 0, rejected: [] });
    expect(sealedNames(paths)).toContain(name);
    new Journals(third).adopt(paths, journalOwner);
    expect(sealedNames(third)).toEqual(['1.jsonl']);
  });
});
