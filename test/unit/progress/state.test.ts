import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { formatCompletions } from '../../../src/progress/completions-file.ts';
import { Journal } from '../../../src/progress/journal.ts';
import { completedRecordFile, liveRecordFile, statePaths } from '../../../src/progress/paths.ts';
import { formatProgress, parseProgress } from '../../../src/progress/progress-file.ts';
import { quarantine } from '../../../src/progress/quarantine.ts';
import { savedPlan } from '../../../src/progress/saved-plan.ts';
import { quarantineState, State } from '../../../src/progress/state.ts';
import {
  completion,
  owner,
  planned,
  recordingLog,
  sha256,
  temporaryDirectory,
} from '../../helpers/builders.ts';

const [a, b, c] = ['a.dev.v0', 'b.dev.v0', 'c.dev.v0'].map((key) => planned(key)) as [
  ReturnType<typeof planned>,
  ReturnType<typeof planned>,
  ReturnType<typeof planned>,
];
const now = () => new Date('2026-02-03T04:05:06.789Z');

function open(root = temporaryDirectory(), changes: Partial<typeof owner> = {}) {
  const log = recordingLog();
  const paths = statePaths(root, 'gpt-4', 'set');
  const state = State.open({ paths, owner: { ...owner, ...changes }, log, now });
  return { state, log, paths, root };
}

/** A state directory where the given evals are done. */
function withDone(...evals: ReturnType<typeof planned>[]) {
  const opened = open();
  for (const done of evals) {
    const live = liveRecordFile(opened.paths, done.key);
    mkdirSync(dirname(live), { recursive: true });
    writeFileSync(live, `record of ${done.key}\n`);
    opened.state.complete(completion(done), live);
  }
  return opened;
}

const progress = (path: string) => parseProgress(readFileSync(path, 'utf8')).commands;

describe('completing', () => {
  test('writes the line of oaievalset, the completion record, and keeps the record file', () => {
    const { paths, state, root } = withDone(a, b);
    expect(readFileSync(paths.progressFile, 'utf8')).toBe(formatProgress([a.command, b.command]));
    expect(readFileSync(completedRecordFile(paths, a.key), 'utf8')).toBe(`record of ${a.key}\n`);
    expect(open(root).state.records).toEqual([completion(a), completion(b)]);
    expect(state.isDone(a.command)).toBe(true);
    expect(state.isDone(c.command)).toBe(false);
  });

  test('forgetting takes the line and the record, and leaves the others', () => {
    const { state, paths, root } = withDone(a, b);
    state.forget([a.command, c.command]);
    expect(progress(paths.progressFile)).toEqual([b.command]);
    expect(open(root).state.records).toEqual([completion(b)]);
  });

  test('a second completion of one command replaces the first', () => {
    const { state, paths, root } = withDone(a);
    const again = completion(a, { metrics: { accuracy: 1 } });
    state.complete(again);
    expect(progress(paths.progressFile)).toEqual([a.command]);
    expect(open(root).state.records).toEqual([again]);
    expect(readFileSync(paths.completions, 'utf8'), 'one line is enough').toBe(formatCompletions([again]));
  });

  test('of two completions of one command the second is the newest of all, also when the file is written anew', () => {
    const { state, root } = withDone(a, b, c);
    const again = completion(a, { metrics: { accuracy: 1 } });
    state.complete(again);
    expect(open(root).state.records).toEqual([completion(b), completion(c), again]);
    state.forget([c.command]);
    expect(open(root).state.records).toEqual([completion(b), again]);
  });

  test('that is cut off before its record leaves no line, and a progress file without lines', () => {
    const { state, paths } = open();
    mkdirSync(paths.completions, { recursive: true });
    expect(() => state.complete(completion(a))).toThrow(/cannot be read or written/);
    expect(readFileSync(paths.progressFile, 'utf8')).toBe('');
  });

  test('forgetting that is cut off leaves no line without a record', () => {
    const { state, paths, root } = withDone(a, b);
    mkdirSync(`${paths.completions}.tmp`);
    expect(() => state.forget([a.command])).toThrow(/cannot be read or written/);
    expect(progress(paths.progressFile)).toEqual([b.command]);
    rmSync(`${paths.completions}.tmp`, { recursive: true });
    expect(open(root).state.isDone(a.command)).toBe(false);
  });
});

