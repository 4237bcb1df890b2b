import { expect, test } from 'vitest';
import { isRoutine } from '../../../src/report/routine-output.ts';

const at = '[2026-11-26 19:11:25,594]';

test.each([
  `${at} [oaieval.py:215] Run started: 261126191125R6RUSH3M`,
  `${at} [eval.py:36] Evaluating 3 samples`,
  `${at} [eval.py:144] Running in threaded mode with 1 threads!`,
  `${at} [eval.py:141] Running in sequential mode!`,
  `  0%|          | 0/3 [00:00<?, ?it/s]${at} [_client.py:1079] HTTP Request: POST http://127.0.0.1:40637/***/openai/chat/completions "HTTP/1.1 200 OK"`,
  ` 33%|███▎      | 1/3 [00:00<00:00,  5.21it/s] 67%|██████▋   | 2/3 [00:00<00:00,  7.10it/s]`,
  `${at} [_client.py:1079] HTTP Request: POST http://127.0.0.1:1/***/openai/chat/completions "HTTP/1.1 429 Too Many Requests"`,
  `${at} [_base_client.py:1055] Retrying request to /chat/completions in 0.4 seconds`,
  `${at} [oaieval.py:275] Found 3/3 sampling events with usage data`,
  `${at} [oaieval.py:283] Token usage from 3 sampling events:`,
  'completion_tokens: 7',
  'total_tokens: 1,490',
  'prompt_tokens: 1,942',
  'prompt_tokens_details: 0',
  '/v/lib/python3.11/site-packages/numpy/_core/fromnumeric.py:3824: RuntimeWarning: Mean of empty slice',
  '  return _methods._mean(a, axis=axis, dtype=dtype,',
  '/v/lib/python3.11/site-packages/numpy/_core/_methods.py:142: RuntimeWarning: invalid value encountered in scalar divide',
  '  ret = ret.dtype.type(ret / rcount)',
  `${at} [record.py:371] Final report: {'accuracy': 1.0}`,
  `${at} [oaieval.py:233] Final report:`,
  `${at} [oaieval.py:235] counts/Yes: 12`,
  `${at} [oaieval.py:235] f1_score: nan`,
  `${at} [record.py:360] Logged 6 rows of events to /tmp/x.jsonl: insert_time=1.424ms`,
  `${at} [data.py:94] Fetching /data/samples.jsonl`,
  '',
  '   ',
])('routine output: "%s"', (line) => {
  expect(isRoutine(line)).toBe(true);
});

test.each([
  'about to melt',
  'Traceback (most recent call last):',
  'accuracy: 0.5',
  'my_tokens: 7',
  `${at} [oaieval.py:121] The option --http-run is deprecated`,
  `${at} [reverse.py:17] Evaluating 3 samples`,
  `${at} [modelgraded.py:80] Choice not in choice_strings: maybe`,
  '  0%|          | 0/3 [00:00<?, ?it/s]the prompt was odd',
  '[1/3] of my own list',
])('routine output: not "%s"', (line) => {
  expect(isRoutine(line)).toBe(false);
});
