/** A kill between a completion record and its progress line, at each moment, and what the user removes afterwards. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Command, formatCommand } from '../../../src/model/command.ts';
import { formatRecord } from '../../../src/progress/completions-file.ts';
import { appendLine } from '../../../src/progress/durable.ts';
import { LinesToWrite } from '../../../src/progress/lines-to-write.ts';
import { formatProgress } from '../../../src/progress/progress-file.ts';
import { completion, temporaryDirectory } from '../../helpers/builders.ts';
import { a, b, c, openState, progressLines, STAMP, stateWithDone } from '../../helpers/state-directory.ts';

class Killed extends Error {}

/** A state with `a`, whose process was killed while it completed `b`: after so many of its writes. */
function killedWhileCompletingB(writes: number) {
  const { paths, root } = stateWithDone(a);
  const steps = [
    () => appendLine(paths.completions, formatRecord(completion(b))),
    () => appendLine(paths.progressFile, formatCommand(b.command)),
  ];
  if (writes > 0)
    expect(() =>
      new LinesToWrite(paths).around([b.command], () => {
        for (const step of steps.slice(0, writes - 1)) step();
        throw new Killed();
      }),
    ).toThrow(Killed);
  return { paths, root };
}

const done = (root: string) => openState(root).state.commands;

test.each<[writes: number, what: string, commands: readonly Command[]]>([
  [0, 'before the mark', [a.command]],
  [1, 'between mark and record', [a.command]],
  [2, 'between record and line', [a.command, b.command]],
  [3, 'between line and the removal of the mark', [a.command, b.command]],
])(
  'lines to write: killed after %i writes (%s), the state is whole, and the mark is gone',
  (writes, _, commands) => {
    const { paths, root } = killedWhileCompletingB(writes);
    expect(existsSync(paths.linesToWrite)).toBe(writes > 0);
    expect(done(root)).toEqual(commands);
    expect(progressLines(paths)).toEqual(commands);
    expect(existsSync(paths.linesToWrite)).toBe(false);
  },
);

test('lines to write: after a kill between record and line, another line that the user removes stays removed', () => {
  const { paths, root } = killedWhileCompletingB(2);
  writeFileSync(paths.progressFile, '');
  expect(done(root)).toEqual([b.command]);
});

test('lines to write: after a kill between record and line, a progress file that the user removes starts fresh', () => {
  const { paths, root } = killedWhileCompletingB(2);
  rmSync(paths.progressFile);
  expect(done(root)).toEqual([]);
});

test('lines to write: a torn record is dropped, although the mark names it', () => {
  const { paths, root } = killedWhileCompletingB(2);
  writeFileSync(paths.completions, readFileSync(paths.completions, 'utf8').slice(0, -20));
  expect(done(root)).toEqual([a.command]);
});

test('lines to write: a healed line that the user removes stays removed', () => {
  const { paths, root } = killedWhileCompletingB(2);
  expect(done(root)).toEqual([a.command, b.command]);
  writeFileSync(paths.progressFile, formatProgress([a.command]));
  expect(done(root)).toEqual([a.command]);
});

test('lines to write: while the progress file cannot be written, no completed eval is lost', () => {
  const { state, paths, root } = stateWithDone(a);
  const before = readFileSync(paths.progressFile);
  rmSync(paths.progressFile);
  mkdirSync(paths.progressFile);
  for (const each of [b, c])
    expect(() => state.complete(completion(each))).toThrow(/cannot be read or written/);
  expect(state.isDone(b.command)).toBe(false);
  rmSync(paths.progressFile, { recursive: true });
  writeFileSync(paths.progressFile, before);
  const copy = temporaryDirectory();
  state.snapshot(copy);
  expect(done(copy), 'the checkpoint has the mark').toEqual([a.command, b.command, c.command]);
  expect(done(root)).toEqual([a.command, b.command, c.command]);
});

test('lines to write: a line that could be written is no longer named, and the others are', () => {
  const { state, paths, root } = stateWithDone();
  mkdirSync(paths.progressFile);
  expect(() => state.complete(completion(a))).toThrow(/cannot be read or written/);
  rmSync(paths.progressFile, { recursive: true });
  state.complete(completion(b));
  // The user removes the line of b, and a never had one.
  writeFileSync(paths.progressFile, '');
  expect(done(root)).toEqual([a.command]);
});

test.each([
  ['not JSON', '{'],
  ['of an unknown version', '{"version":2,"commands":[]}'],
  ['with a command that is none', '{"version":1,"commands":["oaieval"]}'],
])('lines to write: a mark that is %s is quarantined, and names nothing', (_, content) => {
  const { paths, root } = stateWithDone(a, b);
  writeFileSync(paths.linesToWrite, content);
  writeFileSync(paths.progressFile, formatProgress([a.command]));
  const { state, log } = openState(root);
  expect(state.commands).toEqual([a.command]);
  expect(log.warnings).toEqual([expect.stringContaining(`lines-to-write.json.${STAMP}`)]);
});
