import { describe, expect, test } from 'vitest';
import type { AttemptOutcome } from '../../../src/model/outcome.ts';
import type { EvalProgress, Heartbeat } from '../../../src/model/run-event.ts';
import { describeHeartbeat, describeParallelism, LiveLog } from '../../../src/report/live-log.ts';
import { completion, planned } from '../../helpers/builders.ts';
import { orderedLog } from '../../helpers/ordered-log.ts';

const [A, B] = [planned('a.v0'), planned('b.v0')];

/** A live log of a set of two evals. */
function live() {
  const log = orderedLog();
  const printer = new LiveLog(log, { verbose: false, outputFileOf: (evalKey) => `/logs/${evalKey}.log` });
  let [started, ended] = [0, 0];
  return {
    entries: log.entries,
    printer,
    start(of: typeof A) {
      started += 1;
      printer.onEvent({ kind: 'eval-started', eval: of, started, total: 2 });
      return printer.logOf(of);
    },
    end(outcome: AttemptOutcome) {
      ended += 1;
      printer.onEvent({ kind: 'eval-ended', outcome, tookMs: 3000, ended, total: 2 });
    },
  };
}

/** What the log says of the results of `done`. */
const RESULT = ['info: Result: accuracy 0.5', 'info: 3 samples, 15 tokens'];

const done = (of: typeof A): AttemptOutcome => ({ status: 'fresh', eval: of, record: completion(of) });

describe('live log: evals', () => {
  test('live log: an eval is printed when it has ended, as one group, and without its output if the run stopped it', () => {
    const { entries, start, end } = live();
    start(A).child('from a');
    expect(entries).toEqual([]);
    end(done(A));
    const b = start(B);
    b.info('a message');
    b.child('a traceback that the end of the run caused');
    end({ status: 'pending', eval: B, reason: 'the job was cancelled' });
    expect(entries).toEqual([
      'group: [1/2] a … done in 3.0 s (accuracy 0.5)',
      'child: from a',
      ...RESULT,
      'end: [1/2] a … done in 3.0 s (accuracy 0.5)',
      'group: [2/2] b … not completed: the job was cancelled',
      'info: a message',
      'end: [2/2] b … not completed: the job was cancelled',
    ]);
  });

  test('live log: the lines of evals that run at the same time do not mix', () => {
    const { entries, start, end } = live();
    const [a, b] = [start(A), start(B)];
    a.child('a1');
    b.child('b1');
    a.child('a2');
    expect(entries).toEqual([]);
    end(done(B));
    end(done(A));
    expect(entries).toEqual([
      'group: [1/2] b … done in 3.0 s (accuracy 0.5)',
      'child: b1',
      ...RESULT,
      'end: [1/2] b … done in 3.0 s (accuracy 0.5)',
      'group: [2/2] a … done in 3.0 s (accuracy 0.5)',
      'child: a1',
      'child: a2',
      ...RESULT,
      'end: [2/2] a … done in 3.0 s (accuracy 0.5)',
    ]);
  });

  test('live log: a failed eval has an annotation, at its place when that is known', () => {
    const { entries, start, end } = live();
    start(A);
    const place = { file: '/checkout/own.py', line: 7 };
    end({
      status: 'failed',
      eval: A,
      reason: 'it ended with KeyError: 1',
      failure: { type: 'KeyError', place, sample: null },
      lastLines: ['KeyError: 1'],
    });
    expect(entries).toEqual([
      'group: [1/2] a … failed after 3.0 s: it ended with KeyError: 1',
      'info: All output of the eval is in /logs/a.v0.log',
      'end: [1/2] a … failed after 3.0 s: it ended with KeyError: 1',
      'error: Eval a failed: It ended with KeyError: 1. The eval is not recorded as completed. Fix the cause, then re-run the failed jobs; completed evals are not run again. (/checkout/own.py:7)',
    ]);
  });

  test('live log: of twelve failed evals eight have an annotation, and one annotation is about the others', () => {
    const { entries, start, end } = live();
    for (let n = 0; n < 12; n += 1) {
      start(A);
      end({ status: 'failed', eval: A, reason: 'no', lastLines: [] });
    }
    const errors = entries.filter((entry) => entry.startsWith('error: '));
    expect(errors.map((entry) => entry.split(':')[1])).toEqual([
      ...Array.from({ length: 8 }, () => ' Eval a failed'),
      ' More evals failed',
    ]);
  });

  test('live log: says of an eval that the budget skips why, and of one that a stop skips nothing', () => {
    const { entries, printer } = live();
    const skipped = { kind: 'eval-not-started', eval: A } as const;
    printer.onEvent({ ...skipped, cause: 'budget', reason: 'it took 2 h 0 min last time' });
    printer.onEvent({ ...skipped, cause: 'stopped', reason: 'the job was cancelled' });
    printer.onEvent({ ...skipped, cause: 'exit-on-error', reason: 'b failed' });
    expect(entries).toEqual(['info: a is not started: it took 2 h 0 min last time']);
  });
});

