/** What a journal knows beside its answers: which of two counts, how old each is, and what its eval did. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ApiResponse } from '../../../src/model/api-response.ts';
import { Journal, type JournalOwner } from '../../../src/progress/journal.ts';
import { Journals } from '../../../src/progress/journals.ts';
import { type StatePaths, statePaths } from '../../../src/progress/paths.ts';
import { sha256, temporaryDirectory } from '../../helpers/builders.ts';

const owner: JournalOwner = { eval: 'a.dev.v0', repository: 'o/r', fingerprint: sha256('new'), parts: {} };
const usage = { prompt: 9, completion: 3, cached: 1, reasoning: 2 };
const key = sha256('question');

const paths = (): StatePaths => statePaths(temporaryDirectory(), 'gpt-4', 'set');
const sealed = (at: StatePaths) => join(at.journal, 'a.dev.v0');
const reopened = (at: StatePaths) => Journal.open(at, owner).journal;

function answer(text: string): ApiResponse {
  return { status: 200, type: 'text/plain', body: Buffer.from(text), usage };
}

/** A segment with one answer to the question. */
function record(at: StatePaths, text: string, of = owner): void {
  const { journal } = Journal.open(at, of);
  journal.append(key, 0, answer(text));
  journal.seal();
  journal.close();
}

function recorded(at: StatePaths): string | undefined {
  return reopened(at).find(key, 0)?.body.toString();
}

afterEach(() => {
  vi.useRealTimers();
});

describe('journal: of two answers to one request the one that was recorded last is replayed', () => {
  test('while it is written, and when it is opened again', () => {
    const at = paths();
    const journal = reopened(at);
    for (const text of ['first', 'second']) journal.append(key, 0, answer(text));
    expect(journal.find(key, 0)).toEqual(answer('second'));
    journal.close();
    expect(recorded(at)).toBe('second');
  });

  test('in a later segment', () => {
    const at = paths();
    record(at, 'first');
    record(at, 'second');
    expect(recorded(at)).toBe('second');
  });

  test('in a segment of a machine whose clock was set back', () => {
    const at = paths();
    vi.setSystemTime('2026-05-01');
    record(at, 'first');
    vi.setSystemTime('2026-04-01');
    record(at, 'second');
    expect(recorded(at)).toBe('second');
  });

  test('whichever of two machines adopts the segments of the other', () => {
    const [mine, theirs] = [paths(), paths()];
    vi.setSystemTime('2026-05-01');
    record(mine, 'first');
    vi.setSystemTime('2026-05-02');
    record(theirs, 'second');
    new Journals(mine).adopt(theirs, owner);
    new Journals(theirs).adopt(mine, owner);
    expect([mine, theirs].map(recorded)).toEqual(['second', 'second']);
  });

  test('also when the older segment was written by a version that did not note its time', () => {
    const [mine, theirs] = [paths(), paths()];
    record(theirs, 'first');
    const path = join(sealed(theirs), '1.jsonl');
    const [first = '', ...lines] = readFileSync(path, 'utf8').split('\n');
    const rest = first.slice('{"crc":"00000000",'.length).replace(/,"made":\d+/, '');
    const checksum = crc32(rest).toString(16).padStart(8, '0');
    writeFileSync(path, [`{"crc":"${checksum}",${rest}`, ...lines].join('\n'));
    record(mine, 'second');
    expect(new Journals(mine).adopt(theirs, owner)).toBeUndefined();
    expect(recorded(mine)).toBe('second');
  });
});

test('journal: an answer is earlier when it was recorded before the journal was opened', () => {
  const at = paths();
  record(at, 'first');
  const journal = reopened(at);
  expect(journal.isEarlier(key, 0)).toBe(true);
  expect(journal.isEarlier(key, 1)).toBe(false);
  journal.append(key, 1, answer('of this run'));
  expect(journal.isEarlier(key, 1)).toBe(false);
  journal.append(key, 0, answer('requested again'));
  expect(journal.isEarlier(key, 0)).toBe(false);
  journal.seal();
  expect(journal.isEarlier(key, 1)).toBe(false);
});

