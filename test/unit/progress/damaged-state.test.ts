/** Invalid files of a state are quarantined, each with one warning, and the state works without them. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { formatProgress } from '../../../src/progress/progress-file.ts';
import { completion, sha256, temporaryDirectory } from '../../helpers/builders.ts';
import { a, b, c, openState, STAMP, stateWithDone } from '../../helpers/state-directory.ts';

/** Entries of a state directory. */
type Entry = 'progressFile' | 'completions' | 'plan' | 'resume' | 'live';

interface Damage {
  readonly what: string;
  readonly entry: Entry;
  readonly damage: (path: string) => void;
  readonly why?: string;
}

const written = (what: string, entry: Entry, content: string): Damage => ({
  what,
  entry,
  damage: (path) => writeFileSync(path, content),
});

/** A completion record with these changes. */
const record = (what: string, changes: object): Damage =>
  written(
    `a completion record ${what}`,
    'completions',
    `${JSON.stringify({ ...completion(a), ...changes }).replace('"ABSURD"', '1e999')}\n`,
  );

function replaced(entry: Entry, isFile: boolean): Damage[] {
  const instead = (make: (path: string) => void) => (path: string) => {
    rmSync(path, { recursive: true, force: true });
    make(path);
  };
  return [
    {
      what: `a link in place of ${entry}`,
      entry,
      damage: instead((path) => symlinkSync(isFile ? '/etc/passwd' : temporaryDirectory(), path)),
      why: 'it is a symbolic link',
    },
    {
      what: `a ${isFile ? 'directory' : 'file'} in place of ${entry}`,
      entry,
      damage: instead((path) => (isFile ? mkdirSync(path) : writeFileSync(path, 'x'))),
      why: isFile ? 'it is not a regular file' : 'it is not a directory',
    },
  ];
}

test.each<Damage>([
  written('completion records that are rubbish', 'completions', '{"version":1}\n\u0000\n'),
  record('of an unknown version', { version: 2 }),
  record('with a metric of a wrong type', { metrics: { accuracy: {} } }),
  record('with a part named as a workflow command', {
    parts: { 'x\n::set-output name=complete::true': sha256('') },
  }),
  record('of an eval whose name has two lines', {
    eval: 'a\n::error::b',
    argv: ['oaieval', 'gpt-4', 'a\n::error::b'],
  }),
  record('with an infinite number', { samples: 'ABSURD' }),
  record('with half a sample', { samples: 1.5 }),
  record('with a negative number of samples', { samples: -1 }),
  record('with an invalid fingerprint', { fingerprint: 'x' }),
  record('with an invalid time', { ended: 'yesterday' }),
  record('with the command of another eval', { argv: ['oaieval', 'gpt-4', b.key] }),
  record('with a negative number of tokens', { tokens: { prompt: -1, completion: 0, total: 0 } }),
  record('of many megabytes', { argv: ['oaieval', 'gpt-4', a.key, ...Array(90).fill('x'.repeat(65000))] }),
  written('a plan that is not JSON', 'plan', '{'),
  written('a progress file of rubbish', 'progressFile', 'PK\u0003\u0004\nrm -rf /\n'),
  ...(['progressFile', 'completions', 'plan'] as const).flatMap((entry) => [
    ...replaced(entry, true),
    {
      what: `more than can be read in place of ${entry}`,
      entry,
      damage: (path: string) => {
        writeFileSync(path, '');
        truncateSync(path, 129 * 1024 ** 2);
      },
      why: 'it is too large',
    },
  ]),
  ...(['resume', 'live'] as const).flatMap((entry) => replaced(entry, false)),
])('damaged state: $what: quarantined with one warning', ({ entry, damage, why = '' }) => {
  const { paths, root } = stateWithDone(a);
  damage(paths[entry]);
  const { state, log } = openState(root);
  expect(log.warnings).toEqual([expect.stringMatching(/ is not used: .* quarantined as /s)]);
  expect(log.warnings[0]).toContain(why);
  const names = readdirSync(root, { recursive: true }).map((name) => basename(String(name)));
  expect(names).toContain(`${basename(paths[entry])}.${STAMP}`);
  state.complete(completion(b));
  expect(openState(root).log.warnings).toEqual([]);
  expect(openState(root).state.isDone(b.command)).toBe(true);
});

test('damaged state: records next to a damaged one are used', () => {
  const { paths, root } = stateWithDone(a, b);
  writeFileSync(paths.completions, readFileSync(paths.completions, 'utf8').replace('\n', '\nrubbish\n'));
  expect(openState(root).log.warnings).toEqual([expect.stringContaining('line 2: not JSON (1 such)')]);
  const { state, log } = openState(root);
  expect(state.records).toEqual([completion(a), completion(b)]);
  expect(log.warnings).toEqual([]);
});

test.each<[string, (completions: string) => void]>([
  ['rubbish', (path) => writeFileSync(path, 'rubbish\n')],
  ['a link', (path) => symlinkSync('/dev/null', path)],
  ['a directory', (path) => mkdirSync(path)],
])(
  'damaged state: with %s for completion records, only evals of plain oaievalset stay completed',
  (_, damage) => {
    const { paths, root } = stateWithDone(a, b);
    writeFileSync(paths.progressFile, formatProgress([a.command, b.command, c.command]));
    rmSync(paths.completions);
    damage(paths.completions);
    const { state } = openState(root);
    expect([a, b, c].map((e) => state.isDone(e.command))).toEqual([false, false, true]);
  },
);
