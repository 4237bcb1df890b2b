/** The files of kept answers, as this action writes them and as others may have written them. */
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { blockLine } from '../../../src/progress/answer-block.ts';
import { AnswerStore } from '../../../src/progress/answer-store.ts';
import { JOURNAL_LIMITS } from '../../../src/progress/journal-limits.ts';
import {
  answerLine,
  checked,
  headerLine,
  type JournalOwner,
  ownerTag,
  type RecordedAnswer,
} from '../../../src/progress/journal-line.ts';
import { KeptAnswers } from '../../../src/progress/kept-answers.ts';
import { answersFile, type StatePaths } from '../../../src/progress/paths.ts';
import { sha256 } from '../../helpers/builders.ts';
import { journalOwner, newPaths, response } from '../../helpers/journal-directory.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
const OWNER: JournalOwner = {
  ...journalOwner,
  fingerprint: sha256('servers'),
  parts: { base_url: sha256('a') },
};

function answer(text: string, { n = 0, at = NOW, size = 0 } = {}): RecordedAnswer {
  return { key: sha256(text), n, at, response: response(`${text}${'x'.repeat(size)}`) };
}

const ownerOf = (key: string): JournalOwner => ({ ...OWNER, eval: key });
const textOf = (answers: KeptAnswers | undefined, text: string, n = 0) =>
  answers?.find(sha256(text), n)?.response.body.toString();

/** The texts that are still kept of these. */
function keptOf(paths: StatePaths, texts: readonly string[], options = {}): string[] {
  const { answers } = new AnswerStore(paths, options).open(OWNER, new Date(NOW));
  return texts.filter((text) => textOf(answers, text)?.startsWith(text));
}

describe('kept answers', () => {
  test('kept answers: are found again with all that belongs to them', async () => {
    const paths = newPaths();
    const store = new AnswerStore(paths);
    const adaptations = [{ model: 'm', param: 'temperature', value: '0', renamedTo: null }];
    const binary = { ...response(Buffer.from([0xff, 0xfe, 10])), adaptations };
    const all = [answer('a', { at: 5 }), answer('b', { n: 3 }), { ...answer('c'), response: binary }];
    await store.keep(OWNER, all);
    const { answers, rejected } = store.open(OWNER);
    expect([answers?.size, answers?.damaged, rejected]).toEqual([3, 0, undefined]);
    expect(answers?.find(sha256('a'), 0)).toEqual({ response: response('a'), at: 5 });
    expect(textOf(answers, 'b', 3)).toBe('b');
    expect(textOf(answers, 'b', 0)).toBeUndefined();
    expect(answers?.find(sha256('c'), 0)?.response).toEqual(binary);
    expect([...(answers?.all() ?? [])]).toEqual(all);
  });

  test('kept answers: a file is private, replaced as a whole, and gone when nothing is kept', async () => {
    const paths = newPaths();
    const store = new AnswerStore(paths);
    await store.keep(OWNER, [answer('a'), answer('b')]);
    expect(statSync(answersFile(paths, OWNER.eval)).mode & 0o777).toBe(0o600);
    await store.keep(OWNER, [answer('c')]);
    expect(keptOf(paths, ['a', 'b', 'c'])).toEqual(['c']);
    await store.keep(OWNER, []);
    expect(store.has(OWNER.eval)).toBe(false);
  });

  test('kept answers: those of 1,000 like questions take a fifth of their size', async () => {
    const paths = newPaths();
    const body = (i: number) =>
      JSON.stringify({ id: `chatcmpl-${sha256(`${i}`)}`, object: 'chat.completion', text: 'a'.repeat(600) });
    const all = Array.from({ length: 1000 }, (_, i) => ({ ...answer(`${i}`), response: response(body(i)) }));
    await new AnswerStore(paths).keep(OWNER, all);
    const plain = all.reduce((sum, each) => sum + answerLine('0'.repeat(16), each).length, 0);
    expect(statSync(answersFile(paths, OWNER.eval)).size).toBeLessThan(plain / 5);
    const { answers } = new AnswerStore(paths).open(OWNER);
    for (const [i, each] of all.entries())
      expect(textOf(answers, `${i}`)).toBe(each.response.body.toString());
  });

  test('kept answers: of two answers to one request the newer one counts', async () => {
    const paths = newPaths();
    const newer = { ...answer('a', { at: 2 }), response: response('new') };
    await new AnswerStore(paths).keep(OWNER, [newer, answer('a', { at: 1 })]);
    expect(textOf(new AnswerStore(paths).open(OWNER).answers, 'a')).toBe('new');
  });

  test('kept answers: those of other servers, another eval and another repository are not used', async () => {
    const paths = newPaths();
    const store = new AnswerStore(paths);
    await store.keep(OWNER, [answer('a')]);
    const elsewhere = { ...OWNER, fingerprint: sha256('other servers') };
    expect(store.open(elsewhere).answers?.size).toBe(0);
    expect(store.has(OWNER.eval)).toBe(true);
    expect(store.open({ ...OWNER, repository: 'x/y' })).toMatchObject({
      answers: undefined,
      rejected: { why: 'it has the answers of another eval' },
    });
    expect(store.has(OWNER.eval), 'quarantined').toBe(false);
  });

  test('kept answers: those older than max-age are not used, and neither are those of a future date', async () => {
    const paths = newPaths();
    const all = [
      answer('old', { at: NOW - 3 * HOUR }),
      answer('new', { at: NOW - HOUR }),
      answer('future', { at: NOW + 5 * HOUR }),
    ];
    await new AnswerStore(paths).keep(OWNER, all);
    const names = ['old', 'new', 'future'];
    expect(keptOf(paths, names)).toEqual(names);
    expect(keptOf(paths, names, { maxAgeMs: 2 * HOUR })).toEqual(['new']);
    expect(new AnswerStore(paths, { maxAgeMs: 2 * HOUR }).open(OWNER, new Date(NOW)).answers?.expired).toBe(
      2,
    );
  });
});

