import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completedRecordFile, statePaths } from '../../../src/progress/paths.ts';
import { completion, temporaryDirectory } from '../../helpers/builders.ts';
import { directoryElsewhere } from '../../helpers/other-file-system.ts';
import { a, b, stateWithDone } from '../../helpers/state-directory.ts';

/** Names of everything below a directory. */
const namesIn = (directory: string) => readdirSync(directory, { recursive: true }).map(String).sort();

test('snapshot: contains the progress file and .resume, but no live, quarantined or unfinished files', () => {
  const { state, paths, root } = stateWithDone(a);
  mkdirSync(join(paths.live, 'logs'), { recursive: true });
  writeFileSync(join(paths.resume, 'completions.jsonl.rejected-20260101T000000Z'), 'x');
  writeFileSync(join(paths.resume, 'plan.json.tmp'), 'x');
  const target = temporaryDirectory();
  state.snapshot(target);
  expect(namesIn(target)).toEqual([
    'gpt-4.set.progress.txt',
    'gpt-4.set.resume',
    'gpt-4.set.resume/completions.jsonl',
    'gpt-4.set.resume/logs',
    'gpt-4.set.resume/logs/a.dev.v0.jsonl',
  ]);
  expect(readdirSync(root)).toContain('gpt-4.set.live');
});

test('snapshot: leaves out quarantined directories, and directories deeper than any of this action', () => {
  const { state, paths } = stateWithDone();
  const names = ['completions.jsonl.rejected-20260101T000000Z/x/y', 'journal/a/b/c/e', 'journal/a/1.jsonl'];
  for (const name of names) {
    mkdirSync(join(paths.resume, name, '..'), { recursive: true });
    writeFileSync(join(paths.resume, name), '');
  }
  const before = state.outline();
  const target = temporaryDirectory();
  state.snapshot(target);
  expect(namesIn(join(target, 'gpt-4.set.resume'))).toEqual(['journal', 'journal/a', 'journal/a/1.jsonl']);
  writeFileSync(join(paths.resume, 'journal/a/b/c/f'), '');
  expect(state.outline()).toBe(before);
});

test('snapshot: on another file system has the same content', ({ skip }) => {
  const { state, paths } = stateWithDone(a);
  const target = directoryElsewhere(skip);
  state.snapshot(target);
  const copy = completedRecordFile(statePaths(target, 'gpt-4', 'set'), a.key);
  expect(readFileSync(copy, 'utf8')).toBe(readFileSync(completedRecordFile(paths, a.key), 'utf8'));
});

test('outline: changes with what a checkpoint contains, and only with that', () => {
  const { state, paths } = stateWithDone(a);
  const before = state.outline();
  mkdirSync(join(paths.live, 'journal'), { recursive: true });
  writeFileSync(join(paths.live, 'journal/x'), 'x');
  expect(state.outline()).toBe(before);
  mkdirSync(join(paths.journal, b.key), { recursive: true });
  writeFileSync(join(paths.journal, b.key, '1.jsonl'), 'x');
  const sealed = state.outline();
  expect(sealed).not.toBe(before);
  state.complete(completion(b));
  expect(state.outline()).not.toBe(sealed);
});
