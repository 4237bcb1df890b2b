/** When checkpoints are saved in the background, and what happens after a failure. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SaveOutcome } from '../../../src/checkpoint/store.ts';
import {
  deletes,
  failing,
  hanging,
  INTERVAL,
  journalsWith,
  MINUTE,
  machine,
  pass,
  SECOND,
  saved,
} from './checkpointer-rig.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Checkpointer in the background', () => {
  test('Checkpointer: saves each time the interval has passed and there is something new', async () => {
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

  test('Checkpointer: two saves never overlap, and the next one waits as long as the last one took', async () => {
    const { checkpointer, store, complete, times } = machine({ superseded: deletes() });
    store.reply = (seq) =>
      new Promise((resolve) => setTimeout(() => resolve({ kind: 'saved', key: `key-${seq}` }), 5 * INTERVAL));
    checkpointer.start();
    for (let i = 0; i < 20; i += 1) {
      complete();
      await pass(INTERVAL);
    }
    expect(times()).toEqual([1, 11].map((n) => n * INTERVAL));
    const finished = checkpointer.finish();
    await pass(20 * INTERVAL);
    await finished;
    expect(store.overlaps).toBe(0);
  });

  test('Checkpointer: an eval that completes during a save is in the next one', async () => {
    const { checkpointer, store, complete, linesIn } = machine();
    const { promise, resolve } = Promise.withResolvers<SaveOutcome>();
    store.reply = () => promise;
    checkpointer.start();
    complete();
    await pass(INTERVAL);
    complete();
    resolve({ kind: 'saved', key: 'key-1' });
    store.reply = saved;
    expect(await checkpointer.finish()).toEqual({ key: 'key-2', complete: true });
    expect([linesIn(0), linesIn(1)]).toEqual([1, 2]);
  });

  test('Checkpointer: saveSoon() saves at once when there is something new', async () => {
    const { checkpointer, store, complete } = machine({ superseded: deletes() });
    checkpointer.saveSoon();
    complete();
    checkpointer.saveSoon();
    expect(store.saves, 'not before it has started').toEqual([]);
    checkpointer.start();
    checkpointer.saveSoon();
    await pass(0);
    checkpointer.saveSoon();
    await pass(0);
    expect(store.saves).toHaveLength(1);
    store.reply = hanging;
    for (let i = 0; i < 3; i += 1) {
      complete();
      checkpointer.saveSoon();
      await pass(0);
    }
    expect(store.saves, 'none during a save').toHaveLength(2);
    await checkpointer.stop();
  });

  test('Checkpointer: onSaved gets the outline of each checkpoint that was saved', async () => {
    const held: string[] = [];
    const { checkpointer, state, store, complete } = machine({ onSaved: (outline) => held.push(outline) });
    checkpointer.start();
    complete();
    store.reply = failing;
    await pass(INTERVAL);
    expect(held).toEqual([]);
    store.reply = saved;
    await pass(2 * INTERVAL);
    expect(held).toEqual([state.outline()]);
    complete();
    await checkpointer.finish();
    expect(held).toEqual([expect.not.stringMatching(state.outline()), state.outline()]);
  });

  test('Checkpointer: the interval grows when superseded checkpoints stay: 20 in 6 hours, not 180', async () => {
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

  test('Checkpointer: saveSoon() after each of many long evals saves no more than 20 in 6 hours', async () => {
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

  test('Checkpointer: responses of a journal that could not be sealed are left for the next checkpoint', async () => {
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
    expect(store.saves, 'and then nothing is new').toHaveLength(2);
    await checkpointer.stop();
  });

  test('Checkpointer: finish() does not wait for GitHub to delete superseded checkpoints', async () => {
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
    const deadline = new AbortController();
    const finished = checkpointer.finish(deadline.signal);
    await pass(0);
    deadline.abort();
    expect(await finished).toEqual({ key: 'key-3', complete: true });
    expect(ended).toEqual([true, true]);
    expect(store.saves).toHaveLength(3);
  });

  test('Checkpointer: the interval stays when superseded checkpoints are deleted, each after the next was saved', async () => {
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

  test('Checkpointer: the first failure is a warning, and the pauses after failures grow', async () => {
    const { checkpointer, store, complete, times, log } = machine({ superseded: deletes() });
    store.reply = failing;
    checkpointer.start();
    complete();
    await pass(64 * INTERVAL);
    // 1, then 2, 4, 8, 16 and 16 intervals later.
    expect(times()).toEqual([1, 3, 7, 15, 31, 47, 63].map((n) => n * INTERVAL));
    expect(log.warnings).toEqual([
      expect.stringMatching(
        /could not be saved while evals were running: HTTP 503\. The evals are not affected, and the save is retried later\.$/,
      ),
    ]);
    expect(log.lines).toHaveLength(6);
    checkpointer.saveSoon();
    expect(store.saves, 'saveSoon() does not shorten a pause').toHaveLength(7);
    store.reply = saved;
    await pass(16 * INTERVAL);
    complete();
    await pass(INTERVAL);
    expect(times().slice(7), 'a success resets the interval').toEqual([79 * INTERVAL, 81 * INTERVAL]);
  });

  test('Checkpointer: a failed deletion does not affect the saves', async () => {
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

  test('Checkpointer: a save in the background has 10 minutes', async () => {
    const { checkpointer, store, complete } = machine();
    checkpointer.start();
    complete();
    await pass(INTERVAL);
    expect(store.saves[0]?.options.timeoutMs).toBe(10 * MINUTE);
    expect(store.saves[0]?.options.signal?.aborted).toBe(false);
  });

  test('Checkpointer: without a cache service it tries to save once', async () => {
    const { checkpointer, store, complete, log } = machine();
    store.reply = () => ({ kind: 'unavailable', cause: 'no cache' });
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
    ['reports that nothing is saved', undefined, 1],
    ['does not repeat what the log already says', 'no cache', 0],
  ])('Checkpointer: without a cache service finish() %s', async (_, knownUnavailable, lines) => {
    const { checkpointer, store, complete, log } = machine({ knownUnavailable });
    store.reply = () => ({ kind: 'unavailable', cause: 'no cache' });
    complete();
    expect(await checkpointer.finish()).toEqual({ key: '', complete: true });
    expect(log.lines.filter((line) => line.startsWith('No checkpoint is saved: no cache'))).toHaveLength(
      lines,
    );
  });

  test('Checkpointer: an interval of many days does not overflow the timer', async () => {
    const { checkpointer, store, complete } = machine({ intervalMs: 40 * 24 * 60 * MINUTE });
    checkpointer.start();
    complete();
    await pass(24 * 60 * MINUTE);
    expect(store.saves).toEqual([]);
  });
});