test('journal: a forgotten answer is not replayed, and another one can be recorded in its place', () => {
  const at = paths();
  record(at, 'no answer at all');
  const journal = reopened(at);
  journal.forget(key, 0);
  expect([journal.find(key, 0), journal.has(key, 0), journal.size]).toEqual([undefined, false, 0]);
  journal.append(key, 0, answer('an answer'));
  journal.close();
  expect(recorded(at)).toBe('an answer');
});

describe('journal: fingerprints of earlier versions', () => {
  const former = { ...owner, fingerprint: sha256('old') };

  test('answers that were recorded under one are replayed, those of other content are not', () => {
    const at = paths();
    record(at, 'old', former);
    const accepting = { ...owner, formerFingerprints: [sha256('older'), sha256('old')] };
    const { journal, staleParts } = Journal.open(at, accepting);
    expect(journal.find(key, 0)).toEqual(answer('old'));
    expect(staleParts).toBeUndefined();
    journal.close();
    expect(Journal.open(at, { ...owner, formerFingerprints: [sha256('older')] }).staleParts).toEqual({});
  });

  test('what is recorded next is recorded under the new one', () => {
    const at = paths();
    record(at, 'new', { ...owner, formerFingerprints: [sha256('old')] });
    expect(readFileSync(join(sealed(at), '1.jsonl'), 'utf8')).not.toContain('former');
    expect(recorded(at)).toBe('new');
  });

  test('marks that were made under one count', () => {
    const at = paths();
    const { journal } = Journal.open(at, former);
    journal.markStateful();
    journal.close();
    expect(Journal.open(at, { ...owner, formerFingerprints: [sha256('old')] }).journal.stateful).toBe(true);
  });
});

describe('journal: an eval that makes something at the API, or failed on answers of its own', () => {
  test('is known as such after a kill, and in a checkpoint', () => {
    const at = paths();
    const journal = reopened(at);
    expect(journal.stateful).toBe(false);
    journal.markStateful();
    journal.markFailed('IndexError: 3');
    // Not closed: the process is gone. The next one seals what it left.
    const next = reopened(at);
    const other = paths();
    new Journals(other).adopt(at, owner);
    for (const found of [journal, next, reopened(other)]) {
      expect(found.stateful).toBe(true);
      expect(found.failedWith('IndexError: 3')).toBe(true);
      expect(found.failedWith('IndexError: 4')).toBe(false);
      expect(found.size).toBe(0);
    }
  });

  test('is noted once, in a line that versions which do not know it pass over', () => {
    const at = paths();
    const journal = reopened(at);
    for (let i = 0; i < 3; i += 1) {
      journal.markStateful();
      journal.markFailed('x');
    }
    journal.seal();
    const lines = readFileSync(join(sealed(at), '1.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^{"crc":"[0-9a-f]{8}","of":"[0-9a-f]{16}","stateful":1}$/),
      expect.stringMatching(`^{"crc":"[0-9a-f]{8}","of":"[0-9a-f]{16}","failed":"${sha256('x')}"}$`),
    ]);
  });

  test('starts over without the marks when its journal is dropped', () => {
    const at = paths();
    const journal = reopened(at);
    journal.markStateful();
    journal.markFailed('x');
    journal.drop();
    expect([journal.stateful, journal.failedWith('x')]).toEqual([false, false]);
    expect([reopened(at).stateful, reopened(at).failedWith('x')]).toEqual([false, false]);
  });

  test('is not taken for one because of marks of other content', () => {
    const at = paths();
    const { journal } = Journal.open(at, { ...owner, fingerprint: sha256('other') });
    journal.markStateful();
    journal.close();
    expect(reopened(at).stateful).toBe(false);
  });
});