test('live log: trouble of the API has one annotation, and then lines', () => {
  const { entries, printer } = live();
  const trouble = {
    cause: { kind: 'unreachable', detail: 'no route' },
    since: 0,
    until: 9000,
    isLasting: true,
    failed: 2,
    succeeded: 0,
  } as const;
  for (const change of ['began', 'lasts', 'ended', 'began'] as const)
    printer.onEvent({ kind: 'api-trouble', change, trouble });
  expect(entries.map((entry) => entry.slice(0, 50))).toEqual([
    'warning: Model API: The API has been unreachable f',
    'info: The API has been unreachable for 9 s: 2 requ',
    'info: The API responds again. It had been unreacha',
    'info: The API has been unreachable for 9 s: 2 requ',
  ]);
});

describe('live log: heartbeat', () => {
  const running = (name: string, changes: Partial<EvalProgress> = {}): EvalProgress => ({
    name,
    samples: null,
    responses: 0,
    replayed: 0,
    runningMs: 10_000,
    waitsFor: undefined,
    ...changes,
  });
  const describeBeat = (changes: Partial<Heartbeat>) =>
    describeHeartbeat({
      kind: 'heartbeat',
      running: [],
      settled: 0,
      total: 4,
      leftMs: undefined,
      trouble: undefined,
      ...changes,
    });

  test('heartbeat: names the running evals, with responses, rate and time', () => {
    expect(
      describeBeat({
        settled: 3,
        total: 28,
        leftMs: 90_000,
        running: [
          running('a', { samples: 1500, responses: 1200 }),
          running('b', { responses: 2, runningMs: 4000 }),
          running('c', { samples: 5 }),
          running('d'),
        ],
      }),
    ).toBe(
      '3 of 28 evals have ended; running: a (1,200 of 1,500 responses, 120 per second, for 10.0 s), ' +
        'b (2 responses, 0.50 per second, for 4.0 s), c (0 of 5 responses, for 10.0 s), ' +
        'd (0 responses, for 10.0 s); about 1 min 30 s left',
    );
  });

  test('heartbeat: recorded responses count as responses, not as a rate', () => {
    const resumed = running('a', { samples: 500, responses: 120, replayed: 100 });
    expect(describeBeat({ running: [resumed] })).toContain(
      'a (120 of 500 responses, 100 of them replayed, 2.0 per second, for 10.0 s)',
    );
    expect(describeBeat({ running: [{ ...resumed, replayed: 120 }] })).toContain(
      'a (120 of 500 responses, 120 of them replayed, for 10.0 s)',
    );
  });

  test('heartbeat: says what an eval waits for when no response came', () => {
    const beat = describeBeat({
      running: [
        running('a', { waitsFor: { kind: 'responses', count: 1 } }),
        running('b', { waitsFor: { kind: 'requests' } }),
        running('c', { waitsFor: { kind: 'process' } }),
      ],
    });
    expect(beat).toBe(
      '0 of 4 evals have ended; running: a (0 responses, for 10.0 s, waiting for 1 response), ' +
        'b (0 responses, for 10.0 s, sending no requests), c (0 responses, for 10.0 s, its Python process is starting)',
    );
  });

  test('heartbeat: says once that all wait for an API that is in trouble', () => {
    const trouble = {
      cause: { kind: 'refused-connection', detail: 'ECONNREFUSED' },
      since: 0,
      until: 12_000,
      isLasting: true,
      failed: 9,
      succeeded: 0,
    } as const;
    const waiting = { samples: 40, waitsFor: { kind: 'responses', count: 10 } } as const;
    expect(describeBeat({ running: [running('a', waiting), running('b', waiting)], trouble })).toBe(
      '0 of 4 evals have ended; running: a (0 of 40 responses, for 10.0 s), b (0 of 40 responses, for 10.0 s); ' +
        'waiting for the API, which has refused connections for 12 s',
    );
  });

  test('heartbeat: an eval with more responses than samples is not shown as beyond its end', () => {
    expect(describeBeat({ running: [running('a', { samples: 5, responses: 6 })] })).toContain(
      'a (6 responses,',
    );
  });

  test('heartbeat: says when nothing runs, and nothing about a time that is not known', () => {
    expect(describeBeat({})).toBe('0 of 4 evals have ended; running: none');
  });
});

test.each([
  [{ most: 1, limit: undefined }, 'At most 1 eval ran at the same time.'],
  [
    { most: 7, limit: 'cores' },
    'At most 7 evals ran at the same time: more would have waited for a processor core.',
  ],
] as const)('parallelism: %j is described in one line', (parallelism, line) => {
  expect(describeParallelism(parallelism)).toBe(line);
});
