/** State that no run of this action writes, but that a cache or a shared machine may hold: moved aside whole, at once. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { formatCompletions } from '../../../src/progress/completions-file.ts';
import { completedRecordFile, type StatePaths, statePaths } from '../../../src/progress/paths.ts';
import { formatProgress } from '../../../src/progress/progress-file.ts';
import { quarantine } from '../../../src/progress/quarantine.ts';
import { parseSavedPlan } from '../../../src/progress/saved-plan.ts';
import { State } from '../../../src/progress/state.ts';
import { completion, owner, planned, recordingLog, temporaryDirectory } from '../../helpers/builders.ts';

const a = planned('a.dev.v0');

function open(paths: StatePaths = statePaths(temporaryDirectory(), 'gpt-4', 'set')) {
  const log = recordingLog();
  const state = State.open({ paths, owner, log });
  return { state, paths, log };
}

/** A state in which one eval is done. */
function withDone() {
  const opened = open();
  opened.state.complete(completion(a));
  return opened;
}

const lines = (text: string, bytes: number): string => text.repeat(Math.ceil(bytes / text.length));

describe('state: what is larger than any eval set makes is moved aside whole, with one warning', () => {
  test.each<[string, 'progressFile' | 'completions' | 'plan', () => string, RegExp]>([
    [
      'a progress file of commands',
      'progressFile',
      () => lines(formatProgress([a.command]), 17e6),
      /too large/,
    ],
    ['a progress file of blank lines', 'progressFile', () => '\n'.repeat(300_000), /more than 200000 lines/],
    [
      'a progress file of one endless command',
      'progressFile',
      () => `["oaieval"${', "x"'.repeat(50_000)}]\n`,
      /1 of its lines are not oaievalset commands/,
    ],
    [
      'completions of records',
      'completions',
      () => lines(formatCompletions([completion(a)]), 34e6),
      /too large/,
    ],
    ['completions of blank lines', 'completions', () => '\n'.repeat(300_000), /more than 200000 lines/],
    [
      'a completion of nothing but lists',
      'completions',
      () => `{"metrics": [${'[],'.repeat(100_000)}0]}\n`,
      /line 1: not JSON/,
    ],
    ['a plan of nothing but lists', 'plan', () => `[${'[],'.repeat(2_100_000)}0]`, /too large/],
    ['a plan of nothing but names', 'plan', () => `{${'"":0,'.repeat(2_100_000)}"x":0}`, /too large/],
  ])('%s', (_, which, content, why) => {
    const { paths } = withDone();
    mkdirSync(paths.resume, { recursive: true });
    writeFileSync(paths[which], content());
    const { log } = open(paths);
    expect(log.warnings).toEqual([expect.stringMatching(why)]);
    expect(open(paths).log.warnings).toEqual([]);
  });

  test('and what is read in its place is nothing of it', () => {
    const { paths } = open();
    writeFileSync(paths.progressFile, formatProgress([a.command]).repeat(200_001));
    expect(open(paths).state.commands).toEqual([]);
    expect(readFileSync(paths.progressFile, 'utf8')).toBe('');
  });

  test('a file that only pretends to be large is not read either', () => {
    const { paths } = withDone();
    truncateSync(paths.completions, 1e12);
    expect(open(paths).log.warnings).toEqual([expect.stringContaining('too large')]);
  });

  test('JSON that is nested without end is no plan', () => {
    expect(parseSavedPlan('['.repeat(3_000_000))).toEqual({ reason: 'it is not JSON' });
  });
});

describe('state: what is neither a file nor a directory is moved aside unopened', () => {
  const makers: [string, (path: string) => unknown][] = [
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
    [
      'a link to a pipe',
      (path) => {
        execFileSync('mkfifo', [`${path}.pipe`]);
        symlinkSync(`${path}.pipe`, path);
      },
    ],
    ['a link to a device', (path) => symlinkSync('/dev/zero', path)],
    [
      'a socket',
      (path) => {
        const server = createServer().listen(path);
        onTestFinished(() => {
          server.close();
        });
        return new Promise((listening) => server.once('listening', listening));
      },
    ],
  ];
  const places = ['progressFile', 'completions', 'plan', 'live', 'resume', 'logs', 'journal'] as const;
  test.each(places.flatMap((place) => makers.map(([what, make]) => [what, place, make] as const)))(
    '%s in place of %s',
    async (_, place, make) => {
      const { state, paths } = open();
      if (place !== 'live' && place !== 'progressFile' && place !== 'resume') mkdirSync(paths.resume);
      await make(paths[place]);
      const { log } = open(paths);
      expect(log.warnings).toEqual([expect.stringMatching(/is not used: it is (a symbolic link|not a)/)]);
      state.complete(completion(a));
      expect(open(paths).state.isDone(a.command)).toBe(true);
    },
  );

  test('a pipe in place of the mark of a merge holds nothing up', () => {
    const { paths } = withDone();
    mkdirSync(paths.live);
    execFileSync('mkfifo', [join(paths.live, 'merge')]);
    expect(open(paths).state.isDone(a.command)).toBe(true);
    expect(readdirSync(paths.live)).toEqual([]);
  });

  test('a pipe in place of a record file is not taken from a checkpoint', () => {
    const [mine, theirs] = [open(), withDone()];
    mkdirSync(theirs.paths.logs);
    execFileSync('mkfifo', [completedRecordFile(theirs.paths, a.key)]);
    mine.state.merge(theirs.state);
    expect(mine.state.isDone(a.command)).toBe(true);
    expect(existsSync(mine.paths.logs)).toBe(false);
  });
});

describe('state: a checkpoint holds what the action wrote', () => {
  test('and nothing below what was moved aside, or deeper than its files lie', () => {
    const { state, paths } = withDone();
    for (const folder of ['completions.jsonl.rejected-20260101T000000Z/x', 'journal/a/b/c/d'])
      mkdirSync(join(paths.resume, folder), { recursive: true });
    for (const name of [
      'completions.jsonl.rejected-20260101T000000Z/x/y',
      'journal/a/b/c/d/e',
      'journal/a/1.jsonl',
    ])
      writeFileSync(join(paths.resume, name), '');
    const before = state.outline();
    const target = temporaryDirectory();
    state.snapshot(target);
    expect(readdirSync(join(target, 'gpt-4.set.resume'), { recursive: true }).sort()).toEqual([
      'completions.jsonl',
      'journal',
      'journal/a',
      'journal/a/1.jsonl',
    ]);
    writeFileSync(join(paths.resume, 'journal/a/b/c/d/f'), '');
    expect(state.outline()).toBe(before);
  });

  test('and is told apart from another by what its small files say, and by the sizes of the others', () => {
    const { state, paths } = withDone();
    const before = state.digest();
    writeFileSync(paths.completions, readFileSync(paths.completions, 'utf8').replace('0.5', '0.6'));
    const changed = state.digest();
    expect(changed).not.toBe(before);
    mkdirSync(paths.logs);
    writeFileSync(completedRecordFile(paths, a.key), 'x');
    expect(state.digest()).not.toBe(changed);
  });
});

test('state: of what is moved aside again and again the last 20 are kept', () => {
  const folder = temporaryDirectory();
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  writeFileSync(join(folder, 'y.rejected-20250101T000000Z'), '');
  for (let minute = 0; minute < 25; minute += 1) {
    writeFileSync(join(folder, 'x'), '');
    quarantine(join(folder, 'x'), at(minute));
  }
  const kept = readdirSync(folder).sort();
  expect(kept).toHaveLength(21);
  expect(kept[0]).toBe('x.rejected-20260101T000500Z');
});