describe('kept answers without room', () => {
  test('kept answers: those of the evals that completed first are dropped, and named', async () => {
    const paths = newPaths();
    const sizes = async (names: readonly string[], store: AnswerStore) => {
      for (const [i, name] of names.entries())
        await store.keep(ownerOf(name), [answer(name, { size: 1000 })], new Date(NOW + i * HOUR));
    };
    const measured = new AnswerStore(paths);
    await sizes(['a'], measured);
    const one = statSync(answersFile(paths, 'a')).size;
    const store = new AnswerStore(paths, { maxBytes: one * 2 + 20 });
    await sizes(['b', 'c', 'd'], store);
    expect(store.dropped).toEqual(['a', 'b']);
    expect(['a', 'b', 'c', 'd'].filter((name) => store.has(name))).toEqual(['c', 'd']);
    // Completed again, so it is the newest.
    await store.keep(ownerOf('c'), [answer('c', { size: 1000 })], new Date(NOW + 9 * HOUR));
    await store.keep(ownerOf('e'), [answer('e', { size: 1000 })], new Date(NOW + 10 * HOUR));
    expect(store.dropped).toEqual(['a', 'b', 'd']);
  });

  test('kept answers: an eval that has no room at all keeps none, and a file without a date goes first', async () => {
    const paths = newPaths();
    const store = new AnswerStore(paths, { maxBytes: 2000 });
    await store.keep(ownerOf('small'), [answer('small')], new Date(NOW));
    writeFileSync(join(paths.answers, 'junk.jsonl'), 'x'.repeat(1500));
    store.trim();
    const random = Array.from({ length: 100 }, (_, i) => answer(sha256(`${i}`)));
    await new AnswerStore(paths, { maxBytes: 2000 }).keep(ownerOf('large'), random, new Date(NOW - HOUR));
    expect(existsSync(join(paths.answers, 'junk.jsonl'))).toBe(false);
    expect([store.has('large'), store.has('small')]).toEqual([false, true]);
  });
});

