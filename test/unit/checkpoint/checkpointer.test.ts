/** When checkpoints are saved, and what is done about trouble. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Checkpointer, type CheckpointerOptions } from '../../../src/checkpoint/checkpointer.ts';
import type { CheckpointStore, OperationOptions, SaveOutcome } from '../../../src/checkpoint/store.ts';
import { SupersededCheckpoints } from '../../../src/checkpoint/superseded.ts';
import type { GitHubApi } from '../../../src/github/github-api.ts';
import { Journals } from '../../../src/progress/journals.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { State } from '../../../src/progress/state.ts';
import {
  completion,
  owner,
  planned,
  recordingLog,
  sha256,
  temporaryDirectory,
} from '../../helpers/builders.ts';
import { silentLog } from '../../helpers/silent-log.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const INTERVAL = 2 * MINUTE;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Save {
  /** Of the snapshot it was given. */
  readonly progress: string;
  readonly names: readonly string[];
  readonly options: OperationOptions;
  readonly at: number;
}

type Answer = (seq: number, options: OperationOptions) => SaveOutcome | Promise<SaveOutcome>;

const saved: Answer = (seq) => ({ kind: 'saved', key: `key-${seq}` });
const failing: Answer = () => ({ kind: 'failed', cause: 'HTTP 503' });
/** Hangs until it is stopped, as the worker of the real one does. */
const hanging: Answer = (_, { signal }) =>
  new Promise((resolve) => {
    const stop = (): void => resolve({ kind: 'failed', cause: 'it was stopped before it finished' });
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
  });

/** Notes what it is asked to save, and fails the test when it is asked while it saves. */
class FakeStore implements CheckpointStore {
  nextSeq = 1;
  answer: Answer = saved;
  readonly saves: Save[] = [];
  overlaps = 0;
  #busy = false;

  async check(): Promise<undefined> {
    return undefined;
  }

  async restore(): Promise<never> {
    throw new Error('nobody restores here');
  }

