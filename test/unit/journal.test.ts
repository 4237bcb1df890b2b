import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Answer,
  adoptJournals,
  Journal,
  type JournalOwner,
  keepJournals,
  sealLive,
} from '../../src/progress/journal.ts';
import { statePaths } from '../../src/progress/paths.ts';
import { sha256, temporaryDirectory } from '../helpers/builders.ts';

const owner: JournalOwner = {
  eval: 'a.dev.v0',
  repository: 'o/r',
  fingerprint: sha256('content'),
  parts: { samples: sha256('samples') },
};
const usage = { prompt: 9, completion: 3, cached: 1, reasoning: 2 };

function answer(text: string | Buffer): Answer {
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
    expect(opened.rejected).toEqual([expect.stringMatching(/\/1\.jsonl\.rejected-\w+$/)]);
    expect(opened.rejected.filter((path) => existsSync(path))).toHaveLength(1);
    expect(readdirSync(sealed(mine))).toEqual([]);
  });

  test.each(['', '{}', 'rubbish\n', '\u0000\n{"crc":"00000000","key":"x"}\n'])(
    'no journal at all: %j',
    (text) => {
      const at = paths();
      mkdirSync(sealed(at), { recursive: true });
      writeFileSync(join(sealed(at), '1.jsonl'), text);
      writeFileSync(join(sealed(at), 'notes.txt'), 'x');
      expect(Journal.open(at, owner).journal.size).toBe(0);
    },
  );
});

test('what a killed process left live is sealed by the next', () => {
  const at = paths();
  const { journal } = Journal.open(at, owner);
  journal.append(sha256('one'), 0, answer('one'));
  sealLive(at);
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
  adoptJournals(theirs, mine);
  adoptJournals(theirs, mine);
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
  keepJournals(at, ['a.dev.v0']);
  expect(existsSync(sealed(at))).toBe(true);
  keepJournals(at, ['b.dev.v0']);
  expect(existsSync(at.journal)).toBe(false);
  expect(existsSync(dirname(at.resume))).toBe(true);
});
