import { describe, expect, test } from 'vitest';
import {
  describeFailure,
  failureSignature,
  mayDependOnResponses,
  pythonFailure,
} from '../../../src/run/failure-cause.ts';

const TRACEBACK = `
[2026-11-26 06:00:00,000] [oaieval.py:215] Run started
Traceback (most recent call last):
  File "/venv/bin/oaieval", line 8, in <module>
    sys.exit(main())
             ^^^^^^
  File "/venv/evals/eval.py", line 144, in eval_all_samples
    idx_and_result = [fut.result() for fut in futures]
  File "/repo/own/reverse.py", line 17, in eval_sample
    sample["wrod"]
    ~~~~~~^^^^^^^^
KeyError: 'wrod'`.split('\n');

describe('pythonFailure', () => {
  test('pythonFailure: finds type, message and frames of the traceback in the output', () => {
    const failure = pythonFailure(TRACEBACK);
    expect(failure).toMatchObject({ type: 'KeyError', message: "'wrod'" });
    expect(failure?.frames.at(-1)).toEqual({ file: '/repo/own/reverse.py', line: 17, name: 'eval_sample' });
    expect(failure && describeFailure(failure, 'reverse.dev.3')).toBe(
      "KeyError: 'wrod' in own/reverse.py:17, sample reverse.dev.3",
    );
    expect(failure && failureSignature(failure)).toBe('KeyError /repo/own/reverse.py:17');
  });

  test('pythonFailure: of chained exceptions the last one counts', () => {
    const chain = [
      ...TRACEBACK,
      '',
      'During handling of the above exception, another exception occurred:',
      '',
      'Traceback (most recent call last):',
      '  File "a.py", line 1, in f',
      'openai.NotFoundError: Error code: 404 - gone',
    ];
    expect(pythonFailure(chain)).toMatchObject({
      type: 'openai.NotFoundError',
      message: 'Error code: 404 - gone',
    });
  });

  test('pythonFailure: finds a traceback after the prefix of a logger, and one without a message', () => {
    expect(
      pythonFailure(['[x] Traceback (most recent call last):', '  File "a.py", line 1', 'MemoryError']),
    ).toEqual({
      type: 'MemoryError',
      message: '',
      frames: [{ file: 'a.py', line: 1, name: '' }],
    });
  });

  test.each([
    ['empty output', []],
    ['output without a traceback', ['oaieval: error: unrecognized arguments']],
    ['a truncated traceback', ['Traceback (most recent call last):', '  File "a.py", line 1, in f']],
  ])('pythonFailure: finds nothing in %s', (_, lines) => {
    expect(pythonFailure(lines)).toBeUndefined();
  });
});

describe('describeFailure', () => {
  const evalsClass = '/venv/lib/python3.11/site-packages/evals/elsuite/basic/match.py';
  const framesIn = (...files: readonly string[]) => files.map((file) => ({ file, line: 5, name: 'f' }));

  test.each([
    [
      'the last frame of the user',
      ['/repo/own/a.py', '/repo/own/b.py', '/usr/lib/python3.11/json/decoder.py'],
      ' in own/b.py:5',
    ],
    [
      'the class of evals when the user has no frame',
      [
        '/x/oaievalset_action/host.py',
        '/v/lib/python3.11/site-packages/evals/cli/oaieval.py',
        evalsClass,
        '/v/lib/python3.11/site-packages/openai/x.py',
      ],
      ' in evals/elsuite/basic/match.py:5',
    ],
    ['nothing when only the machinery has frames', ['/x/oaievalset_action/host.py', '<string>'], ''],
  ])('describeFailure: the place is %s', (_, files, place) => {
    expect(
      describeFailure({ type: 'ValueError', message: 'no', frames: framesIn(...files) }, undefined),
    ).toBe(`ValueError: no${place}`);
  });
});

describe('mayDependOnResponses', () => {
  const failure = (type: string, name = 'eval_sample') => ({
    type,
    message: '',
    frames: [{ file: 'a.py', line: 1, name }],
  });

  test.each([
    ['an exception while a sample is evaluated', failure('ValueError'), true],
    ['an exception of a solver', failure('json.decoder.JSONDecodeError', '_eval_sample'), true],
    ['an exception of an API client, anywhere', failure('openai.BadRequestError', 'run'), true],
    ['an exception after the last sample', failure('ValueError', 'run'), false],
    ['a missing file', failure('FileNotFoundError'), false],
    ['a missing package', failure('ModuleNotFoundError'), false],
    ['a lack of memory', failure('MemoryError'), false],
    ['an error in the code', failure('NameError'), false],
    [
      'an exception whose name has a module,',
      failure('numpy.core._exceptions._ArrayMemoryError', 'run'),
      false,
    ],
  ])('mayDependOnResponses: %s', (_, found, expected) => {
    expect(mayDependOnResponses(found)).toBe(expected);
  });
});
