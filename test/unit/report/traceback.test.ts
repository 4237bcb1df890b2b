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

test('shortTracebacks: of an exception of an API client, only the frames of the user are shown', () => {
  const client = [
    '  File "/v/lib/python3.11/site-packages/openai/_base_client.py", line 1, in request',
    '    raise',
  ];
  const end = 'openai.BadRequestError: Error code: 400';
  const head = 'Traceback (most recent call last):';
  expect(shortTracebacks([head, ...MACHINERY, ...client, end])).toEqual([end]);
  expect(shortTracebacks([head, ...MACHINERY, ...OWN, ...client, end])).toEqual([head, ...OWN, end]);
});

test('shortTracebacks: one that occurs again is shown once', () => {
  const lines = ['Traceback (most recent call last):', ...OWN, "KeyError: 'wrod'"];
  expect(shortTracebacks([...lines, 'attempt 1 of 2', ...lines])).toEqual([
    ...lines,
    'attempt 1 of 2',
    'Traceback (most recent call last): (the same as above)',
    "KeyError: 'wrod'",
  ]);
});

test('shortTracebacks: one that is cut off stays as it is', () => {
  const lines = [
    '  File "/x/oaievalset_action/host.py", line 1, in main',
    'Traceback (most recent call last):',
  ];
  expect(shortTracebacks(lines)).toEqual(lines);
});
