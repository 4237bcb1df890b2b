import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ApiResponse } from '../../../src/model/api-response.ts';
import { Journal, type JournalOwner } from '../../../src/progress/journal.ts';
import { Journals } from '../../../src/progress/journals.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { sha256, temporaryDirectory } from '../../helpers/builders.ts';

const owner: JournalOwner = {
  eval: 'a.dev.v0',
  repository: 'o/r',
  fingerprint: sha256('content'),
  parts: { samples: sha256('samples') },
};
const usage = { prompt: 9, completion: 3, cached: 1, reasoning: 2 };

function answer(text: string | Buffer): ApiResponse {
  return { status: 200, type: 'application/json', body: Buffer.from(text), usage };
}

const paths = (root = temporaryDirectory()) => statePaths(root, 'gpt-4', 'set');
const sealed = (at: ReturnType<typeof paths>) => join(at.journal, 'a.dev.v0');

/** A journal with these answers under the keys of their texts, sealed. */
function written(at: ReturnType<typeof paths>, ...texts: string[]): void {
  const { journal } = Journal.open(at, owner);
  for (const text of texts) journal.append(sha256(text), 0, answer(text));
  journal.seal();
  journal.close();
}

test('gives back each answer by key and occurrence, while it is written and after it was sealed', () => {
  const at = paths();
  const { journal } = Journal.open(at, owner);
  const bodies = ['{"ü": "😀\\n"}', Buffer.from([0, 255, 254, 10, 34]), 'x'.repeat(1_000_000), ''];
  for (const [n, body] of bodies.entries()) journal.append(sha256('k'), n, answer(body));
  const all = (from: Journal) => bodies.map((_, n) => from.find(sha256('k'), n));
  const expected = bodies.map((body) => answer(body));
  expect(all(journal)).toEqual(expected);
  journal.seal();
  expect(all(journal)).toEqual(expected);
  journal.append(sha256('later'), 0, answer('later'));
  journal.close();

  const again = Journal.open(at, owner);
  expect(again).toMatchObject({ staleParts: undefined, damaged: 0 });
  expect(again.journal.size).toBe(5);
  expect(all(again.journal)).toEqual(expected);
  expect(again.journal.find(sha256('later'), 0)).toEqual(answer('later'));
  expect(again.journal.find(sha256('k'), 4)).toBeUndefined();
  expect(again.journal.has(sha256('other'), 0)).toBe(false);
});

test('answers that an earlier version kept of the same content are used, beside those of this one', () => {
  const at = paths();
  written(at, 'before');
  const now: JournalOwner = {
    ...owner,
    fingerprint: sha256('told anew'),
    formerFingerprints: [owner.fingerprint],
  };
  const { journal, staleParts, damaged } = Journal.open(at, now);
  expect([journal.size, staleParts, damaged]).toEqual([1, undefined, 0]);
  journal.append(sha256('after'), 0, answer('after'));
  journal.seal();
  journal.close();
  const again = Journal.open(at, now).journal;
  expect(['before', 'after'].map((text) => again.find(sha256(text), 0))).toEqual(
    ['before', 'after'].map(answer),
  );
  // Nothing of the earlier version is written again.
  expect(readFileSync(join(sealed(at), '2.jsonl'), 'utf8')).not.toContain('earlier');
});

test('a large answer is compressed where that pays', () => {
  const at = paths();
  written(at, 'x'.repeat(1_000_000));
  expect(readFileSync(join(sealed(at), '1.jsonl')).length).toBeLessThan(10_000);
});

test('cut off anywhere, everything before the cut is kept', () => {
  const at = paths();
  written(at, 'one', 'two', 'three');
  const path = join(sealed(at), '1.jsonl');
  const whole = readFileSync(path);
  const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
  for (let length = lastLine; length < whole.length - 1; length += 1) {
    writeFileSync(path, whole.subarray(0, length));
    const { journal, damaged } = Journal.open(at, owner);
    expect(journal.size).toBe(2);
    expect(damaged).toBe(length === lastLine ? 0 : 1);
    journal.close();
  }
});