describe('journal: what no run writes is moved aside as a whole', () => {
  test('more segments than a journal has', () => {
    const at = paths();
    record(at, 'one');
    const segment = readFileSync(join(sealed(at), '1.jsonl'));
    for (let n = 2; n <= 8193; n += 1) writeFileSync(join(sealed(at), `${n}.jsonl`), segment);
    const { journal, rejected } = Journal.open(at, owner);
    expect(journal.size).toBe(0);
    expect(rejected).toEqual([
      {
        path: expect.stringMatching(/\/a\.dev\.v0\.rejected-\w+$/),
        why: 'it is larger than a journal can be',
      },
    ]);
    journal.append(key, 0, answer('two'));
    journal.close();
    expect(recorded(at)).toBe('two');
  });

  test('a journal with so many segments of a checkpoint is not adopted, the others are', () => {
    const [mine, theirs] = [paths(), paths()];
    record(theirs, 'one');
    const many = join(theirs.journal, 'b.dev.v0');
    mkdirSync(many, { recursive: true });
    for (let n = 1; n <= 8193; n += 1) writeFileSync(join(many, `${n}.jsonl`), '');
    expect(new Journals(mine).adopt(theirs, owner)).toBe('1 journals have more than 8192 segments');
    expect(readdirSync(mine.journal)).toEqual(['a.dev.v0']);
  });

  test('any number of files of a checkpoint that are no segments of their eval: left out, and counted', () => {
    const [mine, theirs] = [paths(), paths()];
    record(theirs, 'one');
    for (let n = 2; n <= 500; n += 1) writeFileSync(join(sealed(theirs), `${n}.jsonl`), 'x\ny\n');
    const foreign = paths();
    record(foreign, 'one', { ...owner, repository: 'x/y' });
    copyFileSync(join(sealed(foreign), '1.jsonl'), join(sealed(theirs), '501.jsonl'));
    expect(new Journals(mine).adopt(theirs, owner)).toBe('500 files are not journals of their evals');
    expect(readdirSync(sealed(mine))).toEqual(['1.jsonl']);
  });

  test('journals of a checkpoint that no eval of the plan needs: left out', () => {
    const [mine, theirs] = [paths(), paths()];
    record(theirs, 'one');
    record(theirs, 'two', { ...owner, eval: 'b.dev.v0' });
    expect(new Journals(mine).adopt(theirs, { repository: 'o/r', evals: ['b.dev.v0', 'c'] })).toBeUndefined();
    expect(readdirSync(mine.journal)).toEqual(['b.dev.v0']);
  });

  test('any number of files that are no segments: in one directory', () => {
    const at = paths();
    record(at, 'one');
    for (let n = 2; n <= 500; n += 1) writeFileSync(join(sealed(at), `${n}.jsonl`), 'x\ny\n');
    const { journal, rejected } = Journal.open(at, owner);
    expect(journal.find(key, 0)).toEqual(answer('one'));
    expect(rejected.map(({ path }) => readdirSync(path).length)).toEqual([499]);
  });

  test('a segment of damaged lines', () => {
    const at = paths();
    record(at, 'one');
    record(at, 'two');
    const path = join(sealed(at), '2.jsonl');
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(3000, '\n')]));
    const { journal, rejected } = Journal.open(at, owner);
    expect(journal.find(key, 0), 'nothing of it is used').toEqual(answer('one'));
    expect(rejected).toEqual([expect.objectContaining({ why: 'it is larger than a journal can be' })]);
  });
});

test('journal: sealing stops before there are more segments than are read, and loses nothing', () => {
  const at = paths();
  record(at, 'one');
  const segment = readFileSync(join(sealed(at), '1.jsonl'));
  for (let n = 2; n <= 4096; n += 1) writeFileSync(join(sealed(at), `${n}.jsonl`), segment);
  const journal = reopened(at);
  journal.append(key, 1, answer('two'));
  journal.seal();
  expect(readdirSync(sealed(at))).toHaveLength(4096);
  journal.append(key, 2, answer('three'));
  journal.close();
  expect(reopened(at).size).toBe(3);
});
