/** Merging a state, such as that of a restored checkpoint, into another one on disk. merge-states.test.ts has the rules. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NO_DEPENDENCIES } from '../../../src/model/plan.ts';
import { Journal } from '../../../src/progress/journal.ts';
import { completedRecordFile } from '../../../src/progress/paths.ts';
import { formatProgress } from '../../../src/progress/progress-file.ts';
import { savedPlan } from '../../../src/progress/saved-plan.ts';
import { completion, owner, sha256 } from '../../helpers/builders.ts';
import { a, b, c, openState, progressLines, stateWithDone } from '../../helpers/state-directory.ts';

describe('merge: what is adopted', () => {
  test('merge: an empty state adopts everything, record files included', () => {
    const theirs = stateWithDone(a, b);
    const mine = openState();
    mine.state.merge(theirs.state);
    for (const which of ['progressFile', 'completions'] as const)
      expect(readFileSync(mine.paths[which], 'utf8')).toBe(readFileSync(theirs.paths[which], 'utf8'));
    for (const { key } of [a, b])
      expect(readFileSync(completedRecordFile(mine.paths, key), 'utf8')).toBe(`record of ${key}\n`);
    expect(openState(mine.root).state.records).toEqual(theirs.state.records);
  });

  test('merge: no completed eval of either side is lost, and the later record counts', () => {
    const theirs = stateWithDone(a, b);
    const mine = stateWithDone(a, c);
    const newer = completion(a, { ended: '2026-01-02T00:00:00.000Z', metrics: { accuracy: 1 } });
    mine.state.complete(newer);
    mine.state.merge(theirs.state);
    const merged = openState(mine.root).state;
    expect(merged.records.map((record) => record.eval).sort()).toEqual([a.key, b.key, c.key]);
    expect(merged.record(a.command)).toEqual(newer);
    expect(merged.commands).toHaveLength(3);
  });

  test('merge: a record dated in the future does not replace one of today', () => {
    const [mine, theirs] = [stateWithDone(a), openState()];
    theirs.state.complete(completion(a, { ended: '2099-01-01T00:00:00.000Z', metrics: { accuracy: 1 } }));
    mine.state.merge(theirs.state);
    expect(mine.state.record(a.command)).toEqual(completion(a));
    theirs.state.merge(openState(mine.root).state);
    expect(theirs.state.record(a.command)).toEqual(completion(a));
  });

  test('merge: lines of plain oaievalset are adopted', () => {
    const theirs = stateWithDone(a);
    writeFileSync(theirs.paths.progressFile, formatProgress([a.command, c.command]));
    const mine = stateWithDone(b);
    mine.state.merge(openState(theirs.root).state);
    expect(progressLines(mine.paths)).toEqual([a.command, b.command, c.command]);
  });

  test('merge: recorded responses are adopted, and the plan where there is none', () => {
    const plan = (samples: number) => {
      const evals = [{ ...a, samples }];
      const rest = {
        leftOut: [],
        dependencies: NO_DEPENDENCIES,
        evalsVersion: '',
        warnings: [],
        needsApiKey: false,
      };
      return savedPlan({ evals, digest: sha256(''), ...rest }, owner);
    };
    const theirs = stateWithDone(a);
    theirs.state.savePlan(plan(1));
    const { value: fingerprint, parts } = b.fingerprint;
    const of = { eval: b.key, repository: owner.repository, fingerprint, parts };
    const { journal } = Journal.open(theirs.paths, of);
    journal.markStateful();
    journal.seal();
    journal.close();
    const [empty, other] = [openState(), openState()];
    other.state.savePlan(plan(2));
    for (const { state, paths } of [empty, other]) {
      state.merge(theirs.state);
      expect(Journal.open(paths, of).journal.stateful).toBe(true);
    }
    expect(empty.state.plan).toEqual(plan(1));
    expect(other.state.plan).toEqual(plan(2));
  });
});

describe('merge: interrupted', () => {
  test('merge: killed between its two files, it loses nothing and restores no removed eval', () => {
    const theirs = stateWithDone(a, b);
    const mine = stateWithDone(c);
    // A directory in place of the temporary file fails the second write, as SIGKILL would.
    mkdirSync(`${mine.paths.progressFile}.tmp`);
    expect(() => mine.state.merge(theirs.state)).toThrow(/cannot be read or written/);
    rmSync(`${mine.paths.progressFile}.tmp`, { recursive: true });
    expect(progressLines(mine.paths)).toEqual([c.command]);
    const { state } = openState(mine.root);
    expect(state.records.map((record) => record.eval).sort()).toEqual([a.key, b.key, c.key]);
    expect(progressLines(mine.paths)).toHaveLength(3);
    // After healing, a line that the user removes stays removed.
    writeFileSync(mine.paths.progressFile, formatProgress([b.command]));
    expect(openState(mine.root).state.commands).toEqual([b.command]);
  });

  test('merge: killed before its first file, it has changed nothing', () => {
    const theirs = stateWithDone(a);
    const mine = stateWithDone(b, c);
    mkdirSync(`${mine.paths.completions}.tmp`);
    expect(() => mine.state.merge(theirs.state)).toThrow(/cannot be read or written/);
    rmSync(`${mine.paths.completions}.tmp`, { recursive: true });
    writeFileSync(mine.paths.progressFile, formatProgress([c.command]));
    const { state } = openState(mine.root);
    expect(state.commands).toEqual([c.command]);
    expect(state.wasRemoved(b.command)).toBe(true);
  });

  test('merge: killed between its two files, a line that the user removes before the next run stays removed', () => {
    const mine = stateWithDone(b, c);
    mkdirSync(`${mine.paths.progressFile}.tmp`);
    expect(() => mine.state.merge(stateWithDone(a).state)).toThrow(/cannot be read or written/);
    rmSync(`${mine.paths.progressFile}.tmp`, { recursive: true });
    writeFileSync(mine.paths.progressFile, formatProgress([c.command]));
    const { state } = openState(mine.root);
    expect([a, b, c].map(({ command }) => state.isDone(command))).toEqual([true, false, true]);
  });

  test('merge: killed between its two files by version 0.1, it loses nothing', () => {
    const { paths, root } = stateWithDone(a, b);
    writeFileSync(paths.progressFile, '');
    mkdirSync(paths.live, { recursive: true });
    writeFileSync(`${paths.live}/merge`, sha256(readFileSync(paths.completions, 'utf8')));
    expect(openState(root).state.commands).toEqual([a.command, b.command]);
    writeFileSync(paths.progressFile, formatProgress([b.command]));
    expect(openState(root).state.commands, 'the mark is gone').toEqual([b.command]);
  });
});

describe('merge: lines that the user removed', () => {
  /** A state in which the user removed `a`. */
  function withoutA() {
    const { paths, root } = stateWithDone(a, b);
    writeFileSync(paths.progressFile, formatProgress([b.command]));
    return openState(root).state;
  }

  test('merge: an eval that the user removed here stays removed', () => {
    const state = withoutA();
    state.merge(stateWithDone(a, b).state);
    expect(state.isDone(a.command)).toBe(false);
    expect(state.isDone(b.command)).toBe(true);
  });

  test.each([
    ['by another run', { run: { repository: 'o/r', id: '2', attempt: 1 } }],
    ['by another attempt', { run: { repository: 'o/r', id: '1', attempt: 2 } }],
    ['later', { ended: '2026-01-01T00:01:00.001Z' }],
  ])('merge: an eval that the user removed here and that was completed again %s counts', (_, changes) => {
    const theirs = stateWithDone(b);
    const again = completion(a, changes);
    theirs.state.complete(again);
    const state = withoutA();
    state.merge(theirs.state);
    expect(state.record(a.command)).toEqual(again);
  });

  test('merge: an eval that the user removed here is not restored in the form of an earlier version', () => {
    const theirs = stateWithDone(b);
    theirs.state.complete(completion(a, { fingerprint: sha256('the form of version 0.1') }));
    const state = withoutA();
    state.merge(theirs.state);
    expect(state.isDone(a.command)).toBe(false);
  });

  test('merge: an adopted eval whose line the user removes afterwards is removed', () => {
    const mine = stateWithDone(c);
    mine.state.merge(stateWithDone(a, b).state);
    writeFileSync(mine.paths.progressFile, formatProgress([b.command]));
    expect(openState(mine.root).state.commands).toEqual([b.command]);
  });
});
