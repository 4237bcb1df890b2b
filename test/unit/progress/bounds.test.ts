/** State that no run of this action writes, but that a cache or a shared machine may contain, is quarantined unread. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { formatCompletions } from '../../../src/progress/completions-file.ts';
import { completedRecordFile } from '../../../src/progress/paths.ts';
import { formatProgress } from '../../../src/progress/progress-file.ts';
import { parseRecordLines } from '../../../src/progress/record-lines.ts';
import { parseSavedPlan } from '../../../src/progress/saved-plan.ts';
import { completion } from '../../helpers/builders.ts';
import { a, openState, stateWithDone } from '../../helpers/state-directory.ts';

const lines = (text: string, bytes: number): string => text.repeat(Math.ceil(bytes / text.length));

describe('bounds: a file larger than any eval set makes is quarantined', () => {
  test.each<[string, 'progressFile' | 'completions' | 'plan', () => string, RegExp]>([
    [
      'a large progress file of commands',
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
      'a large file of completion records',
      'completions',
      () => lines(formatCompletions([completion(a)]), 34e6),
      /too large/,
    ],
    [
      'a completion record of nothing but lists',
      'completions',
      () => `{"metrics": [${'[],'.repeat(100_000)}0]}\n`,
      /line 1: not JSON/,
    ],
    ['a plan of nothing but lists', 'plan', () => `[${'[],'.repeat(2_100_000)}0]`, /too large/],
    ['a plan of nothing but names', 'plan', () => `{${'"":0,'.repeat(2_100_000)}"x":0}`, /too large/],
  ])('bounds: %s is quarantined with one warning', (_, which, content, why) => {
    const { paths, root } = stateWithDone(a);
    writeFileSync(paths[which], content());
    const { log } = openState(root);
    expect(log.warnings).toEqual([expect.stringMatching(why)]);
    expect(openState(root).log.warnings).toEqual([]);
  });

  test('bounds: nothing of a progress file with too many lines is used', () => {
    const { paths, root } = openState();
    writeFileSync(paths.progressFile, formatProgress([a.command]).repeat(200_001));
    expect(openState(root).state.commands).toEqual([]);
    expect(readFileSync(paths.progressFile, 'utf8')).toBe('');
  });

  test('bounds: a file of records with too many lines is rejected', () => {
    const limits = { lines: 3, lineLength: 10, values: 10 };
    const rejected = 'it has more than 3 lines';
    expect(parseRecordLines('{}\n'.repeat(3), z.object(), limits).records).toHaveLength(3);
    expect(parseRecordLines('{}\n'.repeat(4), z.object(), limits)).toEqual({
      records: [],
      rejected,
      isTorn: false,
    });
  });

  test('bounds: a sparse file of a terabyte is not read', () => {
    const { paths, root } = stateWithDone(a);
    truncateSync(paths.completions, 1e12);
    expect(openState(root).log.warnings).toEqual([expect.stringContaining('too large')]);
  });

  test('bounds: deeply nested JSON is not a plan', () => {
    expect(parseSavedPlan('['.repeat(3_000_000))).toEqual({ reason: 'it is not JSON' });
  });
});

describe('bounds: an entry that is neither a file nor a directory is quarantined unopened', () => {
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
    'bounds: %s in place of %s is quarantined unopened',
    async (_, place, make) => {
      const { state, paths, root } = openState();
      if (place !== 'live' && place !== 'progressFile' && place !== 'resume') mkdirSync(paths.resume);
      await make(paths[place]);
      const { log } = openState(root);
      expect(log.warnings).toEqual([expect.stringMatching(/is not used: it is (a symbolic link|not a)/)]);
      state.complete(completion(a));
      expect(openState(root).state.isDone(a.command)).toBe(true);
    },
  );

  test('bounds: a pipe in place of the merge mark does not block', () => {
    const { paths, root } = stateWithDone(a);
    rmSync(paths.live, { recursive: true });
    mkdirSync(paths.live);
    execFileSync('mkfifo', [join(paths.live, 'merge')]);
    expect(openState(root).state.isDone(a.command)).toBe(true);
    expect(readdirSync(paths.live)).toEqual([]);
  });

  test('bounds: a pipe in place of a record file is not adopted by a merge', () => {
    const [mine, theirs] = [openState(), openState()];
    theirs.state.complete(completion(a));
    mkdirSync(theirs.paths.logs);
    execFileSync('mkfifo', [completedRecordFile(theirs.paths, a.key)]);
    mine.state.merge(theirs.state);
    expect(mine.state.isDone(a.command)).toBe(true);
    expect(existsSync(mine.paths.logs)).toBe(false);
  });
});