  async save(root: string, options: OperationOptions = {}): Promise<SaveOutcome> {
    if (this.#busy) this.overlaps += 1;
    this.#busy = true;
    const seq = this.nextSeq++;
    const file = join(root, 'tmp/oaievalset/gpt-4.set.progress.txt');
    this.saves.push({
      progress: existsSync(file) ? readFileSync(file, 'utf8') : '',
      names: readdirSync(root, { recursive: true }).map(String),
      options,
      at: Date.now(),
    });
    const outcome = await this.answer(seq, options);
    this.#busy = false;
    return outcome;
  }
}

/** The checkpoints of a run with a token, and what GitHub responds to a deletion. */
function deletes(
  request: GitHubApi['request'] = async () => ({ kind: 'ok', body: {} }),
): SupersededCheckpoints {
  return new SupersededCheckpoints({ github: { request }, ref: '', log: silentLog });
}

function journalsWith(revision: () => number, sealAll: () => readonly unknown[] = () => []) {
  return {
    get revision() {
      return revision();
    },
    sealAll,
    sealOpenSegments: () => {},
  };
}

function machine(options: Partial<CheckpointerOptions> = {}, folder = 'state') {
  const paths = statePaths(join(temporaryDirectory(), folder), 'gpt-4', 'set');
  const state = State.open({ paths, owner, log: silentLog });
  const store = new FakeStore();
  const log = recordingLog();
  const seqs: number[] = [];
  const began = Date.now();
  const checkpointer = new Checkpointer({
    state,
    isUnchanged: () => false,
    store,
    log,
    journals: new Journals(paths),
    intervalMs: INTERVAL,
    onSave: (nextSeq) => seqs.push(nextSeq),
    ...options,
  });
  let done = 0;
  return {
    checkpointer,
    state,
    store,
    log,
    seqs,
    /** What copies of the state are left. */
    copies: () => readdirSync(state.paths.live).filter((name) => name.startsWith('snapshot-')),
    /** An eval completes: there is something new. */
    complete: () => state.complete(completion(planned(`eval-${++done}.dev.v0`))),
    /** Milliseconds from the start to each save. */
    times: () => store.saves.map(({ at }) => at - began),
    linesIn: (save: number) => store.saves[save]?.progress.split('\n').filter(Boolean).length,
  };
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('while evals are running', () => {
  test('a checkpoint is saved each time the interval has passed and there is something new', async () => {
    const { checkpointer, store, complete, times, log, linesIn } = machine({ superseded: deletes() });
    checkpointer.start();
    await pass(3 * INTERVAL);
    expect(store.saves, 'nothing is new').toEqual([]);
    complete();
    await pass(INTERVAL);
    await pass(3 * INTERVAL);
    expect(store.saves, 'nothing is newer').toHaveLength(1);
    complete();
    await pass(INTERVAL);
    expect(times()).toEqual([4 * INTERVAL, 8 * INTERVAL]);
    expect([linesIn(0), linesIn(1)]).toEqual([1, 2]);
    expect(log.lines).toEqual([
      'Saved the checkpoint key-1 while evals are running',
      'Saved the checkpoint key-2 while evals are running',
    ]);
    await checkpointer.finish();
  });

  test('there are never two at once, and the interval counts from the end of the last', async () => {
    const { checkpointer, store, complete, times } = machine({ superseded: deletes() });
    store.answer = (seq) =>
      new Promise((resolve) => setTimeout(() => resolve({ kind: 'saved', key: `key-${seq}` }), 5 * INTERVAL));
    checkpointer.start();
    for (let i = 0; i < 20; i += 1) {
      complete();
      await pass(INTERVAL);
    }
    expect(times()).toEqual([1, 7, 13, 19].map((n) => n * INTERVAL));
    const finished = checkpointer.finish();
    await pass(20 * INTERVAL);
    await finished;
    expect(store.overlaps).toBe(0);
  });

  test('what completes while one is saved is in the next', async () => {
    const { checkpointer, store, complete, linesIn } = machine();
    const { promise, resolve } = Promise.withResolvers<SaveOutcome>();
    store.answer = () => promise;
    checkpointer.start();
    complete();
    await pass(INTERVAL);
    complete();
    resolve({ kind: 'saved', key: 'key-1' });
    store.answer = saved;
    expect(await checkpointer.finish()).toEqual({ key: 'key-2', complete: true });
    expect([linesIn(0), linesIn(1)]).toEqual([1, 2]);
  });

  test('saveSoon() saves at once what is new, and nothing when nothing is', async () => {
    const { checkpointer, store, complete } = machine({ superseded: deletes() });
    checkpointer.saveSoon();
    complete();
    checkpointer.saveSoon();
    expect(store.saves, 'not before it is started').toEqual([]);
    checkpointer.start();
    checkpointer.saveSoon();
    await pass(0);
    checkpointer.saveSoon();
    await pass(0);
    expect(store.saves).toHaveLength(1);
    store.answer = hanging;
    for (let i = 0; i < 3; i += 1) {
      complete();
      checkpointer.saveSoon();
      await pass(0);
    }
    expect(store.saves, 'nor while one is saved').toHaveLength(2);
    await checkpointer.stop();
  });

  test('what each holds is told once it is saved', async () => {
    const held: string[] = [];
    const { checkpointer, state, store, complete } = machine({ onSaved: (outline) => held.push(outline) });
    checkpointer.start();
    complete();
    store.answer = failing;
    await pass(INTERVAL);
    expect(held).toEqual([]);
    store.answer = saved;
    await pass(2 * INTERVAL);
    expect(held).toEqual([state.outline()]);
    complete();
    await checkpointer.finish();
    expect(held).toEqual([expect.not.stringMatching(state.outline()), state.outline()]);
  });

  test('the interval grows where superseded checkpoints stay: 20 of them in 6 hours, not 180', async () => {
    const { checkpointer, store, times } = machine({
      journals: journalsWith(() => Date.now()),
    });
    checkpointer.start();
    await pass(6 * 60 * MINUTE);
    await checkpointer.finish();
    const gaps = times()
      .slice(0, -1)
      .map((time, i, all) => time - (all[i - 1] ?? 0));
    expect(gaps[0]).toBe(INTERVAL);
    for (const [i, gap] of gaps.entries()) if (i > 0) expect(gap).toBeGreaterThan(gaps[i - 1] ?? 0);
    expect(store.saves).toHaveLength(20);
  });

  test('long evals that end one after the other do not make it more', async () => {
    const { checkpointer, store, complete } = machine();
    checkpointer.start();
    for (let ended = 0; ended < 6 * 80; ended += 1) {
      await pass(45 * SECOND);
      complete();
      checkpointer.saveSoon();
    }
    await checkpointer.finish();
    expect(store.saves.length).toBeLessThanOrEqual(20);
  });

  test('the checkpointer: what a journal could not seal is left for the next checkpoint', async () => {
    let sealed = 0;
    let room = false;
    let revision = 0;
    const { checkpointer, store } = machine({
      journals: journalsWith(
        () => revision,
        () => {
          sealed += 1;
          return room ? [] : [new Error('ENOSPC')];
        },
      ),
    });
    revision += 1;
    checkpointer.start();
    await pass(INTERVAL);
    expect(sealed).toBe(1);
    room = true;
    await pass(2 * INTERVAL);
    expect(sealed).toBe(2);
    await pass(4 * INTERVAL);
    expect(store.saves, 'then there is nothing new').toHaveLength(2);
    await checkpointer.stop();
  });

  test('the end does not wait for GitHub to delete what is superseded', async () => {
    const ended: unknown[] = [];
    const { checkpointer, store, complete } = machine({
      superseded: deletes(
        ({ signal }) =>
          new Promise((resolve) => {
            signal?.addEventListener('abort', () => {
              ended.push(signal.aborted);
              resolve({ kind: 'failed', cause: 'stopped' });
            });
          }),
      ),
    });
    checkpointer.start();
    for (let i = 0; i < 2; i += 1) {
      complete();
      await pass(INTERVAL);
    }
    complete();
    const hurry = new AbortController();
    const finished = checkpointer.finish(hurry.signal);
    await pass(0);
    hurry.abort();
    expect(await finished).toEqual({ key: 'key-3', complete: true });
    expect(ended).toEqual([true, true]);
    expect(store.saves).toHaveLength(3);
  });

  test('it does not where they are deleted: each is handed over when the next is there', async () => {
    const superseded: string[][] = [];
    const { checkpointer, complete, times } = machine({
      superseded: deletes(async ({ query }) => {
        superseded.push([query?.key ?? '']);
        return { kind: 'ok', body: {} };
      }),
    });
    checkpointer.start();
    for (let i = 0; i < 4; i += 1) {
      complete();
      await pass(INTERVAL);
    }
    expect(times()).toEqual([1, 2, 3, 4].map((n) => n * INTERVAL));
    expect(superseded).toEqual([['key-1'], ['key-2'], ['key-3']]);
    complete();
    expect(await checkpointer.finish()).toEqual({ key: 'key-5', complete: true });
    expect(superseded.at(-1)).toEqual(['key-4']);
  });

  test('Checkpointer: the interval grows once GitHub refuses to delete superseded checkpoints', async () => {
    const { checkpointer, complete, times } = machine({
      superseded: deletes(async () => ({ kind: 'denied', cause: 'HTTP 403' })),
    });
    checkpointer.start();
    for (let i = 0; i < 8; i += 1) {
      complete();
      await pass(INTERVAL / 2);
    }
    await checkpointer.stop();
    expect(times()).toEqual([INTERVAL, 2 * INTERVAL, 3.2 * INTERVAL]);
  });

  test('a failure is told once as a warning, and leaves the service alone for longer and longer', async () => {
    const { checkpointer, store, complete, times, log } = machine({ superseded: deletes() });
    store.answer = failing;
    checkpointer.start();
    complete();
    await pass(64 * INTERVAL);
    // 1, then 2, 4, 8, 16 and 16 intervals later.
    expect(times()).toEqual([1, 3, 7, 15, 31, 47, 63].map((n) => n * INTERVAL));
    expect(log.warnings).toEqual([
      expect.stringMatching(
        /could not be saved while evals were running: HTTP 503\. The evals are not affected; a later checkpoint will try again\.$/,
      ),
    ]);
    expect(log.lines).toHaveLength(6);
    checkpointer.saveSoon();
    expect(store.saves, 'saveSoon() does not hurry it').toHaveLength(7);
    store.answer = saved;
    await pass(16 * INTERVAL);
    complete();
    await pass(INTERVAL);
    expect(times().slice(7), 'after a success it is as before').toEqual([79 * INTERVAL, 81 * INTERVAL]);
  });

  test('trouble with deleting is no trouble of the run', async () => {
    const { checkpointer, complete, store } = machine({
      superseded: deletes(async () => ({ kind: 'failed', cause: 'HTTP 500' })),
    });
    checkpointer.start();
    for (let i = 0; i < 3; i += 1) {
      complete();
      await pass(INTERVAL);
    }
    complete();
    expect(await checkpointer.finish()).toEqual({ key: 'key-4', complete: true });
    expect(store.saves).toHaveLength(4);
  });

  test('one that takes too long is given up by the store, not waited for by anyone', async () => {
    const { checkpointer, store, complete } = machine();
    checkpointer.start();
    complete();
    await pass(INTERVAL);
    expect(store.saves[0]?.options.timeoutMs).toBe(10 * MINUTE);
    expect(store.saves[0]?.options.signal?.aborted).toBe(false);
  });

  test('without a cache service it is tried once', async () => {
    const { checkpointer, store, complete, log } = machine();
    store.answer = () => ({ kind: 'unavailable', cause: 'no cache' });
    checkpointer.start();
    for (let i = 0; i < 5; i += 1) {
      complete();
      await pass(INTERVAL);
    }
    expect(store.saves).toHaveLength(1);
    expect(await checkpointer.finish()).toEqual({ key: '', complete: true });
    expect(log.warnings).toEqual([]);
  });

  test.each([
    ['says so', undefined, 1],
    ['says it no second time', 'no cache', 0],
  ])('without a cache service the last one %s', async (_, knownUnavailable, lines) => {
    const { checkpointer, store, complete, log } = machine({ knownUnavailable });
    store.answer = () => ({ kind: 'unavailable', cause: 'no cache' });
    complete();
    expect(await checkpointer.finish()).toEqual({ key: '', complete: true });
    expect(log.lines.filter((line) => line.startsWith('No checkpoint is saved: no cache'))).toHaveLength(
      lines,
    );
  });

  test('an interval of many days does not make it save all the time', async () => {
    const { checkpointer, store, complete } = machine({ intervalMs: 40 * 24 * 60 * MINUTE });
    checkpointer.start();
    complete();
    await pass(24 * 60 * MINUTE);
    expect(store.saves).toEqual([]);
  });
});

describe('the last one', () => {
  test('is saved when there is something new, with the time it has; its number is used up before', async () => {
    const { checkpointer, store, complete, seqs, copies, log } = machine();
    complete();
    store.answer = (seq) => {
      expect(seqs).toEqual([2]);
      return { kind: 'saved', key: `key-${seq}` };
    };
    const hurry = new AbortController().signal;
    expect(await checkpointer.finish(hurry)).toEqual({ key: 'key-1', complete: true });
    expect(store.saves[0]?.options).toEqual({ signal: hurry });
    expect(log.lines).toEqual(['Saved the checkpoint key-1']);
    expect(copies(), 'the copy is removed').toEqual([]);
  });

  test('is not saved when the checkpoint that was restored holds everything', async () => {
    const { checkpointer, store } = machine({ isUnchanged: () => true });
    expect(await checkpointer.finish()).toEqual({ key: '', complete: true });
    expect(store.saves).toEqual([]);
  });

  test('is saved when one in the background holds less, whatever was restored', async () => {
    const { checkpointer, complete } = machine({ isUnchanged: () => true });
    checkpointer.start();
    complete();
    await pass(INTERVAL);
    complete();
    expect(await checkpointer.finish()).toEqual({ key: 'key-2', complete: true });
  });

  test('holds the answers of evals that did not end', async () => {
    const { checkpointer, state, store } = machine();
    const of = { eval: 'a.dev.v0', repository: owner.repository, fingerprint: sha256('content'), parts: {} };
    const { journal } = new Journals(state.paths).open(of);
    const usage = { prompt: 1, completion: 1, cached: 0, reasoning: 0 };
    journal.append(sha256('k'), 0, { status: 200, type: 'text/plain', body: Buffer.from('answer'), usage });
    await checkpointer.finish();
    expect(store.saves[0]?.names).toContain('tmp/oaievalset/gpt-4.set.resume/journal/a.dev.v0/1.jsonl');
  });

  test('that cannot be copied says so, in one line', async () => {
    const { checkpointer, state, store, complete, log } = machine({}, 'a\n::error::b');
    complete();
    writeFileSync(state.paths.live, '');
    expect(await checkpointer.finish()).toEqual({ key: '', complete: false });
    expect(store.saves).toEqual([]);
    expect(log.warnings).toEqual([
      expect.stringMatching(
        /^The checkpoint was not saved: the state could not be copied \(EEXIST.* ::error::b\/.*$/,
      ),
    ]);
  });

  test('is not saved when one in the background holds everything: that is the last one', async () => {
    const { checkpointer, store, complete } = machine();
    checkpointer.start();
    complete();
    await pass(INTERVAL);
    expect(await checkpointer.finish()).toEqual({ key: 'key-1', complete: true });
    expect(store.saves).toHaveLength(1);
    await pass(10 * INTERVAL);
    expect(store.saves, 'and no more come').toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not wait for one in the background that hangs', async () => {
    const { checkpointer, store, complete, log, linesIn, copies } = machine();
    store.answer = hanging;
    checkpointer.start();
    complete();
    await pass(INTERVAL);
    complete();
    store.answer = saved;
    expect(await checkpointer.finish()).toEqual({ key: 'key-2', complete: true });
    expect(store.saves).toHaveLength(2);
    expect(linesIn(1)).toBe(2);
    expect(store.overlaps).toBe(0);
    expect(log.warnings, 'what was given up on purpose is no trouble').toEqual([]);
    expect(copies()).toEqual([]);
  });

  test('that fails says what is lost, and leaves the one before', async () => {
    const { checkpointer, store, complete, log } = machine();
    store.answer = failing;
    complete();
    expect(await checkpointer.finish()).toEqual({ key: '', complete: false });
    expect(log.warnings).toEqual([
      expect.stringMatching(/^The checkpoint was not saved: HTTP 503\. .*from an earlier checkpoint\.$/),
    ]);

    const second = machine();
    second.checkpointer.start();
    second.complete();
    await pass(INTERVAL);
    second.complete();
    second.store.answer = failing;
    expect(await second.checkpointer.finish()).toEqual({ key: 'key-1', complete: false });
    expect(second.log.warnings).toEqual([expect.stringMatching(/from the checkpoint key-1\.$/)]);
  });
});

test('stopped before the first, it saves none', async () => {
  const { checkpointer, store, complete } = machine();
  checkpointer.start();
  complete();
  await checkpointer.stop();
  expect(vi.getTimerCount()).toBe(0);
  await pass(100 * INTERVAL);
  expect(store.saves).toEqual([]);
});

test('stopped, it gives up what is under way and saves nothing more: the run has failed', async () => {
  const { checkpointer, store, complete, log } = machine();
  store.answer = hanging;
  checkpointer.start();
  complete();
  await pass(INTERVAL);
  complete();
  await checkpointer.stop();
  await pass(100 * INTERVAL);
  expect(store.saves).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
  expect(log.warnings).toEqual([]);
});