test('a damaged line costs that line only', () => {
  const at = paths();
  written(at, 'one', 'two', 'three');
  const path = join(sealed(at), '1.jsonl');
  const bytes = readFileSync(path);
  const place = bytes.indexOf('"text":"two"');
  for (let offset = place - 60; offset < place + 12; offset += 1) {
    const damaged = Buffer.from(bytes);
    damaged[offset] = (damaged[offset] ?? 0) ^ 1;
    writeFileSync(path, damaged);
    const { journal } = Journal.open(at, owner);
    expect(journal.find(sha256('one'), 0)).toEqual(answer('one'));
    expect(journal.find(sha256('two'), 0)).toBeUndefined();
    expect(journal.find(sha256('three'), 0)).toEqual(answer('three'));
    journal.close();
  }
});

test('a damaged first line costs no answer', () => {
  const at = paths();
  written(at, 'one', 'two');
  const path = join(sealed(at), '1.jsonl');
  const bytes = readFileSync(path);
  for (let offset = 0; offset < bytes.indexOf(10); offset += 7) {
    const damaged = Buffer.from(bytes);
    damaged[offset] = (damaged[offset] ?? 0) ^ 1;
    writeFileSync(path, damaged);
    const { journal, rejected, ...opened } = Journal.open(at, owner);
    expect(opened.damaged).toBe(1);
    expect(rejected).toEqual([]);
    expect(journal.find(sha256('one'), 0)).toEqual(answer('one'));
    expect(journal.find(sha256('two'), 0)).toEqual(answer('two'));
    journal.close();
  }
});

describe('answers that are not of this content', () => {
  test('of another fingerprint: dropped, and what they belonged to is told', () => {
    const at = paths();
    written(at, 'one');
    const { journal, staleParts } = Journal.open(at, { ...owner, fingerprint: sha256('new'), parts: {} });
    expect(staleParts).toEqual(owner.parts);
    expect(journal.size).toBe(0);
    expect(readdirSync(sealed(at))).toEqual([]);
  });

  test.each([
    ['of another repository', { ...owner, repository: 'x/y' }],
    ['of another eval', { ...owner, eval: 'b.dev.v0' }],
  ])('%s: not used', (_, theirs) => {
    const [mine, other] = [paths(), paths()];
    const { journal } = Journal.open(other, theirs);
    journal.append(sha256('one'), 0, answer('one'));
    journal.seal();
    journal.close();
    mkdirSync(sealed(mine), { recursive: true });
    const from = join(other.journal, readdirSync(other.journal)[0] ?? '', '1.jsonl');
    writeFileSync(join(sealed(mine), '1.jsonl'), readFileSync(from));
    const opened = Journal.open(mine, owner);
    expect(opened.staleParts).toBeUndefined();
    expect(opened.journal.has(sha256('one'), 0)).toBe(false);
    expect(opened.rejected).toEqual([
      { path: expect.stringMatching(/\/a\.dev\.v0\.rejected-\w+$/), why: 'it is not a journal of this eval' },
    ]);
    expect(opened.rejected.map(({ path }) => readdirSync(path))).toEqual([['1.jsonl']]);
    expect(readdirSync(sealed(mine))).toEqual([]);
  });

  test.each([
    ['', 0],
    ['{}', 0],
    ['rubbish\n', 0],
    ['\u0000\n{"crc":"00000000","key":"x"}\n', 1],
    [intact('no JSON'), 1],
    [intact('"journal":1}'), 1],
    [intact(`"journal":2,${JSON.stringify({ ...owner }).slice(1)}`), 1],
    [intact('"of":"0123456789abcdef","key":"x"}'), 1],
  ])('no journal at all: %j', (text, kept) => {
    const at = paths();
    mkdirSync(sealed(at), { recursive: true });
    writeFileSync(join(sealed(at), '1.jsonl'), text);
    const { journal, rejected } = Journal.open(at, owner);
    expect(journal.size).toBe(0);
    expect(rejected, 'what could be of use to someone is quarantined').toHaveLength(kept);
    expect(readdirSync(sealed(at))).toEqual([]);
  });

  test('in the midst of those of this content: not used', () => {
    const at = paths();
    for (const theirs of [
      { ...owner, fingerprint: sha256('new') },
      { ...owner, eval: 'b.dev.v0' },
    ]) {
      written(at, 'one');
      const other = paths();
      const { journal } = Journal.open(other, theirs);
      for (const text of ['one', 'two']) journal.append(sha256(text), 0, answer('theirs'));
      journal.seal();
      const foreign = readFileSync(join(other.journal, readdirSync(other.journal)[0] ?? '', '1.jsonl'));
      const path = join(sealed(at), '1.jsonl');
      writeFileSync(path, Buffer.concat([readFileSync(path), foreign]));
      const opened = Journal.open(at, owner);
      expect(opened).toMatchObject({ damaged: 3, rejected: [], staleParts: undefined });
      expect(opened.journal.find(sha256('one'), 0)).toEqual(answer('one'));
      expect(opened.journal.find(sha256('two'), 0)).toBeUndefined();
      opened.journal.drop();
    }
  });
});

