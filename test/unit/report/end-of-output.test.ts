import { expect, test } from 'vitest';
import { endOfOutput } from '../../../src/report/end-of-output.ts';

test('end of output: a traceback whose start is cut off is shortened to the frames of the user', () => {
  expect(
    endOfOutput([
      '             ^^^^^^',
      '  File "/action/src/python/oaievalset_action/oaieval.py", line 38, in run_oaieval',
      '    return main()',
      '  File "/checkout/own/broken.py", line 13, in eval_sample',
      '    return sample["ideal"] + 1',
      'TypeError: can only concatenate str',
    ]),
  ).toEqual([
    'Traceback (most recent call last):',
    '  File "/checkout/own/broken.py", line 13, in eval_sample',
    '    return sample["ideal"] + 1',
    'TypeError: can only concatenate str',
  ]);
});

test('end of output: what every eval prints is left out', () => {
  expect(
    endOfOutput(['[2026-11-27 01:02:03,004] [eval.py:61] Evaluating 3 samples', 'a line of the eval']),
  ).toEqual(['a line of the eval']);
});
