import { expect, test } from 'vitest';
import { EvalLog } from '../../../src/report/eval-log.ts';
import { orderedLog } from '../../helpers/ordered-log.ts';

test('EvalLog: prints what it received as one group, in order, and nothing before', () => {
  const log = orderedLog();
  const evalLog = new EvalLog(log, { verbose: false });
  evalLog.info('attempt 1');
  evalLog.child('from the eval');
  {
    using _ = evalLog.group('inner');
    evalLog.child('inside');
  }
  expect(log.entries).toEqual([]);
  evalLog.print('[1/2] a … done in 3 s', []);
  expect(log.entries).toEqual([
    'group: [1/2] a … done in 3 s',
    'info: attempt 1',
    'child: from the eval',
    'info: inner',
    'child: inside',
    'end: [1/2] a … done in 3 s',
  ]);
});

test('EvalLog: annotations and debug output are printed at once', () => {
  const log = orderedLog();
  const evalLog = new EvalLog(log, { verbose: false });
  evalLog.info('held');
  evalLog.warning('careful', 'Title');
  evalLog.error('broken', 'Other');
  evalLog.debug('detail');
  expect(log.entries).toEqual(['warning: Title: careful', 'error: Other: broken', 'debug: detail']);
});

test.each([
  [200, 'child: line 1'],
  [100_000, 'info: (99,800 earlier lines are left out)'],
])('EvalLog: of %i lines it prints the last 200, and counts the others', (count, first) => {
  const log = orderedLog();
  const evalLog = new EvalLog(log, { verbose: false });
  for (let line = 1; line <= count; line += 1) evalLog.child(`line ${line}`);
  evalLog.print('title', []);
  expect(log.entries.filter((entry) => entry.startsWith('child: '))).toHaveLength(200);
  expect(log.entries[1]).toBe(first);
  expect(log.entries.at(-2)).toBe(`child: line ${count}`);
});

test('EvalLog: long lines are limited to 1 MiB together', () => {
  const log = orderedLog();
  const evalLog = new EvalLog(log, { verbose: false });
  for (let line = 0; line < 150; line += 1) evalLog.child(String(line).padEnd(60_000, '.'));
  evalLog.print('title', []);
  const characters = log.entries.reduce((sum, entry) => sum + entry.length, 0);
  expect(characters).toBeLessThan(1_200_000);
  expect(characters).toBeGreaterThan(900_000);
  expect(log.entries.at(-2)).toMatch(/^child: 149\./);
});

test('EvalLog: the last line is printed whatever its length', () => {
  const log = orderedLog();
  const evalLog = new EvalLog(log, { verbose: false });
  evalLog.child('short');
  evalLog.child('x'.repeat(3_000_000));
  evalLog.print('title', []);
  expect(log.entries.map((entry) => entry.length > 1_000)).toEqual([false, false, true, false]);
});

test('EvalLog: routine output is left out, and so are progress bars before other output', () => {
  const log = orderedLog();
  const evalLog = new EvalLog(log, { verbose: false });
  evalLog.child('[2026-11-26 19:11:25,594] [oaieval.py:215] Run started: 261126191125R6RUSH3M');
  evalLog.child('  0%|          | 0/3 [00:00<?, ?it/s]the prompt was odd');
  evalLog.print('title', ['Result: accuracy 1']);
  expect(log.entries.slice(1, -1)).toEqual(['child: the prompt was odd', 'info: Result: accuracy 1']);
});

test('EvalLog: prints everything when it is verbose', () => {
  const log = orderedLog();
  const evalLog = new EvalLog(log, { verbose: true });
  const lines = [
    '  0%|          | 0/3 [00:00<?, ?it/s]the prompt was odd',
    'Traceback (most recent call last):',
    '  File "/x/oaievalset_action/host.py", line 207, in main',
    '  File "/home/me/own.py", line 2, in run',
    'ValueError: no',
  ];
  for (const line of lines) evalLog.child(line);
  evalLog.print('title', []);
  expect(log.entries.slice(1, -1)).toEqual(lines.map((line) => `child: ${line}`));
});

test('EvalLog: an eval without output and facts is a line, not an empty group', () => {
  const log = orderedLog();
  const evalLog = new EvalLog(log, { verbose: false });
  evalLog.child('');
  evalLog.print('[1/2] a … not completed:\n the job was cancelled', []);
  expect(log.entries).toEqual(['info: [1/2] a … not completed: the job was cancelled']);
});