describe('healing', () => {
  test('the newest record heals when just its line is missing', () => {
    const { paths, root } = withDone(a, b);
    writeFileSync(paths.progressFile, formatProgress([a.command]));
    const { state } = open(root);
    expect(state.isDone(b.command)).toBe(true);
    expect(progress(paths.progressFile)).toEqual([a.command, b.command]);
  });

  test('the very first record heals, because the progress file is there before it', () => {
    const { paths, root } = withDone(a);
    writeFileSync(paths.progressFile, '');
    expect(open(root).state.isDone(a.command)).toBe(true);
  });

  test('another missing line is the wish of the user', () => {
    const { paths, root } = withDone(a, b);
    writeFileSync(paths.progressFile, formatProgress([b.command]));
    const { state } = open(root);
    expect(state.isDone(a.command)).toBe(false);
    expect(state.wasRemoved(a.command)).toBe(true);
    expect(state.records).toEqual([completion(b)]);
    expect(readFileSync(paths.completions, 'utf8')).toBe(formatCompletions([completion(b)]));
  });

  test('so are several missing lines, that of the newest record included', () => {
    const { paths, root } = withDone(a, b, c);
    writeFileSync(paths.progressFile, formatProgress([b.command]));
    const { state } = open(root);
    expect(state.commands).toEqual([b.command]);
    expect([a, c].map((each) => state.wasRemoved(each.command))).toEqual([true, true]);
  });

  test('deleting the progress file starts the set afresh', () => {
    const { paths, root } = withDone(a);
    rmSync(paths.progressFile);
    const { state } = open(root);
    expect(state.records).toEqual([]);
    expect(state.isDone(a.command)).toBe(false);
  });

  test.each([1, 20, 200])(
    'a record cut %i bytes before its end is dropped, and not counted as done',
    (bytes) => {
      const { paths, root } = withDone(a, b);
      writeFileSync(paths.progressFile, formatProgress([a.command]));
      const whole = readFileSync(paths.completions, 'utf8');
      writeFileSync(paths.completions, whole.slice(0, -bytes - 1));
      const { state, log } = open(root);
      expect(state.records).toEqual([completion(a)]);
      expect(state.isDone(b.command)).toBe(false);
      expect(log.warnings).toEqual([]);
      state.complete(completion(c));
      expect(open(root).state.records.map((record) => record.eval)).toEqual([a.key, c.key]);
    },
  );

  test('a record that lacks nothing but its line end counts', () => {
    const { paths, root } = withDone(a, b);
    writeFileSync(paths.completions, readFileSync(paths.completions, 'utf8').trimEnd());
    const { state, log } = open(root);
    expect(state.records).toEqual([completion(a), completion(b)]);
    expect(log.warnings).toEqual([]);
    state.complete(completion(c));
    expect(open(root).state.records.map((record) => record.eval)).toEqual([a.key, b.key, c.key]);
  });

  test('a line of plain oaievalset counts as done without a record', () => {
    const { paths, root } = withDone(a);
    writeFileSync(paths.progressFile, formatProgress([a.command, c.command]));
    const { state } = open(root);
    expect(state.isDone(c.command)).toBe(true);
    expect(state.record(c.command)).toBeUndefined();
  });

  test('lines of other arguments stay', () => {
    const { paths, root } = withDone(a);
    const other = ['oaieval', 'gpt-4', 'a.dev.v0', '--max_samples', '9'];
    writeFileSync(paths.progressFile, formatProgress([other, a.command]));
    open(root).state.forget([a.command]);
    expect(progress(paths.progressFile)).toEqual([other]);
  });
});

