/** How the checkpointer ends: with a last checkpoint, or without one. */
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Journals } from '../../../src/progress/journals.ts';
import { owner, sha256 } from '../../helpers/builders.ts';
import { failing, hanging, INTERVAL, machine, pass, saved } from './checkpointer-rig.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Checkpointer.finish()', () => {
  test('Checkpointer: finish() saves what is new within its deadline, and takes its number before', async () => {
    const { checkpointer, store, complete, seqs, copies, log } = machine();
    complete();
    store.reply = (seq) => {
      expect(seqs).toEqual([2]);
      return { kind: 'saved', key: `key-${seq}` };
    };
    const deadline = new AbortController().signal;
    expect(await checkpointer.finish(deadline)).toEqual({ key: 'key-1', complete: true });
    expect(store.saves[0]?.options).toEqual({ signal: deadline });
    expect(log.lines).toEqual(['Saved the checkpoint key-1']);
    expect(copies(), 'the copy is removed').toEqual([]);
  });

  test('Checkpointer: finish() saves nothing when the restored checkpoint contains everything', async () => {
    const { checkpointer, store } = machine({ isUnchanged: () => true });
    expect(await checkpointer.finish()).toEqual({ key: '', complete: true });
    expect(store.saves).toEqual([]);
  });

  test('Checkpointer: finish() copies nothing and takes no number when the job has no cache', async () => {
    const { checkpointer, store, complete, state, seqs, log } = machine();
    complete();
    store.trouble = { kind: 'unavailable', cause: 'this job has no Actions cache service' };
    const copied = vi.spyOn(state, 'snapshot');
    expect(await checkpointer.finish()).toEqual({ key: '', complete: true });
    expect([copied.mock.calls, store.saves, seqs]).toEqual([[], [], []]);
    expect(log.lines).toEqual([
      expect.stringMatching(/^No checkpoint is saved: this job has no Actions cache/),
    ]);
  });

  test('Checkpointer: finish() saves when the last checkpoint in the background contains less', async () => {
    const { checkpointer, complete } = machine({ isUnchanged: () => true });
    checkpointer.start();
    complete();
    await pass(INTERVAL);
    complete();
    expect(await checkpointer.finish()).toEqual({ key: 'key-2', complete: true });
  });

  test('Checkpointer: finish() saves the recorded responses of unfinished evals', async () => {
    const { checkpointer, state, store } = machine();
    const of = { eval: 'a.dev.v0', repository: owner.repository, fingerprint: sha256('content'), parts: {} };
    const { journal } = new Journals(state.paths).open(of);
    const usage = { prompt: 1, completion: 1, cached: 0, reasoning: 0 };
    journal.append(sha256('k'), 0, { status: 200, type: 'text/plain', body: Buffer.from('answer'), usage });
    await checkpointer.finish();
    expect(store.saves[0]?.names).toContain('tmp/oaievalset/gpt-4.set.resume/journal/a.dev.v0/1.jsonl');
  });

  test('Checkpointer: a state that cannot be copied is a warning of one line', async () => {
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

  test('Checkpointer: finish() saves nothing when the last checkpoint in the background contains everything', async () => {
    const { checkpointer, store, complete } = machine();
    checkpointer.start();
    complete();
    await pass(INTERVAL);
    expect(await checkpointer.finish()).toEqual({ key: 'key-1', complete: true });
    expect(store.saves).toHaveLength(1);
    await pass(10 * INTERVAL);
    expect(store.saves, 'and none later').toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('Checkpointer: finish() abandons a save in the background that hangs', async () => {
    const { checkpointer, store, complete, log, linesIn, copies } = machine();
    store.reply = hanging;
    checkpointer.start();
    complete();
    await pass(INTERVAL);
    complete();
    store.reply = saved;
    expect(await checkpointer.finish()).toEqual({ key: 'key-2', complete: true });
    expect(store.saves).toHaveLength(2);
    expect(linesIn(1)).toBe(2);
    expect(store.overlaps).toBe(0);
    expect(log.warnings, 'an abandoned save is not a failure').toEqual([]);
    expect(copies()).toEqual([]);
  });

  test('Checkpointer: a failed finish() warns which checkpoint a re-run resumes from', async () => {
    const { checkpointer, store, complete, log } = machine();
    store.reply = failing;
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
    second.store.reply = failing;
    expect(await second.checkpointer.finish()).toEqual({ key: 'key-1', complete: false });
    expect(second.log.warnings).toEqual([expect.stringMatching(/from the checkpoint key-1\.$/)]);
  });
});

test('Checkpointer: stop() before the first save leaves nothing to do', async () => {
  const { checkpointer, store, complete } = machine();
  checkpointer.start();
  complete();
  await checkpointer.stop();
  expect(vi.getTimerCount()).toBe(0);
  await pass(100 * INTERVAL);
  expect(store.saves).toEqual([]);
});

test('Checkpointer: stop() abandons a running save, and saves nothing more', async () => {
  const { checkpointer, store, complete, log } = machine();
  store.reply = hanging;
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
