/** What a state is after its files were changed: by a kill, by the user, by plain `oaievalset`, or by another owner. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NO_DEPENDENCIES } from '../../../src/model/plan.ts';
import { formatCompletions } from '../../../src/progress/completions-file.ts';
import { formatProgress } from '../../../src/progress/progress-file.ts';
import { savedPlan } from '../../../src/progress/saved-plan.ts';
import { completion, owner, sha256 } from '../../helpers/builders.ts';
import { a, b, c, openState, progressLines, stateWithDone } from '../../helpers/state-directory.ts';

describe('load: records and lines', () => {
  test('load: the newest line that the user removed stays removed', () => {
    const { paths, root } = stateWithDone(a, b);
    writeFileSync(paths.progressFile, formatProgress([a.command]));
    const { state } = openState(root);
    expect(state.isDone(b.command)).toBe(false);
    expect(state.wasRemoved(b.command)).toBe(true);
    expect(progressLines(paths)).toEqual([a.command]);
  });

  test('load: the only line that the user removed stays removed', () => {
    const { paths, root } = stateWithDone(a);
    writeFileSync(paths.progressFile, '');
    expect(openState(root).state.wasRemoved(a.command)).toBe(true);
  });

  test('load: an older line that the user removed stays removed, and its record is removed too', () => {
    const { paths, root } = stateWithDone(a, b);
    writeFileSync(paths.progressFile, formatProgress([b.command]));
    const { state } = openState(root);
    expect(state.isDone(a.command)).toBe(false);
    expect(state.wasRemoved(a.command)).toBe(true);
    expect(state.records).toEqual([completion(b)]);
    expect(readFileSync(paths.completions, 'utf8')).toBe(formatCompletions([completion(b)]));
  });

  test('load: several missing lines were removed by the user, that of the newest record included', () => {
    const { paths, root } = stateWithDone(a, b, c);
    writeFileSync(paths.progressFile, formatProgress([b.command]));
    const { state } = openState(root);
    expect(state.commands).toEqual([b.command]);
    expect([a, c].map((each) => state.wasRemoved(each.command))).toEqual([true, true]);
  });

  test('load: without a progress file no eval is completed', () => {
    const { paths, root } = stateWithDone(a);
    rmSync(paths.progressFile);
    const { state } = openState(root);
    expect(state.records).toEqual([]);
    expect(state.isDone(a.command)).toBe(false);
  });

  test('load: a line of plain oaievalset is completed without a record', () => {
    const { paths, root } = stateWithDone(a);
    writeFileSync(paths.progressFile, formatProgress([a.command, c.command]));
    const { state } = openState(root);
    expect(state.isDone(c.command)).toBe(true);
    expect(state.record(c.command)).toBeUndefined();
  });
});

describe('load: torn completion records', () => {
  test.each([1, 20, 200])(
    'load: a record without its last %i bytes is dropped, and its eval is not completed',
    (bytes) => {
      const { paths, root } = stateWithDone(a, b);
      writeFileSync(paths.progressFile, formatProgress([a.command]));
      const whole = readFileSync(paths.completions, 'utf8');
      writeFileSync(paths.completions, whole.slice(0, -bytes - 1));
      const { state, log } = openState(root);
      expect(state.records).toEqual([completion(a)]);
      expect(state.isDone(b.command)).toBe(false);
      expect(log.warnings).toEqual([]);
      state.complete(completion(c));
      expect(openState(root).state.records.map((record) => record.eval)).toEqual([a.key, c.key]);
    },
  );

  test('load: a record without its newline counts, and the next record does not join it', () => {
    const { paths, root } = stateWithDone(a, b);
    writeFileSync(paths.completions, readFileSync(paths.completions, 'utf8').trimEnd());
    const { state, log } = openState(root);
    expect(state.records).toEqual([completion(a), completion(b)]);
    expect(log.warnings).toEqual([]);
    state.complete(completion(c));
    expect(openState(root).state.records.map((record) => record.eval)).toEqual([a.key, b.key, c.key]);
  });
});

describe('load: other owners', () => {
  test.each([
    ['another repository', { repository: 'x/y' }, ['warning']],
    ['another repository and cache-key', { repository: 'x/y', cacheKey: '2' }, ['warning']],
    ['another cache-key', { cacheKey: '2' }, []],
    // gpt-4 on a.set and gpt-4.a on set have files of one name.
    ['another model', { model: 'gpt-4.a' }, ['warning']],
    ['another eval set', { evalSet: 'a.set' }, ['warning']],
  ])('load: the state of %s is quarantined as a whole', (_, changes, warned) => {
    const { state: first, root, paths } = stateWithDone(a);
    first.savePlan(
      savedPlan(
        {
          evals: [a],
          leftOut: [],
          digest: sha256(''),
          dependencies: NO_DEPENDENCIES,
          evalsVersion: '',
          warnings: [],
          needsApiKey: false,
        },
        owner,
      ),
    );
    const { state, log } = openState(root, changes);
    expect(state.commands).toEqual([]);
    expect(existsSync(paths.progressFile)).toBe(false);
    expect(log.warnings).toHaveLength(warned.length);
    expect([...log.warnings, ...log.lines].join()).toContain('was quarantined and is not used');
  });

  test('load: completion records of another repository do not count, nor do their lines', () => {
    const { root, paths } = stateWithDone(a);
    writeFileSync(paths.progressFile, formatProgress([a.command, c.command]));
    const { state, log } = openState(root, { repository: 'x/y' });
    expect(state.isDone(a.command)).toBe(false);
    expect(state.isDone(c.command)).toBe(true);
    expect(log.warnings).toEqual([
      `${paths.completions} has completion records of another repository (1), which are not used.`,
    ]);
  });
});
