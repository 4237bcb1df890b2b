import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completedRecordFile, liveRecordFile, statePaths } from '../../src/progress/paths.ts';
import { formatProgress, parseProgress } from '../../src/progress/progress-file.ts';
import { savedPlan } from '../../src/progress/saved-plan.ts';
import { State, startFresh } from '../../src/progress/state.ts';
import { completion, owner, planned, recordingLog, sha256, temporaryDirectory } from '../helpers/builders.ts';

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

describe('what cannot be trusted is set aside', () => {
  const cases: [string, (paths: ReturnType<typeof statePaths>) => void, (name: string) => boolean][] = [
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
      ['fewer than no tokens', { tokens: { prompt: -1, completion: 0, total: 0 } }],
      [
        'a record of many megabytes',
        { argv: ['oaieval', 'gpt-4', a.key, ...Array(90).fill('x'.repeat(65000))] },
      ],
    ].map(([what, changes]): (typeof cases)[number] => [
      `completions with ${what}`,
      (p) => {
        const line = JSON.stringify({ ...completion(a), ...(changes as object) }).replace(
          '"ABSURD"',
          '1e999',
        );
        writeFileSync(p.completions, `${line}\n`);
      },
      isRejected('completions.jsonl'),
    ]),
    ['a plan that is no JSON', (p) => writeFileSync(p.plan, '{'), isRejected('plan.json')],
    [
      'a progress file of rubbish',
      (p) => writeFileSync(p.progressFile, 'PK\u0003\u0004\nrm -rf /\n'),
      isRejected('gpt-4.set.progress.txt'),
    ],
    [
      'a progress file that is a link',
      (p) => {
        rmSync(p.progressFile);
        symlinkSync('/etc/passwd', p.progressFile);
      },
      isRejected('gpt-4.set.progress.txt'),
    ],
    [
      'a resume directory that is a link',
      (p) => {
        rmSync(p.resume, { recursive: true });
        symlinkSync(temporaryDirectory(), p.resume);
      },
      isRejected('gpt-4.set.resume'),
    ],
    [
      'a resume directory that is a file',
      (p) => {
        rmSync(p.resume, { recursive: true });
        writeFileSync(p.resume, 'x');
      },
      isRejected('gpt-4.set.resume'),
    ],
  ];
  test.each(cases)('%s', (_, damage, isSetAside) => {
    const { paths, root } = withDone(a);
    damage(paths);
    const { state, log } = open(root);
    expect(log.warnings.join('\n')).toContain('set aside as');
    expect(readdirSync(root, { recursive: true }).map(String).some(isSetAside)).toBe(true);
    state.complete(completion(b));
    expect(open(root).log.warnings).toEqual([]);
    expect(open(root).state.isDone(b.command)).toBe(true);
  });

  test('an eval whose completion record was damaged runs again; one of plain oaievalset does not', () => {
    const { paths, root } = withDone(a, b);
    writeFileSync(paths.progressFile, formatProgress([a.command, b.command, c.command]));
    writeFileSync(paths.completions, 'rubbish\n');
    const { state } = open(root);
    expect([a, b, c].map((e) => state.isDone(e.command))).toEqual([false, false, true]);
  });

  test.each([
    ['another repository', { repository: 'x/y' }, ['warning']],
    ['another cache-key', { cacheKey: '2' }, []],
  ])('state of %s is set aside whole', (_, changes, warned) => {
    const { state: first, root, paths } = withDone(a);
    const basis = { files: [], directories: [], absent: [] };
    first.savePlan(
      savedPlan({ evals: [a], signature: sha256(''), basis, evalsVersion: '', needsApiKey: false }, owner),
    );
    const { state, log } = open(root, changes);
    expect(state.commands).toEqual([]);
    expect(existsSync(paths.progressFile)).toBe(false);
    expect(log.warnings).toHaveLength(warned.length);
    expect([...log.warnings, ...log.lines].join()).toContain('was set aside, not used');
  });

  test('completion records of another repository do not count, nor do their lines', () => {
    const { root } = withDone(a);
    const { state } = open(root, { repository: 'x/y' });
    expect(state.isDone(a.command)).toBe(false);
  });

  test('a fresh start sets everything aside and loses nothing', () => {
    const { root, paths } = withDone(a);
    expect(startFresh(paths, now())).toBe(true);
    expect(open(root).state.commands).toEqual([]);
    expect(readdirSync(root)).toContain('gpt-4.set.progress.txt.rejected-20260203T040506Z');
    expect(startFresh(paths, now())).toBe(false);
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

  test('what the user removed on this machine is not brought back', () => {
    const theirs = withDone(a, b);
    const mine = withDone(a, b);
    writeFileSync(mine.paths.progressFile, formatProgress([b.command]));
    const { state } = open(mine.root);
    state.merge(theirs.state);
    expect(state.isDone(a.command)).toBe(false);
    expect(state.isDone(b.command)).toBe(true);
  });
});

describe('a snapshot', () => {
  test('holds the progress file and .resume, not what is live or set aside', () => {
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
