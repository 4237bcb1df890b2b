/** What a journal records, replays, seals and drops. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Journal } from '../../../src/progress/journal.ts';
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

afterEach(() => {
  vi.useRealTimers();
});

describe('journal: recording and replaying', () => {
  test('journal: replays each response by key and ordinal, before and after it is sealed', () => {
    const paths = newPaths();
    const journal = opened(paths);
    const bodies = ['{"ü": "😀\\n"}', Buffer.from([0, 255, 254, 10, 34]), 'x'.repeat(1_000_000), ''];
    for (const [n, body] of bodies.entries()) journal.append(sha256('k'), n, response(body));
    const all = (from: Journal) => bodies.map((_, n) => from.find(sha256('k'), n));
    const expected = bodies.map((body) => response(body));
    expect(all(journal)).toEqual(expected);
    journal.seal();
    expect(all(journal)).toEqual(expected);
    journal.append(sha256('later'), 0, response('later'));
    journal.close();

    const again = opened(paths);
    expect(again.size).toBe(5);
    expect(all(again)).toEqual(expected);
    expect(again.find(sha256('later'), 0)).toEqual(response('later'));
    expect(again.find(sha256('k'), 4)).toBeUndefined();
    expect(again.has(sha256('other'), 0)).toBe(false);
  });

  test('journal: replays responses of many megabytes', () => {
    const paths = newPaths();
    const journal = opened(paths);
    const bodies = [randomBytes(1_500_000), randomBytes(3_000_000)];
    for (const [n, body] of bodies.entries()) journal.append(sha256('k'), n, response(body));
    journal.append(sha256('last'), 0, response('last'));
    journal.close();
    const again = opened(paths);
    for (const [n, body] of bodies.entries())
      expect(again.find(sha256('k'), n)?.body.equals(body)).toBe(true);
    expect(again.find(sha256('last'), 0)).toEqual(response('last'));
  });

  test('journal: compresses a large response where that makes it smaller', () => {
    const paths = newPaths();
    record(paths, ['x'.repeat(1_000_000)]);
    expect(readFileSync(segmentPath(paths)).length).toBeLessThan(10_000);
  });

  test('journal: does not replay a response to a request whose key only begins the same', () => {
    const paths = newPaths();
    record(paths, ['one']);
    const journal = opened(paths);
    const like = sha256('one').slice(0, 40).padEnd(64, '0');
    expect(journal.has(like, 0)).toBe(true);
    expect(journal.find(like, 0)).toBeUndefined();
  });

  test('journal: does not replay a forgotten response, and records another in its place', () => {
    const paths = newPaths();
    respond(paths, 'invalid');
    const journal = opened(paths);
    journal.forget(REQUEST, 0);
    expect([journal.find(REQUEST, 0), journal.has(REQUEST, 0), journal.size]).toEqual([undefined, false, 0]);
    journal.append(REQUEST, 0, response('valid'));
    journal.close();
    expect(replayed(paths)).toBe('valid');
  });

  test('journal: a response is earlier if it was recorded before the journal was opened', () => {
    const paths = newPaths();
    respond(paths, 'first');
    const journal = opened(paths);
    expect(journal.isEarlier(REQUEST, 0)).toBe(true);
    expect(journal.isEarlier(REQUEST, 1)).toBe(false);
    journal.append(REQUEST, 1, response('of this run'));
    expect(journal.isEarlier(REQUEST, 1)).toBe(false);
    journal.append(REQUEST, 0, response('requested again'));
    expect(journal.isEarlier(REQUEST, 0)).toBe(false);
    journal.seal();
    expect(journal.isEarlier(REQUEST, 1)).toBe(false);
  });

  test('journal: a dropped journal is deleted, and can record again', () => {
    const paths = newPaths();
    record(paths, ['one']);
    const journal = opened(paths);
    journal.drop();
    expect(existsSync(paths.journal)).toBe(false);
    expect(journal.size).toBe(0);
    journal.append(sha256('two'), 0, response('two'));
    expect(journal.find(sha256('two'), 0)).toEqual(response('two'));
  });
});

describe('journal: the response to a request that was recorded last is replayed', () => {
  test('journal: of two responses in one segment, the later one is replayed', () => {
    const paths = newPaths();
    const journal = opened(paths);
    for (const text of ['first', 'second']) journal.append(REQUEST, 0, response(text));
    expect(journal.find(REQUEST, 0)).toEqual(response('second'));
    journal.close();
    expect(replayed(paths)).toBe('second');
  });

  test('journal: of responses in twelve segments, that in the last segment is replayed', () => {
    const paths = newPaths();
    for (let n = 1; n <= 12; n += 1) {
      const journal = opened(paths);
      journal.append(sha256(String(n)), 0, response(String(n)));
      journal.append(REQUEST, 0, response(String(n)));
      journal.seal();
      journal.close();
    }
    expect(opened(paths).size).toBe(13);
    expect(replayed(paths)).toBe('12');
  });

  test('journal: a later segment counts even if the clock was set back', () => {
    const paths = newPaths();
    vi.setSystemTime('2026-05-01');
    respond(paths, 'first');
    vi.setSystemTime('2026-04-01');
    respond(paths, 'second');
    expect(replayed(paths)).toBe('second');
  });
});

describe('journal: fingerprints of earlier versions', () => {
  const former = { ...journalOwner, fingerprint: sha256('old') };
  const accepting = { ...journalOwner, formerFingerprints: [sha256('older'), sha256('old')] };

  test('journal: replays responses recorded under a former fingerprint, next to those under the new one', () => {
    const paths = newPaths();
    record(paths, ['before'], former);
    record(paths, ['after'], accepting);
    const journal = opened(paths, accepting);
    for (const text of ['before', 'after']) expect(journal.find(sha256(text), 0)).toEqual(response(text));
  });

  test('journal: records under the new fingerprint only', () => {
    const paths = newPaths();
    respond(paths, 'new', accepting);
    expect(readFileSync(segmentPath(paths), 'utf8')).not.toContain('former');
    expect(replayed(paths)).toBe('new');
  });

  test('journal: marks under a former fingerprint count', () => {
    const paths = newPaths();
    const journal = opened(paths, former);
    journal.markStateful();
    journal.close();
    expect(opened(paths, accepting).stateful).toBe(true);
  });
});

describe('journal: marks', () => {
  test('journal: a mark is recorded once, in a line that older versions ignore', () => {
    const paths = newPaths();
    const journal = opened(paths);
    for (let i = 0; i < 3; i += 1) {
      journal.markStateful();
      journal.markFailed('x');
    }
    journal.seal();
    const lines = readFileSync(segmentPath(paths), 'utf8').trimEnd().split('\n');
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^{"crc":"[0-9a-f]{8}","of":"[0-9a-f]{16}","stateful":1}$/),
      expect.stringMatching(`^{"crc":"[0-9a-f]{8}","of":"[0-9a-f]{16}","failed":"${sha256('x')}"}$`),
    ]);
  });

  test('journal: marks outlive a killed process', () => {
    const paths = newPaths();
    const journal = opened(paths);
    expect(journal.stateful).toBe(false);
    journal.markStateful();
    journal.markFailed('IndexError: 3');
    // The journal is not closed, as after SIGKILL. The next one seals what it left.
    for (const found of [journal, opened(paths)]) {
      expect(found.stateful).toBe(true);
      expect(found.failedWith('IndexError: 3')).toBe(true);
      expect(found.failedWith('IndexError: 4')).toBe(false);
      expect(found.size).toBe(0);
    }
  });

  test('journal: a dropped journal has no marks', () => {
    const paths = newPaths();
    const journal = opened(paths);
    journal.markStateful();
    journal.markFailed('x');
    journal.drop();
    expect([journal.stateful, journal.failedWith('x')]).toEqual([false, false]);
    expect([opened(paths).stateful, opened(paths).failedWith('x')]).toEqual([false, false]);
  });

  test('journal: marks of other content do not count', () => {
    const paths = newPaths();
    const journal = opened(paths, { ...journalOwner, fingerprint: sha256('other') });
    journal.markStateful();
    journal.close();
    expect(opened(paths).stateful).toBe(false);
    expect(sealedNames(paths)).toEqual([]);
  });
});
