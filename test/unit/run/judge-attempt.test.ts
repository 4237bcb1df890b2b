import { describe, expect, test } from 'vitest';
import type { RecordSummary } from '../../../src/record/record-file.ts';
import { AttemptOutput } from '../../../src/run/attempt-output.ts';
import { type AttemptFacts, judgeAttempt } from '../../../src/run/judge-attempt.ts';
import { planned } from '../../helpers/builders.ts';

const EVAL = { ...planned('a.dev.v0'), samples: null };

const record = (changes: Partial<RecordSummary> = {}): RecordSummary => ({
  finalReport: { accuracy: 0.5 },
  samples: 3,
  events: 6,
  tokens: { prompt: 1, completion: 1, total: 2 },
  endsWithReport: false,
  problem: undefined,
  ...changes,
});

interface Changes extends Partial<Omit<AttemptFacts, 'output' | 'record'>> {
  readonly record?: Partial<RecordSummary> | undefined;
  /** Lines that evals printed. */
  readonly printed?: readonly string[];
}

function judge({ printed = [], ...changes }: Changes = {}) {
  const output = new AttemptOutput();
  for (const line of printed) output.note(line);
  const exit = { code: 0, signal: null };
  const facts = {
    planned: EVAL,
    exit,
    output,
    failure: undefined,
    unanswered: 0,
    lost: undefined,
    ...changes,
  };
  const found = 'record' in changes && !changes.record ? undefined : record(changes.record);
  return judgeAttempt({ ...facts, record: found });
}

const evaluating = (samples: number) =>
  `[2026-11-26 07:00:00,000] [eval.py:36] Evaluating ${samples} samples`;

describe('judgeAttempt: why an eval exited', () => {
  const failure = (type: string) => ({ type, message: 'x', frames: [] });
  const exit = { code: 1, signal: null };

  test.each<[string, Changes, string]>([
    [
      'with the exception that it printed',
      { exit, failure: failure('KeyError') },
      'it ended with KeyError: x',
    ],
    ['with the exit code if it printed no exception', { exit }, 'it exited with code 1; it printed nothing'],
    [
      'with the refusal of the API after an exception of an API client',
      { exit, failure: failure('openai.NotFoundError'), lost: { kind: 'refused', words: '404: gone' } },
      'the API refused a request: 404: gone',
    ],
    [
      'with the last failure when all retries of a request failed',
      {
        exit,
        failure: failure('openai.InternalServerError'),
        lost: { kind: 'unanswered', words: '503: busy' },
      },
      'a request got no successful response: 503: busy',
    ],
    [
      'with both after another exception and a refusal that the eval caught',
      { exit, failure: failure('KeyError'), lost: { kind: 'refused', words: '404: gone' } },
      'it ended with KeyError: x, and before that the API refused a request: 404: gone',
    ],
  ])('judgeAttempt: exit code 1 is explained %s', (_, changes, reason) => {
    expect(judge(changes)).toEqual({ kind: 'failed', cause: 'exit', reason });
  });

  test.each<[string, Changes, string]>([
    [
      'with the refusal of the API before it',
      { failure: failure('openai.BadRequestError'), lost: { kind: 'refused', words: '400: no' } },
      'it was killed by SIGSEGV, and before that the API refused a request: 400: no',
    ],
    [
      'with the exception before it',
      { failure: failure('KeyError') },
      'it was killed by SIGSEGV, and before that it printed KeyError: x',
    ],
  ])('judgeAttempt: a crash is explained %s', (_, changes, reason) => {
    const crash = { code: null, signal: 'SIGSEGV' } as const;
    expect(judge({ exit: crash, ...changes })).toEqual({ kind: 'failed', cause: 'exit', reason });
  });
});

describe('judgeAttempt: completed', () => {
  test.each<[string, Changes, number | null]>([
    ['exit code 0, a report and a complete record', {}, 3],
    [
      'a class that records no events, with the samples that evals printed',
      { record: { samples: null, events: 0 }, printed: [evaluating(7)] },
      7,
    ],
    [
      'a class that records no events, with the samples of the plan',
      { record: { samples: null, events: 0 }, planned: { ...EVAL, samples: 9 } },
      9,
    ],
    ['a class whose number of samples is unknown', { record: { samples: null, events: 0 } }, null],
    [
      'a class whose score is zero and whose number of samples is unknown',
      { record: { samples: null, events: 0, finalReport: { accuracy: 0 } } },
      null,
    ],
    [
      'a class that records events of some samples only',
      { record: { samples: 3, events: 300 }, printed: [evaluating(10)] },
      3,
    ],
    [
      'a class that evaluates fewer samples than its data file has',
      { planned: { ...EVAL, samples: 100 }, printed: [evaluating(3)] },
      3,
    ],
    [
      'a class that evaluates an empty data set and another one',
      { record: { samples: null, events: 0 }, printed: [evaluating(4), evaluating(0)] },
      4,
    ],
    [
      'a metric that is no number, of samples that were evaluated',
      { record: { finalReport: { accuracy: 1, std: 'NaN' } } },
      3,
    ],
    [
      'an interrupt that came when all samples were done',
      { printed: ['Report will be based on 3 out of the planned 3 samples'] },
      3,
    ],
    [
      'an exit function of the user that failed',
      {
        printed: [
          'Exception ignored in atexit callback: <function bye at 0x7f>',
          'Traceback (most recent call last):',
          'OSError: x',
        ],
      },
      3,
    ],
  ])('judgeAttempt: completed: %s', (_, changes, samples) => {
    expect(judge(changes)).toMatchObject({ kind: 'completed', samples });
  });
});

