import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatCompletions } from '../../../src/progress/completions-file.ts';
import { completedRecordFile } from '../../../src/progress/paths.ts';
import { formatProgress } from '../../../src/progress/progress-file.ts';
import { completion, planned, sha256, temporaryDirectory } from '../../helpers/builders.ts';
import { a, b, c, openState, progressLines, stateWithDone } from '../../helpers/state-directory.ts';

describe('state: completing an eval', () => {
  test('state: completing an eval writes its progress line, completion record and record file', () => {
    const { paths, state, root } = stateWithDone(a, b);
    expect(readFileSync(paths.progressFile, 'utf8')).toBe(formatProgress([a.command, b.command]));
    expect(readFileSync(completedRecordFile(paths, a.key), 'utf8')).toBe(`record of ${a.key}\n`);
    expect(openState(root).state.records).toEqual([completion(a), completion(b)]);
    expect(state.isDone(a.command)).toBe(true);
    expect(state.isDone(c.command)).toBe(false);
  });

  test('state: a second completion of a command replaces the first', () => {
    const { state, paths, root } = stateWithDone(a);
    const again = completion(a, { metrics: { accuracy: 1 } });
    state.complete(again);
    expect(progressLines(paths)).toEqual([a.command]);
    expect(openState(root).state.records).toEqual([again]);
    expect(readFileSync(paths.completions, 'utf8'), 'one line is enough').toBe(formatCompletions([again]));
  });

  test('state: a second completion of a command is the newest record, also after a rewrite of the file', () => {
    const { state, root } = stateWithDone(a, b, c);
    const again = completion(a, { metrics: { accuracy: 1 } });
    state.complete(again);
    expect(openState(root).state.records).toEqual([completion(b), completion(c), again]);
    state.forget([c.command]);
    expect(openState(root).state.records).toEqual([completion(b), again]);
  });

  test('state: a completion that fails before its record leaves an empty progress file', () => {
    const { state, paths } = openState();
    mkdirSync(paths.completions, { recursive: true });
    expect(() => state.complete(completion(a))).toThrow(/cannot be read or written/);
    expect(readFileSync(paths.progressFile, 'utf8')).toBe('');
  });
});

describe('state: forgetting an eval', () => {
  test('state: forgetting an eval removes its line and its record, and no others', () => {
    const { state, paths, root } = stateWithDone(a, b);
    state.forget([a.command, c.command]);
    expect(progressLines(paths)).toEqual([b.command]);
    expect(openState(root).state.records).toEqual([completion(b)]);
  });

  test('state: forgetting an eval leaves its lines with other arguments', () => {
    const { paths, root } = stateWithDone(a);
    const other = ['oaieval', 'gpt-4', 'a.dev.v0', '--max_samples', '9'];
    writeFileSync(paths.progressFile, formatProgress([other, a.command]));
    openState(root).state.forget([a.command]);
    expect(progressLines(paths)).toEqual([other]);
  });

  test('state: forgetting that fails half way leaves no line without a record', () => {
    const { state, paths, root } = stateWithDone(a, b);
    mkdirSync(`${paths.completions}.tmp`);
    expect(() => state.forget([a.command])).toThrow(/cannot be read or written/);
    expect(progressLines(paths)).toEqual([b.command]);
    rmSync(`${paths.completions}.tmp`, { recursive: true });
    expect(openState(root).state.isDone(a.command)).toBe(false);
  });
});

test('state: renewed records replace those of the same commands, also on disk', () => {
  const { state, root } = stateWithDone(a, b);
  const renewed = completion(a, { fingerprint: sha256('the form of this version') });
  state.renew([renewed, completion(planned('unknown.x'))]);
  const again = openState(root).state;
  expect(again.record(a.command)).toEqual(renewed);
  expect(again.records).toHaveLength(2);
  expect(again.isDone(a.command)).toBe(true);
});

test('state: a state directory that cannot be written is an error that names it', () => {
  const root = temporaryDirectory();
  writeFileSync(join(root, 'file'), '');
  expect(() => openState(join(root, 'file'))).toThrow(/state directory .*file cannot be read or written/);
});
