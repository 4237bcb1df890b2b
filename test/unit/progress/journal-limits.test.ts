/** A journal that is larger than this action makes one is quarantined or left out, and no journal grows to that size. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Journal } from '../../../src/progress/journal.ts';
import { JOURNAL_LIMITS } from '../../../src/progress/journal-limits.ts';
import { Journals } from '../../../src/progress/journals.ts';
import type { StatePaths } from '../../../src/progress/paths.ts';
import { sha256 } from '../../helpers/builders.ts';
import {
  journalOwner,
  newPaths,
  opened,
  REQUEST,
  record,
  replayed,
  respond,
  response,
  sealedNames,
  segmentPath,
} from '../../helpers/journal-directory.ts';

/** Small, so that a test does not need thousands of files. */
const limits = { ...JOURNAL_LIMITS, segments: 8, journals: 3 };

const TOO_LARGE = {
  path: expect.stringMatching(/\/a\.dev\.v0\.rejected-\w+$/),
  why: 'it is larger than a journal can be',
};

/** Copies of the first segment, so that there are this many segments. */
function copySegments(paths: StatePaths, count: number): void {
  const segment = readFileSync(segmentPath(paths));
  for (let n = 2; n <= count; n += 1) writeFileSync(segmentPath(paths, n), segment);
}

test('journal limits: what this action records is half of what it reads, at most', () => {
  expect(JOURNAL_LIMITS).toEqual({
    segments: 8192,
    lines: 2_000_000,
    bytes: 8 * 1024 ** 3,
    journals: 50_000,
  });
});

describe('journal limits: on opening', () => {
  test.each([
    ['segments', {}],
    ['bytes', { segments: 100, bytes: 1000 }],
  ])(
    'journal limits: a journal with too many %s is quarantined, and a new one can be recorded',
    (_, changes) => {
      const paths = newPaths();
      respond(paths, 'one');
      copySegments(paths, 9);
      const { journal, rejected } = Journal.open(paths, journalOwner, { limits: { ...limits, ...changes } });
      expect(journal.size).toBe(0);
      expect(rejected).toEqual([TOO_LARGE]);
      journal.append(REQUEST, 0, response('two'));
      journal.close();
      expect(replayed(paths)).toBe('two');
    },
  );

  test('journal limits: as many segments as allowed are read', () => {
    const paths = newPaths();
    respond(paths, 'one');
    copySegments(paths, 8);
    const { journal, rejected } = Journal.open(paths, journalOwner, { limits });
    expect([journal.size, rejected]).toEqual([1, []]);
  });

  test('journal limits: segments beyond the allowed number of lines are quarantined together', () => {
    const paths = newPaths();
    record(paths, ['one']);
    record(paths, ['two', 'three']);
    record(paths, ['four', 'five']);
    const { journal, rejected } = Journal.open(paths, journalOwner, { limits: { ...limits, lines: 3 } });
    expect(journal.find(sha256('one'), 0)).toEqual(response('one'));
    expect(journal.size).toBe(1);
    expect(rejected).toEqual([TOO_LARGE]);
    expect(rejected.map(({ path }) => readdirSync(path).sort())).toEqual([['2.jsonl', '3.jsonl']]);
  });

  test('journal limits: a segment with more than 1,000 damaged lines is quarantined, and nothing of it is used', () => {
    const paths = newPaths();
    respond(paths, 'one');
    respond(paths, 'two');
    const path = segmentPath(paths, 2);
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(3000, '\n')]));
    const { journal, rejected } = Journal.open(paths, journalOwner);
    expect(journal.find(REQUEST, 0)).toEqual(response('one'));
    expect(rejected).toEqual([TOO_LARGE]);
  });

  test('journal limits: files that are not segments are quarantined together, however many there are', () => {
    const paths = newPaths();
    respond(paths, 'one');
    for (let n = 2; n <= 20; n += 1) writeFileSync(segmentPath(paths, n), 'x\ny\n');
    const { journal, rejected } = Journal.open(paths, journalOwner);
    expect(journal.find(REQUEST, 0)).toEqual(response('one'));
    expect(rejected.map(({ path }) => readdirSync(path).length)).toEqual([19]);
  });
});

describe('journal limits: on adoption', () => {
  test('journal limits: a journal with too many segments is not adopted, the others are', () => {
    const [mine, theirs] = [newPaths(), newPaths()];
    record(theirs, ['one']);
    const many = join(theirs.journal, 'b.dev.v0');
    mkdirSync(many, { recursive: true });
    for (let n = 1; n <= 9; n += 1) writeFileSync(join(many, `${n}.jsonl`), '');
    expect(new Journals(mine, limits).adopt(theirs, journalOwner)).toBe(
      'journals with more than 8 segments (1)',
    );
    expect(readdirSync(mine.journal)).toEqual(['a.dev.v0']);
  });

  test('journal limits: of a state with too many journals, none is adopted', () => {
    const [mine, theirs] = [newPaths(), newPaths()];
    for (const key of ['a', 'b', 'c', 'd']) record(theirs, ['one'], { ...journalOwner, eval: key });
    expect(new Journals(mine, limits).adopt(theirs, journalOwner)).toBe('more than 3 journals');
  });
});

describe('journal limits: on recording', () => {
  test('journal limits: sealing stops at half of the segments, and loses nothing', () => {
    const paths = newPaths();
    respond(paths, 'one');
    copySegments(paths, 4);
    const { journal } = Journal.open(paths, journalOwner, { limits });
    journal.append(REQUEST, 1, response('two'));
    journal.seal();
    expect(sealedNames(paths)).toHaveLength(4);
    journal.append(REQUEST, 2, response('three'));
    journal.close();
    expect(opened(paths).size).toBe(3);
  });

  test.each([
    ['lines', { lines: 4 }],
    ['bytes', { bytes: 4000 }],
  ])('journal limits: recording stops at half of the %s', (_, changes) => {
    const paths = newPaths();
    const { journal } = Journal.open(paths, journalOwner, { limits: { ...limits, ...changes } });
    for (let n = 0; n < 20; n += 1) journal.append(REQUEST, n, response('x'));
    expect(journal.size).toBeGreaterThan(0);
    expect(journal.size).toBeLessThan(20);
    journal.close();
    const { rejected } = Journal.open(paths, journalOwner, { limits: { ...limits, ...changes } });
    expect(rejected).toEqual([]);
  });
});