describe('state: what cannot be trusted is quarantined', () => {
  type Case = [
    what: string,
    damage: (paths: ReturnType<typeof statePaths>) => void,
    isQuarantined: (name: string) => boolean,
    why?: string,
  ];
  const cases: Case[] = [
    [
      'completions that are rubbish',
      (p) => writeFileSync(p.completions, '{"version":1}\n\u0000\n'),
      isRejected('completions.jsonl'),
    ],
    [
      'completions of an unknown version',
      (p) => writeFileSync(p.completions, `${JSON.stringify({ ...completion(a), version: 2 })}\n`),
      isRejected('completions.jsonl'),
    ],
    [
      'completions with wrong types',
      (p) =>
        writeFileSync(p.completions, `${JSON.stringify({ ...completion(a), metrics: { accuracy: {} } })}\n`),
      isRejected('completions.jsonl'),
    ],
    ...[
      [
        'a part named as a workflow command',
        { parts: { 'x\n::set-output name=complete::true': sha256('') } },
      ],
      ['an eval named in two lines', { eval: 'a\n::error::b', argv: ['oaieval', 'gpt-4', 'a\n::error::b'] }],
      ['a number beyond all numbers', { samples: 'ABSURD' }],
      ['half a sample', { samples: 1.5 }],
      ['fewer than no samples', { samples: -1 }],
      ['a fingerprint that is none', { fingerprint: 'x' }],
      ['a time that is none', { ended: 'yesterday' }],
      ['the command of another eval', { argv: ['oaieval', 'gpt-4', b.key] }],
      ['fewer than no tokens', { tokens: { prompt: -1, completion: 0, total: 0 } }],
      [
        'a record of many megabytes',
        { argv: ['oaieval', 'gpt-4', a.key, ...Array(90).fill('x'.repeat(65000))] },
      ],
    ].map(
      ([what, changes]): Case => [
        `completions with ${what}`,
        (p) => {
          const line = JSON.stringify({ ...completion(a), ...(changes as object) }).replace(
            '"ABSURD"',
            '1e999',
          );
          writeFileSync(p.completions, `${line}\n`);
        },
        isRejected('completions.jsonl'),
      ],
    ),
    ['a plan that is no JSON', (p) => writeFileSync(p.plan, '{'), isRejected('plan.json')],
    [
      'a progress file of rubbish',
      (p) => writeFileSync(p.progressFile, 'PK\u0003\u0004\nrm -rf /\n'),
      isRejected('gpt-4.set.progress.txt'),
    ],
    ...(['progressFile', 'completions', 'plan', 'resume', 'live'] as const).flatMap((which): Case[] => {
      const name = {
        progressFile: 'gpt-4.set.progress.txt',
        completions: 'completions.jsonl',
        plan: 'plan.json',
      };
      const isFile = which in name;
      const isQuarantined = isRejected(
        { ...name, resume: 'gpt-4.set.resume', live: 'gpt-4.set.live' }[which],
      );
      const instead = (make: (path: string) => void) => (p: ReturnType<typeof statePaths>) => {
        rmSync(p[which], { recursive: true, force: true });
        make(p[which]);
      };
      const other = isFile ? 'directory' : 'file';
      return [
        [
          `${which}: a link`,
          instead((path) => symlinkSync(isFile ? '/etc/passwd' : temporaryDirectory(), path)),
          isQuarantined,
          'it is a symbolic link',
        ],
        [
          `${which}: a ${other}`,
          instead((path) => (isFile ? mkdirSync(path) : writeFileSync(path, 'x'))),
          isQuarantined,
          isFile ? 'it is not a regular file' : 'it is not a directory',
        ],
      ];
    }),
    ...(['progressFile', 'completions', 'plan'] as const).map((which): Case => {
      const name = {
        progressFile: 'gpt-4.set.progress.txt',
        completions: 'completions.jsonl',
        plan: 'plan.json',
      };
      const grow = (p: ReturnType<typeof statePaths>) => {
        writeFileSync(p[which], '');
        truncateSync(p[which], 129 * 1024 ** 2);
      };
      return [`${which}: more than can be read`, grow, isRejected(name[which]), 'it is too large'];
    }),
  ];
  test.each(cases)('%s', (_, damage, isQuarantined, why = '') => {
    const { paths, root } = withDone(a);
    damage(paths);
    const { state, log } = open(root);
    expect(log.warnings).toEqual([expect.stringMatching(/ is not used: .* quarantined as /s)]);
    expect(log.warnings[0]).toContain(why);
    expect(readdirSync(root, { recursive: true }).map(String).some(isQuarantined)).toBe(true);
    state.complete(completion(b));
    expect(open(root).log.warnings).toEqual([]);
    expect(open(root).state.isDone(b.command)).toBe(true);
  });

  test('records beside a damaged one are kept', () => {
    const { paths, root } = withDone(a, b);
    writeFileSync(paths.completions, readFileSync(paths.completions, 'utf8').replace('\n', '\nrubbish\n'));
    expect(open(root).log.warnings).toEqual([expect.stringContaining('line 2: not JSON (1 such)')]);
    const { state, log } = open(root);
    expect(state.records).toEqual([completion(a), completion(b)]);
    expect(log.warnings).toEqual([]);
  });

  test.each<[string, (completions: string) => void]>([
    ['was damaged', (path) => writeFileSync(path, 'rubbish\n')],
    ['is a link', (path) => symlinkSync('/dev/null', path)],
    ['is a directory', (path) => mkdirSync(path)],
  ])('an eval whose completion record %s runs again; one of plain oaievalset does not', (_, damage) => {
    const { paths, root } = withDone(a, b);
    writeFileSync(paths.progressFile, formatProgress([a.command, b.command, c.command]));
    rmSync(paths.completions);
    damage(paths.completions);
    const { state } = open(root);
    expect([a, b, c].map((e) => state.isDone(e.command))).toEqual([false, false, true]);
  });

  test.each([
    ['another repository', { repository: 'x/y' }, ['warning']],
    ['another repository and cache-key', { repository: 'x/y', cacheKey: '2' }, ['warning']],
    ['another cache-key', { cacheKey: '2' }, []],
    // gpt-4 on a.set and gpt-4.a on set have files of one name.
    ['another model', { model: 'gpt-4.a' }, ['warning']],
    ['another eval set', { evalSet: 'a.set' }, ['warning']],
  ])('state of %s is quarantined whole', (_, changes, warned) => {
    const { state: first, root, paths } = withDone(a);
    const dependencies = { files: [], directories: [], missing: [] };
    first.savePlan(
      savedPlan(
        { evals: [a], digest: sha256(''), dependencies, evalsVersion: '', warnings: [], needsApiKey: false },
        owner,
      ),
    );
    const { state, log } = open(root, changes);
    expect(state.commands).toEqual([]);
    expect(existsSync(paths.progressFile)).toBe(false);
    expect(log.warnings).toHaveLength(warned.length);
    expect([...log.warnings, ...log.lines].join()).toContain('was quarantined and is not used');
  });

  test('completion records of another repository do not count, nor do their lines', () => {
    const { root, paths } = withDone(a);
    writeFileSync(paths.progressFile, formatProgress([a.command, c.command]));
    const { state, log } = open(root, { repository: 'x/y' });
    expect(state.isDone(a.command)).toBe(false);
    expect(state.isDone(c.command)).toBe(true);
    expect(log.warnings).toEqual([
      `1 completion records in ${paths.completions} belong to another repository and are not used.`,
    ]);
  });

  test('a fresh start sets everything aside and loses nothing', () => {
    const { root, paths } = withDone(a);
    writeFileSync(join(paths.live, 'merge'), '');
    expect(quarantineState(paths, now())).toBe(true);
    expect(readdirSync(root).sort()).toEqual(
      ['live', 'progress.txt', 'resume'].map((name) => `gpt-4.set.${name}.rejected-20260203T040506Z`),
    );
    expect(open(root).state.commands).toEqual([]);
    expect(quarantineState(paths, now())).toBe(false);
  });
});

