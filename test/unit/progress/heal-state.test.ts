import { expect, test } from 'vitest';
import { commandId } from '../../../src/model/command.ts';
import { healState, type ReadState } from '../../../src/progress/heal-state.ts';
import { completion, owner, planned } from '../../helpers/builders.ts';

const evals = { a: planned('a'), b: planned('b'), c: planned('c') };
type Key = keyof typeof evals;

interface Row extends Partial<Pick<ReadState, 'recordsWereLost'>> {
  readonly records: string;
  /** The evals that the mark names. */
  readonly mark?: string | 'all';
  /** Undefined: there is no progress file. */
  readonly lines: string | undefined;
  readonly recordFiles?: string;
  readonly foreign?: string;
}

const keysOf = (text: string) => [...text] as Key[];

function healed({ records, lines, mark = '', recordFiles = '', foreign = '', ...rest }: Row) {
  const state = healState({
    records: keysOf(records).map((key) =>
      completion(
        evals[key],
        foreign.includes(key) ? { run: { repository: 'x/y', id: '1', attempt: 1 } } : {},
      ),
    ),
    lines: lines === undefined ? undefined : keysOf(lines).map((key) => evals[key].command),
    repository: owner.repository,
    linesToWrite: mark === 'all' ? mark : new Set(keysOf(mark).map((key) => commandId(evals[key].command))),
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
  [
    'the newest record lacks its line, which was being written',
    { records: 'ab', lines: 'a', mark: 'b' },
    'ab',
    'ab',
    '',
  ],
  ['the newest record lacks its line', { records: 'ab', lines: 'a' }, 'a', 'a', 'b'],
  [
    'the only record lacks its line, which was being written',
    { records: 'a', lines: '', mark: 'a' },
    'a',
    'a',
    '',
  ],
  ['the only record lacks its line', { records: 'a', lines: '' }, '', '', 'a'],
  [
    'the newest line was being written, and an older one is missing',
    { records: 'abc', lines: 'b', mark: 'c' },
    'bc',
    'bc',
    'a',
  ],
  [
    'an older line was being written, and the newest one is missing',
    { records: 'ab', lines: '', mark: 'a' },
    'a',
    'a',
    'b',
  ],
  ['the line that was being written is there', { records: 'ab', lines: 'ab', mark: 'b' }, 'ab', 'ab', ''],
  ['the record was not written, nor its line', { records: 'a', lines: 'a', mark: 'b' }, 'a', 'a', ''],
  [
    'a line was being written, and there is no progress file',
    { records: 'a', lines: undefined, mark: 'a' },
    '',
    '',
    'a',
  ],
  [
    'a line of another repository was being written',
    { records: 'ab', lines: 'b', mark: 'a', foreign: 'a' },
    'b',
    'b',
    '',
  ],
  ['an older record lacks its line', { records: 'ab', lines: 'b' }, 'b', 'b', 'a'],
  ['several records lack their lines', { records: 'abc', lines: 'b' }, 'b', 'b', 'ac'],
  ['there is no progress file', { records: 'a', lines: undefined }, '', '', 'a'],
  ['a merge was interrupted', { records: 'abc', lines: 'c', mark: 'ab' }, 'cab', 'abc', ''],
  [
    'a merge of version 0.1 was interrupted',
    { records: 'abc', lines: undefined, mark: 'all' },
    'abc',
    'abc',
    '',
  ],
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