/** Writes a file with these lines. */
function write(paths: StatePaths, ...lines: readonly (Buffer | string)[]): void {
  new AnswerStore(paths).remove(OWNER.eval);
  writeFileSync(answersFile(paths, OWNER.eval), Buffer.concat(lines.map((line) => Buffer.from(line))));
}

const TAG = ownerTag(OWNER);
const header = headerLine(OWNER, NOW);
const block = (...texts: readonly string[]) =>
  blockLine(
    TAG,
    texts.map((text) => answerLine(TAG, answer(text))),
  );

describe('damaged and hostile kept answers', () => {
  const good = async () => {
    const paths = newPaths();
    await new AnswerStore(paths).keep(OWNER, [answer('x')]);
    return paths;
  };

  test('kept answers: each damaged line costs the answers of its block alone', async () => {
    const paths = await good();
    const broken = block('b', 'c');
    broken[80] = broken[80] === 65 ? 66 : 65;
    write(paths, header, block('a'), broken, block('d'), block('e').subarray(0, 50));
    const { answers } = new AnswerStore(paths).open(OWNER);
    expect([answers?.size, answers?.damaged]).toEqual([2, 2]);
    expect(keptOf(paths, ['a', 'b', 'c', 'd', 'e'])).toEqual(['a', 'd']);
  });

  test('kept answers: a damaged header costs nothing on this machine', async () => {
    const paths = await good();
    const broken = Buffer.from(header);
    broken[30] = 35;
    write(paths, broken, block('a'));
    expect(keptOf(paths, ['a'])).toEqual(['a']);
  });

  test.each<[string, readonly (Buffer | string)[]]>([
    ['nothing', []],
    ['text', ['not a file of answers\n\n{}\n']],
    ['bytes', [Buffer.alloc(5000, 0xfe)]],
    ['a block that is not zstd', [header, checked({ of: TAG, answers: 'QUJD' })]],
    ['a block that is not Base64', [header, checked({ of: TAG, answers: '\u0000…' })]],
    ['a block of another owner', [header, blockLine('0'.repeat(16), [answerLine(TAG, answer('a'))])]],
    ['lines of another owner', [header, blockLine(TAG, [answerLine('0'.repeat(16), answer('a'))])]],
    [
      'a line that is no response',
      [header, blockLine(TAG, [checked({ of: TAG, stateful: 1 }), Buffer.from('\n{}\n')])],
    ],
    [
      'an answer without a time',
      [header, blockLine(TAG, [checked({ of: TAG, key: sha256('a'), n: 0, status: 200 })])],
    ],
    [
      'a response that is invalid',
      [header, blockLine(TAG, [checked({ of: TAG, key: sha256('a'), n: 0, at: 1, status: 500 })])],
    ],
  ])('kept answers: a file with %s has no answer, and does no harm', async (_, lines) => {
    const paths = await good();
    write(paths, ...lines);
    expect(keptOf(paths, ['a', 'x'])).toEqual([]);
    expect([...(new AnswerStore(paths).open(OWNER).answers?.all() ?? [])]).toEqual([]);
  });

  test('kept answers: a block that unpacks to more than memory has room for is damaged', async () => {
    const paths = await good();
    const bomb = zstdCompressSync(Buffer.alloc(300 * 1024 * 1024, 10));
    write(paths, header, checked({ of: TAG, answers: bomb.toString('base64') }), block('a'));
    expect(keptOf(paths, ['a'])).toEqual(['a']);
  });

  test('kept answers: a file with more answers than an eval can have is quarantined', async () => {
    const paths = await good();
    const texts = Array.from({ length: 20 }, (_, i) => `t${i}`);
    write(paths, header, block(...texts), block(...texts));
    const bounds = { ...JOURNAL_LIMITS, isValid: () => true };
    const path = answersFile(paths, OWNER.eval);
    const why = { why: 'it has more answers than an eval can have' };
    expect(KeptAnswers.read(path, OWNER, { ...bounds, lines: 39 })).toEqual(why);
    expect(KeptAnswers.read(path, OWNER, { ...bounds, bytes: 1000 })).toEqual(why);
    expect(KeptAnswers.read(path, OWNER, bounds)).toBeInstanceOf(KeptAnswers);
    expect(new AnswerStore(paths, { maxBytes: 100 }).open(OWNER).rejected?.why).toBe(
      'it is larger than all kept answers may be',
    );
  });

  test('kept answers: a link is not followed', async () => {
    const paths = await good();
    const elsewhere = join(paths.root, 'elsewhere');
    writeFileSync(elsewhere, readFileSync(answersFile(paths, OWNER.eval)));
    const store = new AnswerStore(paths);
    store.remove(OWNER.eval);
    symlinkSync(elsewhere, answersFile(paths, OWNER.eval));
    expect(store.open(OWNER).answers).toBeUndefined();
  });
});