function isRejected(name: string) {
  return (path: string) => path.includes(`${name}.rejected-20260203T040506Z`);
}

describe('merging a restored checkpoint', () => {
  test('an empty machine takes over everything, record files included', () => {
    const theirs = withDone(a, b);
    const mine = open();
    mine.state.merge(theirs.state);
    expect(mine.state.digest()).toBe(theirs.state.digest());
    expect(open(mine.root).state.records).toEqual(theirs.state.records);
  });

  test('no completed eval is lost from either side, and the later record counts', () => {
    const theirs = withDone(a, b);
    const mine = withDone(a, c);
    const newer = completion(a, { ended: '2026-01-02T00:00:00.000Z', metrics: { accuracy: 1 } });
    mine.state.complete(newer);
    mine.state.merge(theirs.state);
    const merged = open(mine.root).state;
    expect(merged.records.map((record) => record.eval).sort()).toEqual([a.key, b.key, c.key]);
    expect(merged.record(a.command)).toEqual(newer);
    expect(merged.commands).toHaveLength(3);
  });

  test('a record that is dated in the future does not replace one of today', () => {
    const [mine, theirs] = [withDone(a), open()];
    theirs.state.complete(completion(a, { ended: '2099-01-01T00:00:00.000Z', metrics: { accuracy: 1 } }));
    mine.state.merge(theirs.state);
    expect(mine.state.record(a.command)).toEqual(completion(a));
    theirs.state.merge(open(mine.root).state);
    expect(theirs.state.record(a.command)).toEqual(completion(a));
  });

  test('cut off between its two files, it loses nothing, and brings nothing back', () => {
    const theirs = withDone(a, b);
    const mine = withDone(c);
    // What stands in the way of the second file, as a kill -9 would.
    mkdirSync(`${mine.paths.progressFile}.tmp`);
    expect(() => mine.state.merge(theirs.state)).toThrow(/cannot be read or written/);
    rmSync(`${mine.paths.progressFile}.tmp`, { recursive: true });
    expect(progress(mine.paths.progressFile)).toEqual([c.command]);
    const { state } = open(mine.root);
    expect(state.records.map((record) => record.eval).sort()).toEqual([a.key, b.key, c.key]);
    expect(progress(mine.paths.progressFile)).toHaveLength(3);
    // Now that it is healed, a line that is taken out is taken out.
    writeFileSync(mine.paths.progressFile, formatProgress([b.command]));
    expect(open(mine.root).state.commands).toEqual([b.command]);
  });

  test('cut off before its first file, it is as if it had not begun', () => {
    const theirs = withDone(a);
    const mine = withDone(b, c);
    mkdirSync(`${mine.paths.completions}.tmp`);
    expect(() => mine.state.merge(theirs.state)).toThrow(/cannot be read or written/);
    rmSync(`${mine.paths.completions}.tmp`, { recursive: true });
    writeFileSync(mine.paths.progressFile, formatProgress([c.command]));
    const { state } = open(mine.root);
    expect(state.commands).toEqual([c.command]);
    expect(state.wasRemoved(b.command)).toBe(true);
  });

  test('what the user removed on this machine is not brought back', () => {
    const theirs = withDone(a, b);
    const mine = withDone(a, b);
    writeFileSync(mine.paths.progressFile, formatProgress([b.command]));
    const { state } = open(mine.root);
    state.merge(theirs.state);
    expect(state.isDone(a.command)).toBe(false);
    expect(state.isDone(b.command)).toBe(true);
  });

  test.each([
    ['by another run', { run: { repository: 'o/r', id: '2', attempt: 1 } }],
    ['by another attempt', { run: { repository: 'o/r', id: '1', attempt: 2 } }],
    ['later', { ended: '2026-01-01T00:01:00.001Z' }],
  ])('what the user removed on this machine, and was done again %s, is done', (_, changes) => {
    const theirs = withDone(b);
    const again = completion(a, changes);
    theirs.state.complete(again);
    const mine = withDone(a, b);
    writeFileSync(mine.paths.progressFile, formatProgress([b.command]));
    const { state } = open(mine.root);
    state.merge(theirs.state);
    expect(state.record(a.command)).toEqual(again);
  });

  test('what the user removed on this machine is not brought back in the form of an earlier version', () => {
    const theirs = withDone(b);
    theirs.state.complete(completion(a, { fingerprint: sha256('as version 0.1 told it') }));
    const mine = withDone(a, b);
    writeFileSync(mine.paths.progressFile, formatProgress([b.command]));
    const { state } = open(mine.root);
    state.merge(theirs.state);
    expect(state.isDone(a.command)).toBe(false);
  });

  test('renewed records take the place of those they renew, on disk as well', () => {
    const mine = withDone(a, b);
    const renewed = completion(a, { fingerprint: sha256('as this version tells it') });
    mine.state.renew([renewed, completion(planned('unknown.x'))]);
    const { state } = open(mine.root);
    expect(state.record(a.command)).toEqual(renewed);
    expect(state.records).toHaveLength(2);
    expect(state.isDone(a.command)).toBe(true);
  });

  test('a line that the user takes out afterwards is taken out', () => {
    const theirs = withDone(a, b);
    const mine = withDone(c);
    mine.state.merge(theirs.state);
    writeFileSync(mine.paths.progressFile, formatProgress([b.command]));
    expect(open(mine.root).state.commands).toEqual([b.command]);
  });

  test('answers of evals that did not end are taken over, and the plan where there is none', () => {
    const plan = (samples: number) => {
      const dependencies = { files: [], directories: [], missing: [] };
      const evals = [{ ...a, samples }];
      return savedPlan(
        { evals, digest: sha256(''), dependencies, evalsVersion: '', warnings: [], needsApiKey: false },
        owner,
      );
    };
    const theirs = withDone(a);
    theirs.state.savePlan(plan(1));
    const { value: fingerprint, parts } = b.fingerprint;
    const of = { eval: b.key, repository: owner.repository, fingerprint, parts };
    const { journal } = Journal.open(theirs.paths, of);
    journal.markStateful();
    journal.seal();
    journal.close();
    const [empty, other] = [open(), open()];
    other.state.savePlan(plan(2));
    for (const { state, paths } of [empty, other]) {
      state.merge(theirs.state);
      expect(Journal.open(paths, of).journal.stateful).toBe(true);
    }
    expect(empty.state.plan).toEqual(plan(1));
    expect(other.state.plan).toEqual(plan(2));
  });

  test('lines of plain oaievalset are taken over', () => {
    const theirs = withDone(a);
    writeFileSync(theirs.paths.progressFile, formatProgress([a.command, c.command]));
    const mine = withDone(b);
    mine.state.merge(open(theirs.root).state);
    expect(progress(mine.paths.progressFile)).toEqual([a.command, b.command, c.command]);
  });
});