/** A line whose checksum is right, whatever it says. */
function intact(rest: string): string {
  return `{"crc":"${crc32(rest).toString(16).padStart(8, '0')}",${rest}\n`;
}

describe('an answer is not given back', () => {
  const tag = sha256(JSON.stringify([owner.eval, owner.repository, owner.fingerprint])).slice(0, 16);
  const entry = { key: sha256('k'), n: 0, status: 200, type: 'text/plain', usage: [1, 1, 0, 0], text: 'x' };

  test.each<[string, object]>([
    ['that is an error', { status: 500 }],
    ['whose status is none', { status: '200' }],
    ['that took fewer than no tokens', { usage: [-1, 1, 0, 0] }],
    ['that took half a token', { usage: [0.5, 1, 0, 0] }],
    ['of too few counts', { usage: [1] }],
    ['whose body cannot be unpacked', { text: undefined, zstd: 'AAAA' }],
    [
      'that unpacks to more than any answer has',
      { text: undefined, zstd: zstdCompressSync(Buffer.alloc(257 * 1024 ** 2)).toString('base64') },
    ],
  ])('%s', (_, changes) => {
    const at = paths();
    mkdirSync(sealed(at), { recursive: true });
    const line = (fields: object) => intact(JSON.stringify({ of: tag, ...fields }).slice(1));
    const other = { ...entry, key: sha256('other') };
    writeFileSync(join(sealed(at), '1.jsonl'), line({ ...entry, ...changes }) + line(other));
    const { journal } = Journal.open(at, owner);
    expect(journal.find(entry.key, 0)?.body.length).toBeUndefined();
    expect(journal.find(other.key, 0)?.body.toString()).toBe('x');
    journal.close();
  });

  test('that is damaged after it was found', () => {
    const at = paths();
    written(at, 'one', 'two');
    const { journal } = Journal.open(at, owner);
    const path = join(sealed(at), '1.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"text":"two"', '"text":"six"'));
    expect(journal.find(sha256('one'), 0)).toEqual(answer('one'));
    expect(journal.find(sha256('two'), 0)).toBeUndefined();
  });

  test('to a request whose key only begins the same', () => {
    const at = paths();
    written(at, 'one');
    const { journal } = Journal.open(at, owner);
    const like = sha256('one').slice(0, 40).padEnd(64, '0');
    expect(journal.has(like, 0)).toBe(true);
    expect(journal.find(like, 0)).toBeUndefined();
  });
});

test('an answer of many megabytes comes back', () => {
  const at = paths();
  const { journal } = Journal.open(at, owner);
  const bodies = [randomBytes(1_500_000), randomBytes(3_000_000)];
  for (const [n, body] of bodies.entries()) journal.append(sha256('k'), n, answer(body));
  journal.append(sha256('last'), 0, answer('last'));
  journal.close();
  const again = Journal.open(at, owner).journal;
  for (const [n, body] of bodies.entries()) expect(again.find(sha256('k'), n)?.body.equals(body)).toBe(true);
  expect(again.find(sha256('last'), 0)).toEqual(answer('last'));
});

test('a line without an end is not read to its end', () => {
  const at = paths();
  written(at, 'one');
  truncateSync(join(sealed(at), '1.jsonl'), 300 * 1024 ** 2);
  const { journal, damaged } = Journal.open(at, owner);
  expect(journal.find(sha256('one'), 0)).toEqual(answer('one'));
  expect(damaged).toBe(1);
});