describe('kept answers of another state', () => {
  const adopted = (to: StatePaths, from: StatePaths, evals?: readonly string[]) =>
    new AnswerStore(to).adopt(from, { repository: OWNER.repository, evals }, new Date(NOW));

  test('kept answers: the newer file of an eval counts, whichever state is merged into which', async () => {
    const [a, b, both, other] = [newPaths(), newPaths(), newPaths(), newPaths()];
    await new AnswerStore(a).keep(OWNER, [answer('old')], new Date(NOW - HOUR));
    await new AnswerStore(b).keep(OWNER, [answer('new')], new Date(NOW));
    for (const [to, order] of [
      [both, [a, b]],
      [other, [b, a, b]],
    ] as const)
      for (const from of order) expect(adopted(to, from)).toBeUndefined();
    expect(keptOf(both, ['old', 'new'])).toEqual(['new']);
    expect(keptOf(other, ['old', 'new'])).toEqual(['new']);
  });

  test('kept answers: a file of a future date, of a wrong clock or of a forger, wins over none', async () => {
    const [a, b] = [newPaths(), newPaths()];
    await new AnswerStore(a).keep(OWNER, [answer('mine')], new Date(NOW));
    await new AnswerStore(b).keep(OWNER, [answer('future')], new Date(NOW));
    writeFileSync(
      answersFile(b, OWNER.eval),
      Buffer.concat([headerLine(OWNER, Number.MAX_SAFE_INTEGER), block('future')]),
    );
    expect(adopted(a, b)).toBeUndefined();
    expect(keptOf(a, ['mine', 'future'])).toEqual(['mine']);
    new AnswerStore(a).trim();
  });

  test('kept answers: only files of these evals and of this repository are taken', async () => {
    const [from, to] = [newPaths(), newPaths()];
    const store = new AnswerStore(from);
    for (const name of ['a', 'b', 'c']) await store.keep(ownerOf(name), [answer(name)]);
    await store.keep({ ...ownerOf('foreign'), repository: 'x/y' }, [answer('foreign')]);
    writeFileSync(join(from.answers, 'd.jsonl'), readFileSync(answersFile(from, 'a')));
    writeFileSync(join(from.answers, 'junk.jsonl'), 'junk');
    writeFileSync(join(from.answers, 'other.txt'), 'junk');
    const evals = ['a', 'b', 'd', 'foreign', 'junk'];
    expect(adopted(to, from, evals)).toBe('files that are not kept answers of their evals (3)');
    const there = new AnswerStore(to);
    expect(['a', 'b', 'c', 'd', 'foreign', 'junk'].filter((name) => there.has(name))).toEqual(['a', 'b']);
    expect(statSync(answersFile(to, 'a')).mode & 0o777).toBe(0o600);
  });
});