describe('a snapshot', () => {
  test('holds the progress file and .resume, not what is live or quarantined', () => {
    const { state, paths, root } = withDone(a);
    mkdirSync(join(paths.live, 'logs'), { recursive: true });
    writeFileSync(join(paths.resume, 'completions.jsonl.rejected-20260101T000000Z'), 'x');
    writeFileSync(join(paths.resume, 'plan.json.tmp'), 'x');
    const target = temporaryDirectory();
    state.snapshot(target);
    expect(readdirSync(target, { recursive: true }).map(String).sort()).toEqual([
      'gpt-4.set.progress.txt',
      'gpt-4.set.resume',
      'gpt-4.set.resume/completions.jsonl',
      'gpt-4.set.resume/logs',
      'gpt-4.set.resume/logs/a.dev.v0.jsonl',
    ]);
    expect(readdirSync(root)).toContain('gpt-4.set.live');
  });

  test('on another file system holds the same', ({ skip }) => {
    const { state, paths } = withDone(a);
    const target = elsewhere(skip);
    state.snapshot(target);
    const kept = completedRecordFile(statePaths(target, 'gpt-4', 'set'), a.key);
    expect(readFileSync(kept, 'utf8')).toBe(readFileSync(completedRecordFile(paths, a.key), 'utf8'));
  });
});