test('segments are read in the order of their numbers, and none takes the place of another', () => {
  const at = paths();
  for (let n = 1; n <= 12; n += 1) {
    const { journal } = Journal.open(at, owner);
    journal.append(sha256(String(n)), 0, answer(String(n)));
    journal.append(sha256('newest'), 0, answer(String(n)));
    journal.seal();
    journal.close();
  }
  const { journal } = Journal.open(at, owner);
  expect(journal.size).toBe(13);
  expect(journal.find(sha256('newest'), 0)).toEqual(answer('12'));
});

describe('in place of a journal, or of a segment, is passed over', () => {
  test.each<[string, (folder: string, theirs: string) => unknown]>([
    ['a file', (folder) => writeFileSync(folder, 'x')],
    ['a link to another journal', (folder, theirs) => symlinkSync(theirs, folder)],
  ])('%s as journal', (_, make) => {
    const [at, other] = [paths(), paths()];
    written(other, 'one');
    mkdirSync(at.journal, { recursive: true });
    make(sealed(at), sealed(other));
    expect(Journal.open(at, owner).journal.size).toBe(0);
    expect(readdirSync(sealed(other))).toEqual(['1.jsonl']);
    new Journals(paths()).adopt(at, owner);
  });

  test.each<[string, string, (path: string, theirs: string) => unknown]>([
    ['a directory', '2.jsonl', (path) => mkdirSync(path)],
    ['a link', '2.jsonl', (path, theirs) => symlinkSync(theirs, path)],
    ['a pipe', '2.jsonl', (path) => execFileSync('mkfifo', [path])],
    ['a file of another name', 'notes.txt', (path) => writeFileSync(path, 'x')],
    ['a file without a number', '0.jsonl', (path) => writeFileSync(path, 'x')],
    ['a file of a number beyond all', '1234567890.jsonl', (path) => writeFileSync(path, 'x')],
  ])('%s as segment', (_, name, make) => {
    const [at, other, third] = [paths(), paths(), paths()];
    written(at, 'one');
    written(other, 'two');
    const path = join(sealed(at), name);
    make(path, join(sealed(other), '1.jsonl'));
    const { journal, damaged, rejected } = Journal.open(at, owner);
    expect({ size: journal.size, damaged, rejected }).toEqual({ size: 1, damaged: 0, rejected: [] });
    expect(readdirSync(sealed(at)), 'it stays').toContain(name);
    new Journals(third).adopt(at, owner);
    expect(readdirSync(sealed(third))).toEqual(['1.jsonl']);
  });
});

test('what a killed process left live is sealed by the next', () => {
  const at = paths();
  const { journal } = Journal.open(at, owner);
  journal.append(sha256('one'), 0, answer('one'));
  new Journals(at).sealOpenSegments();
  expect(readdirSync(sealed(at))).toEqual(['1.jsonl']);
  const next = Journal.open(at, owner).journal;
  next.append(sha256('two'), 0, answer('two'));
  next.seal();
  expect(readdirSync(sealed(at))).toEqual(['1.jsonl', '2.jsonl']);
  expect(Journal.open(at, owner).journal.size).toBe(2);
});

test('adopting a checkpoint twice does not double its segments', () => {
  const [mine, theirs] = [paths(), paths()];
  written(mine, 'mine');
  written(theirs, 'theirs');
  new Journals(mine).adopt(theirs, owner);
  new Journals(mine).adopt(theirs, owner);
  expect(readdirSync(sealed(mine))).toEqual(['1.jsonl', '2.jsonl']);
  expect(Journal.open(mine, owner).journal.size).toBe(2);
});

test('a dropped journal is gone, and can be written again', () => {
  const at = paths();
  written(at, 'one');
  const { journal } = Journal.open(at, owner);
  journal.drop();
  expect(existsSync(at.journal)).toBe(false);
  expect(journal.size).toBe(0);
  journal.append(sha256('two'), 0, answer('two'));
  expect(journal.find(sha256('two'), 0)).toEqual(answer('two'));
});

test('journals of evals that are not to run are removed', () => {
  const at = paths();
  written(at, 'one');
  new Journals(at).retain(['a.dev.v0']);
  expect(existsSync(sealed(at))).toBe(true);
  new Journals(at).retain(['b.dev.v0']);
  expect(existsSync(at.journal)).toBe(false);
  expect(existsSync(dirname(at.resume))).toBe(true);
});
