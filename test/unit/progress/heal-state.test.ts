import { expect, test } from 'vitest';
import { healState, type ReadState } from '../../../src/progress/heal-state.ts';
import { completion, owner, planned } from '../../helpers/builders.ts';

const evals = { a: planned('a'), b: planned('b'), c: planned('c') };
type Key = keyof typeof evals;

interface Row extends Partial<Pick<ReadState, 'mergeWasInterrupted' | 'recordsWereLost'>> {
  readonly records: string;
  /** Undefined: there is no progress file. */
  readonly lines: string | undefined;
  readonly recordFiles?: string;
  readonly foreign?: string;
}

const keysOf = (text: string) => [...text] as Key[];

function healed({ records, lines, recordFiles = '', foreign = '', ...rest }: Row) {
  const state = healState({
    records: keysOf(records).map((key) =>
      completion(
        evals[key],
        foreign.includes(key) ? { run: { repository: 'x/y', id: '1', attempt: 1 } } : {},
      ),
    ),
    lines: lines === undefined ? undefined : keysOf(lines).map((key) => evals[key].command),
    repository: owner.repository,
    mergeWasInterrupted: false,
    recordsWereLost: false,
    hasRecordFile: (key) => recordFiles.includes(key),
    ...rest,
  });
  const names = (commands: Iterable<readonly string[]>) => [...commands].map((argv) => argv[2]).join('');
  return [
    names(state.commands.values()),
    names([...state.records.values()].map(({ argv }) => argv)),
    names([...state.removed.values()].map(({ argv }) => argv)),
  ];
}

test.each<[string, Row, done: string, records: string, removed: string]>([
  ['every record has its line', { records: 'ab', lines: 'ab' }, 'ab', 'ab', ''],
  ['the newest record lacks its line', { records: 'ab', lines: 'a' }, 'ab', 'ab', ''],
  ['the only record lacks its line', { records: 'a', lines: '' }, 'a', 'a', ''],
  ['an older record lacks its line', { records: 'ab', lines: 'b' }, 'b', 'b', 'a'],
  ['several records lack their lines', { records: 'abc', lines: 'b' }, 'b', 'b', 'ac'],
  ['there is no progress file', { records: 'a', lines: undefined }, '', '', 'a'],
  ['a merge was interrupted', { records: 'abc', lines: 'c', mergeWasInterrupted: true }, 'cab', 'abc', ''],
  ['a line has no record', { records: 'a', lines: 'ac' }, 'ac', 'a', ''],
  [
    'a line of a lost record',
    { records: 'a', lines: 'abc', recordsWereLost: true, recordFiles: 'ab' },
    'ac',
    'a',
    '',
  ],
  ['a record file, but no lost record', { records: 'a', lines: 'ab', recordFiles: 'b' }, 'ab', 'a', ''],
  ['a record of another repository', { records: 'ab', lines: 'abc', foreign: 'a' }, 'bc', 'b', ''],
])('heal: %s', (_, row, ...expected) => {
  expect(healed(row)).toEqual(expected);
});