describe('judgeAttempt: failed', () => {
  test.each<[string, Changes, string, RegExp]>([
    ['a signal', { exit: { code: null, signal: 'SIGKILL' } }, 'exit', /^it was killed by SIGKILL$/],
    [
      'an exit code',
      { exit: { code: 3, signal: null } },
      'exit',
      /^it exited with code 3; it printed nothing$/,
    ],
    [
      'no record file',
      { record: undefined },
      'no-report',
      /recorded no final report, so its result is unknown$/,
    ],
    [
      'a record that was torn before the report',
      { record: { finalReport: undefined, problem: 'it ends in the middle of a line' } },
      'no-report',
      /no final report \(it ends in the middle of a line\)/,
    ],
    ['requests without a response', { unanswered: 2 }, 'unanswered', /^2 of its requests got no response/],
    [
      'a record with a torn line',
      { record: { problem: 'its line 3 is torn' } },
      'record',
      /^its record is incomplete, as when the disk is full: its line 3 is torn$/,
    ],
    [
      'a missing last batch of events',
      { record: { samples: 50, events: 100, endsWithReport: true }, printed: [evaluating(60)] },
      'record',
      /events of 50 of the 60 samples/,
    ],
    [
      'an interrupt after which evals reported a part of the samples',
      { printed: ['[2026-11-26] [eval.py:218] Report will be based on 3 out of the planned 24 samples'] },
      'record',
      /^it was interrupted: its report covers 3 of 24 samples$/,
    ],
    [
      'a data set without samples',
      { record: { samples: null, events: 0, finalReport: { accuracy: 'NaN' } }, printed: [evaluating(0)] },
      'no-samples',
      /^it evaluated no sample: check that its data file has samples/,
    ],
    [
      'a data set without samples, and a report with a number',
      { record: { samples: null, events: 0, finalReport: { accuracy: 0 } }, printed: [evaluating(0)] },
      'no-samples',
      /^it evaluated no sample: check that its data file has samples/,
    ],
    [
      'a plan without samples',
      { record: { samples: null, events: 0 }, planned: { ...EVAL, samples: 0 } },
      'no-samples',
      /and check --max_samples$/,
    ],
    [
      'no number in the report, and no event in the record',
      { record: { samples: null, events: 0, finalReport: { accuracy: 'NaN', n: 0, best: null } } },
      'no-samples',
      /^it evaluated no sample: check that its data file has samples/,
    ],
  ])('judgeAttempt: failed: %s', (_, changes, cause, reason) => {
    expect(judge(changes)).toEqual({ kind: 'failed', cause, reason: expect.stringMatching(reason) });
  });

  test.each([
    [
      'Python 3.9',
      [
        'Error in atexit._run_exitfuncs:',
        'Traceback (most recent call last):',
        '  File "/venv/evals/record.py", line 155, in flush_events',
        '    self._flush_events_internal(events_to_write)',
        'OSError: [Errno 28] No space left on device',
      ],
      'OSError: [Errno 28] No space left on device',
    ],
    [
      'Python 3.11',
      [
        'Exception ignored in atexit callback: <bound method RecorderBase.flush_events of <evals.record.LocalRecorder object at 0x7f>>',
        'Traceback (most recent call last):',
        '  File "/venv/blobfile/_ops.py", line 10, in write',
        "UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud800'",
      ],
      "UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud800'",
    ],
    [
      'Python 3.13, with a line of another thread in between',
      [
        'Exception ignored in atexit callback <bound method RecorderBase.flush_events of <x>>:',
        'Traceback (most recent call last):',
        '[2026-11-26] [record.py:370] Final report: {}',
        'TypeError: Object of type set is not JSON serializable',
      ],
      'TypeError: Object of type set is not JSON serializable',
    ],
  ])('judgeAttempt: failed: events could not be written when Python exited: %s', (_, printed, error) => {
    expect(judge({ printed })).toEqual({
      kind: 'failed',
      cause: 'record',
      reason: `its last events could not be recorded: ${error}`,
    });
  });
});
