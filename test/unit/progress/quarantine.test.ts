import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quarantine, quarantineState } from '../../../src/progress/quarantine.ts';
import { temporaryDirectory } from '../../helpers/builders.ts';
import { directoryElsewhere } from '../../helpers/other-file-system.ts';
import { a, now, openState, STAMP, stateWithDone } from '../../helpers/state-directory.ts';

test('quarantine: an entry does not replace one that was quarantined before', () => {
  const root = temporaryDirectory();
  for (const content of ['one', 'two', 'three']) {
    writeFileSync(join(root, 'x'), content);
    quarantine(join(root, 'x'), now());
  }
  expect(readdirSync(root).sort()).toEqual([`x.${STAMP}`, `x.${STAMP}-2`, `x.${STAMP}-3`]);
  expect(readFileSync(join(root, `x.${STAMP}`), 'utf8')).toBe('one');
});

test('quarantine: a directory moves to another file system with its content, links as links', ({ skip }) => {
  const from = directoryElsewhere(skip);
  mkdirSync(join(from, 'x/y'), { recursive: true });
  writeFileSync(join(from, 'x/y/file'), 'content');
  symlinkSync('../nowhere', join(from, 'x/link'));
  const directory = join(temporaryDirectory(), 'new');
  const target = quarantine(join(from, 'x'), now(), directory);
  expect(target).toBe(join(directory, `x.${STAMP}`));
  expect(readFileSync(join(target, 'y/file'), 'utf8')).toBe('content');
  expect(readlinkSync(join(target, 'link'))).toBe('../nowhere');
  expect(readdirSync(from)).toEqual([]);
});

test('quarantine: an entry that does not exist is an error', () => {
  expect(() => quarantine(join(temporaryDirectory(), 'x'), now())).toThrow(/ENOENT/);
});

test('quarantine: of one name, the newest 20 entries are retained', () => {
  const directory = temporaryDirectory();
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  writeFileSync(join(directory, 'y.rejected-20250101T000000Z'), '');
  for (let minute = 0; minute < 25; minute += 1) {
    writeFileSync(join(directory, 'x'), '');
    quarantine(join(directory, 'x'), at(minute));
  }
  const retained = readdirSync(directory).sort();
  expect(retained).toHaveLength(21);
  expect(retained[0]).toBe('x.rejected-20260101T000500Z');
});

test('quarantine: a whole state is quarantined for a fresh start, and nothing is deleted', () => {
  const { root, paths } = stateWithDone(a);
  writeFileSync(join(paths.live, 'merge'), '');
  expect(quarantineState(paths, now())).toBe(true);
  expect(readdirSync(root).sort()).toEqual(
    ['live', 'progress.txt', 'resume'].map((name) => `gpt-4.set.${name}.${STAMP}`),
  );
  expect(openState(root).state.commands).toEqual([]);
  expect(quarantineState(paths, now())).toBe(false);
});