/** A directory on another file system than that of the other directories of these tests. */
function elsewhere(skip: (condition: boolean, note: string) => void): string {
  const memory = '/dev/shm';
  const other = existsSync(memory) && statSync(memory).dev !== statSync(tmpdir()).dev;
  skip(!other, 'there is one file system only');
  const directory = mkdtempSync(join(memory, 'oaievalset-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

describe('quarantine: what is moved there', () => {
  const stamp = 'rejected-20260203T040506Z';

  test('takes the place of nothing that was before', () => {
    const root = temporaryDirectory();
    for (const content of ['one', 'two', 'three']) {
      writeFileSync(join(root, 'x'), content);
      quarantine(join(root, 'x'), now());
    }
    expect(readdirSync(root).sort()).toEqual([`x.${stamp}`, `x.${stamp}-2`, `x.${stamp}-3`]);
    expect(readFileSync(join(root, `x.${stamp}`), 'utf8')).toBe('one');
  });

  test('goes to another file system with all that is in it, links as links', ({ skip }) => {
    const from = elsewhere(skip);
    mkdirSync(join(from, 'x/y'), { recursive: true });
    writeFileSync(join(from, 'x/y/file'), 'content');
    symlinkSync('../nowhere', join(from, 'x/link'));
    const folder = join(temporaryDirectory(), 'new');
    const target = quarantine(join(from, 'x'), now(), folder);
    expect(target).toBe(join(folder, `x.${stamp}`));
    expect(readFileSync(join(target, 'y/file'), 'utf8')).toBe('content');
    expect(readlinkSync(join(target, 'link'))).toBe('../nowhere');
    expect(readdirSync(from)).toEqual([]);
  });

  test('that is not there is an error', () => {
    expect(() => quarantine(join(temporaryDirectory(), 'x'), now())).toThrow(/ENOENT/);
  });
});

test('the outline of a state changes with what a checkpoint holds, and only with that', () => {
  const { state, paths } = withDone(a);
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

test('a state directory that cannot be written is an error that says so', () => {
  const root = temporaryDirectory();
  writeFileSync(join(root, 'file'), '');
  expect(() => open(join(root, 'file'))).toThrow(/state directory .*file cannot be read or written/);
});
