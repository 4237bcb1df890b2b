/** The journals of a state: sealed after a kill, adopted from another state, and deleted when their evals do not run. */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { JOURNAL_LIMITS } from '../../../src/progress/journal-limits.ts';
import { Journals } from '../../../src/progress/journals.ts';
import { sha256 } from '../../helpers/builders.ts';
import {
  journalOwner,
  newPaths,
  opened,
  record,
  replayed,
  respond,
  response,
  sealedIn,
  sealedNames,
  segmentPath,
} from '../../helpers/journal-directory.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('journals: segments that a killed process left open are sealed', () => {
  const paths = newPaths();
  opened(paths).append(sha256('one'), 0, response('one'));
  new Journals(paths).sealOpenSegments();
  expect(sealedNames(paths)).toEqual(['1.jsonl']);
  record(paths, ['two']);
  expect(sealedNames(paths)).toEqual(['1.jsonl', '2.jsonl']);
  expect(opened(paths).size).toBe(2);
});

test('journals: those of evals that do not run are deleted', () => {
  const paths = newPaths();
  record(paths, ['one']);
  new Journals(paths).retain(['a.dev.v0']);
  expect(existsSync(sealedIn(paths))).toBe(true);
  new Journals(paths).retain(['b.dev.v0']);
  expect(existsSync(paths.journal)).toBe(false);
  expect(existsSync(dirname(paths.resume))).toBe(true);
});

test('journals: the revision and the open segments follow what is recorded', () => {
  const journals = new Journals(newPaths());
  const { journal } = journals.open(journalOwner);
  expect([journals.revision, journals.openSegments]).toEqual([0, 0]);
  journal.append(sha256('one'), 0, response('one'));
  expect([journals.revision, journals.openSegments]).toEqual([1, 1]);
  expect(journals.sealAll()).toEqual([]);
  expect([journals.revision, journals.openSegments]).toEqual([1, 0]);
});

describe('journals: adopting those of another state', () => {
  test('journals: adopting twice does not add segments twice', () => {
    const [mine, theirs] = [newPaths(), newPaths()];
    record(mine, ['mine']);
    record(theirs, ['theirs']);
    for (let n = 0; n < 2; n += 1) new Journals(mine).adopt(theirs, journalOwner);
    expect(sealedNames(mine)).toEqual(['1.jsonl', '2.jsonl']);
    expect(opened(mine).size).toBe(2);
  });

  test('journals: after two machines adopted from each other, both replay the later response', () => {
    const [mine, theirs] = [newPaths(), newPaths()];
    vi.setSystemTime('2026-05-01');
    respond(mine, 'first');
    vi.setSystemTime('2026-05-02');
    respond(theirs, 'second');
    new Journals(mine).adopt(theirs, journalOwner);
    new Journals(theirs).adopt(mine, journalOwner);
    expect([mine, theirs].map(replayed)).toEqual(['second', 'second']);
  });

  test('journals: an adopted segment of a version that wrote no time counts as older', () => {
    const [mine, theirs] = [newPaths(), newPaths()];
    respond(theirs, 'first');
    const path = segmentPath(theirs);
    const [first = '', ...lines] = readFileSync(path, 'utf8').split('\n');
    const rest = first.slice('{"crc":"00000000",'.length).replace(/,"made":\d+/, '');
    const checksum = crc32(rest).toString(16).padStart(8, '0');
    writeFileSync(path, [`{"crc":"${checksum}",${rest}`, ...lines].join('\n'));
    respond(mine, 'second');
    expect(new Journals(mine).adopt(theirs, journalOwner)).toBeUndefined();
    expect(replayed(mine)).toBe('second');
  });

  test('journals: adopted marks count', () => {
    const [mine, theirs] = [newPaths(), newPaths()];
    const journal = opened(theirs);
    journal.markStateful();
    journal.markFailed('IndexError: 3');
    journal.seal();
    new Journals(mine).adopt(theirs, journalOwner);
    expect(opened(mine).stateful).toBe(true);
    expect(opened(mine).failedWith('IndexError: 3')).toBe(true);
  });

  test('journals: those of evals that are not in the plan are not adopted', () => {
    const [mine, theirs] = [newPaths(), newPaths()];
    record(theirs, ['one']);
    record(theirs, ['two'], { ...journalOwner, eval: 'b.dev.v0' });
    const adoption = { repository: 'o/r', evals: ['b.dev.v0', 'c'] };
    expect(new Journals(mine).adopt(theirs, adoption)).toBeUndefined();
    expect(readdirSync(mine.journal)).toEqual(['b.dev.v0']);
  });

  test('journals: files that are not segments of their eval are not adopted, and counted', () => {
    const [mine, theirs, foreign] = [newPaths(), newPaths(), newPaths()];
    record(theirs, ['one']);
    for (let n = 2; n <= 20; n += 1) writeFileSync(segmentPath(theirs, n), 'x\ny\n');
    record(foreign, ['one'], { ...journalOwner, repository: 'x/y' });
    copyFileSync(segmentPath(foreign), segmentPath(theirs, 21));
    expect(new Journals(mine).adopt(theirs, journalOwner)).toBe(
      'files that are not journals of their evals (20)',
    );
    expect(sealedNames(mine)).toEqual(['1.jsonl']);
  });
});

describe('journals: how many responses an eval would replay', () => {
  test('journals: those on disk are counted, and nothing on disk changes', () => {
    const paths = newPaths();
    record(paths, ['one', 'two']);
    record(paths, ['two', 'three']);
    expect(new Journals(paths).replayable(journalOwner)).toBe(3);
    expect(new Journals(paths).replayable({ ...journalOwner, eval: 'b.dev.v0' })).toBe(0);
    // Opening the journal with this owner would delete the segments.
    expect(new Journals(paths).replayable({ ...journalOwner, fingerprint: sha256('other') })).toBe(0);
    expect(sealedNames(paths)).toEqual(['1.jsonl', '2.jsonl']);
  });

  test('journals: those of an open journal are counted until it is dropped, also when it is closed', () => {
    const paths = newPaths();
    record(paths, ['one']);
    const journals = new Journals(paths);
    expect(journals.replayable(journalOwner)).toBe(1);
    const { journal } = journals.open(journalOwner);
    journal.append(sha256('two'), 0, response('two'));
    expect(journals.replayable(journalOwner)).toBe(2);
    journal.close();
    expect(journals.replayable(journalOwner)).toBe(2);
    journal.drop();
    expect(journals.replayable(journalOwner)).toBe(0);
  });

  test('journals: an eval that starts over replays none', () => {
    const paths = newPaths();
    const journal = opened(paths);
    journal.append(sha256('one'), 0, response('one'));
    journal.markStateful();
    journal.seal();
    journal.close();
    expect(journal.replayable).toBe(0);
    expect(new Journals(paths).replayable(journalOwner)).toBe(0);
  });

  test('journals: those that are deleted are not counted any more', () => {
    const paths = newPaths();
    record(paths, ['one']);
    const journals = new Journals(paths);
    expect(journals.replayable(journalOwner)).toBe(1);
    journals.retain([]);
    expect(journals.replayable(journalOwner)).toBe(0);
  });

  test('journals: one that is too large to be opened counts for nothing', () => {
    const paths = newPaths();
    record(paths, ['one', 'two']);
    expect(new Journals(paths, { ...JOURNAL_LIMITS, bytes: 10 }).replayable(journalOwner)).toBe(0);
  });
});
