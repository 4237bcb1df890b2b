import { expect, test } from 'vitest';
import { replacedInColumns } from '../../golden/shown/columns.ts';

const replace = (text: string) => text.replace(/\d+\.\d s|\d+ min \d+ s/g, '# s');

const table = (...times: string[]) => {
  const width = Math.max(4, ...times.map((time) => time.length));
  const rows = times.map((time, at) => `done     eval-${at}  ${time.padStart(width)}  accuracy 0.5 or so`);
  return [
    `Status   Eval    ${'Time'.padStart(width)}  Result`,
    ...rows,
    `pending  eval-9  ${' '.repeat(width)}  it waits`,
  ];
};

test('replacedInColumns: columns are as wide as what is shown, whatever it replaces', () => {
  const shown = replacedInColumns(table('1.2 s', '12.3 s'), replace);
  expect(shown).toEqual([
    'Status   Eval    Time  Result',
    'done     eval-0   # s  accuracy 0.5 or so',
    'done     eval-1   # s  accuracy 0.5 or so',
    'pending  eval-9        it waits',
  ]);
  expect(replacedInColumns(table('1 min 2 s', '0.1 s'), replace)).toEqual(shown);
});

test('replacedInColumns: lines that are no table are replaced one by one', () => {
  const lines = ['It took 1.2 s.', 'Then  it waited 3.4 s.', '', 'It ended.'];
  expect(replacedInColumns(lines, replace)).toEqual([
    'It took # s.',
    'Then  it waited # s.',
    '',
    'It ended.',
  ]);
});
