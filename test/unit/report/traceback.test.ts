import { expect, test } from 'vitest';
import { shortTracebacks } from '../../../src/report/traceback.ts';

const MACHINERY = [
  '  File "/x/oaievalset_action/__main__.py", line 47, in <module>',
  '    sys.exit(main())',
  '             ^^^^^^',
  '  File "/v/lib/python3.11/site-packages/evals/cli/oaieval.py", line 226, in run',
  '    result = eval.run(recorder)',
  '  File "/usr/lib/python3.11/multiprocessing/pool.py", line 873, in next',
  '    raise value',
];
const OWN = [
  '  File "/repo/own/reverse.py", line 17, in eval_sample',
  '    sample["wrod"]',
  '    ~~~~~~^^^^^^^^',
];

test('shortTracebacks: only frames of the machinery are removed, with their source lines', () => {
  const before = ['about to melt', 'Traceback (most recent call last):'];
  const after = [
    "KeyError: 'wrod'",
    '',
    'During handling of the above exception, another exception occurred:',
    '',
  ];
  const second = ['Traceback (most recent call last):', ...OWN, ...MACHINERY, 'ValueError: no', 'the end'];
  expect(shortTracebacks([...before, ...MACHINERY, ...OWN, ...after, ...second])).toEqual([
    ...before,
    ...OWN,
    ...after,
    'Traceback (most recent call last):',
    ...OWN,
    'ValueError: no',
    'the end',
  ]);
});

test('shortTracebacks: a traceback of the machinery alone stays whole', () => {
  const lines = ['Traceback (most recent call last):', ...MACHINERY, 'MemoryError'];
  expect(shortTracebacks(lines)).toEqual(lines);
});

test('shortTracebacks: one that is cut off stays as it is', () => {
  const lines = [
    '  File "/x/oaievalset_action/host.py", line 1, in main',
    'Traceback (most recent call last):',
  ];
  expect(shortTracebacks(lines)).toEqual(lines);
});
