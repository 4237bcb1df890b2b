import { expect, test } from 'vitest';
import { BufferedLog } from '../../../src/report/buffered-log.ts';
import { orderedLog } from '../../helpers/ordered-log.ts';

test('BufferedLog: prints what it received as one group, in order, and nothing before', () => {
  const log = orderedLog();
  const buffered = new BufferedLog(log);
  buffered.info('attempt 1');
  buffered.child('from the eval');
  {
    using _ = buffered.group('inner');
    buffered.child('inside');
  }
  expect(log.entries).toEqual([]);
  buffered.print('[1/2] a … done in 3 s');
  expect(log.entries).toEqual([
    'group: [1/2] a … done in 3 s',
    'info: attempt 1',
    'child: from the eval',
    'info: inner',
    'child: inside',
    'end: [1/2] a … done in 3 s',
  ]);
});

test('BufferedLog: annotations and debug output are printed at once', () => {
  const log = orderedLog();
  const buffered = new BufferedLog(log);
  buffered.info('held');
  buffered.warning('careful', 'Title');
  buffered.error('broken', 'Other');
  buffered.debug('detail');
  expect(log.entries).toEqual(['warning: Title: careful', 'error: Other: broken', 'debug: detail']);
});

test.each([
  [2_000, 'child: line 1'],
  [100_000, 'info: (98,000 earlier lines are left out)'],
])('BufferedLog: of %i lines it prints the last 2,000, and counts the others', (count, first) => {
  const log = orderedLog();
  const buffered = new BufferedLog(log);
  for (let line = 1; line <= count; line += 1) buffered.child(`line ${line}`);
  buffered.print('title');
  expect(log.entries.filter((entry) => entry.startsWith('child: '))).toHaveLength(2_000);
  expect(log.entries[1]).toBe(first);
  expect(log.entries.at(-2)).toBe(`child: line ${count}`);
});

test('BufferedLog: long lines are limited to 1 MiB together', () => {
  const log = orderedLog();
  const buffered = new BufferedLog(log);
  for (let line = 0; line < 500; line += 1) buffered.child(String(line).padEnd(60_000, '.'));
  buffered.print('title');
  const characters = log.entries.reduce((sum, entry) => sum + entry.length, 0);
  expect(characters).toBeLessThan(1_200_000);
  expect(characters).toBeGreaterThan(900_000);
  expect(log.entries.at(-2)).toMatch(/^child: 499\./);
});

test('BufferedLog: the last line is printed whatever its length', () => {
  const log = orderedLog();
  const buffered = new BufferedLog(log);
  buffered.child('short');
  buffered.child('x'.repeat(3_000_000));
  buffered.print('title');
  expect(log.entries.map((entry) => entry.length > 1_000)).toEqual([false, false, true, false]);
});
