import { describe, expect, test } from 'vitest';
import type { AttemptOutcome } from '../../../src/model/outcome.ts';
import type { EvalProgress, Heartbeat } from '../../../src/model/run-event.ts';
import { describeHeartbeat, describeParallelism, LiveLog } from '../../../src/report/live-log.ts';
import { completion, planned } from '../../helpers/builders.ts';
import { orderedLog } from '../../helpers/ordered-log.ts';

const [A, B] = [planned('a.v0'), planned('b.v0')];

/** A live log of a set of two evals. */
function live(parallelEvals: number | 'auto') {
  const log = orderedLog();
  const printer = new LiveLog(log, { parallelEvals, attempts: 2 });
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

const done = (of: typeof A): AttemptOutcome => ({ status: 'fresh', eval: of, record: completion(of) });

describe('live log: evals', () => {
  test('live log: an eval that runs alone is printed at once, in a group that ends with it', () => {
    const { entries, start, end } = live(1);
    start(A).child('from a');
    expect(entries).toEqual(['group: [1/2] a', 'child: from a']);
    end(done(A));
    start(B).child('from b');
    end({ status: 'pending', eval: B, reason: 'the job was cancelled' });
    expect(entries.slice(2)).toEqual([
      'end: [1/2] a',
      'info: [1/2] a … done in 3.0 s (accuracy 0.5)',
      'group: [2/2] b',
      'child: from b',
      'end: [2/2] b',
      'info: [2/2] b … not completed: the job was cancelled',
    ]);
  });

  test('live log: the lines of evals that run at the same time do not mix', () => {
    const { entries, start, end } = live(2);
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
      'end: [1/2] b … done in 3.0 s (accuracy 0.5)',
      'group: [2/2] a … done in 3.0 s (accuracy 0.5)',
      'child: a1',
      'child: a2',
      'end: [2/2] a … done in 3.0 s (accuracy 0.5)',
    ]);
  });

  test('live log: a failed eval has its last lines outside of the group, and an annotation', () => {
    const { entries, start, end } = live(2);
    start(A);
    end({ status: 'failed', eval: A, reason: 'oaieval exited with code 1', lastLines: ['ValueError: no'] });
    expect(entries.slice(2)).toEqual([
      'info: The end of the output of a (1 line):',
      'child: ValueError: no',
      expect.stringMatching(/^error: Eval a failed: oaieval exited with code 1 \(attempts: 2\)/),
    ]);
  });

  test('live log: says of an eval that the budget skips why, and of one that a stop skips nothing', () => {
    const { entries, printer } = live(2);
    const skipped = { kind: 'eval-not-started', eval: A } as const;
    printer.onEvent({ ...skipped, cause: 'budget', reason: 'it took 2 h 0 min last time' });
    printer.onEvent({ ...skipped, cause: 'stopped', reason: 'the job was cancelled' });
    printer.onEvent({ ...skipped, cause: 'exit-on-error', reason: 'b failed' });
    expect(entries).toEqual(['info: a is not started: it took 2 h 0 min last time']);
  });
});

describe('live log: heartbeat', () => {
  const running = (name: string, changes: Partial<EvalProgress> = {}): EvalProgress => ({
    name,
    samples: null,
    responses: 0,
    runningMs: 10_000,
    ...changes,
  });
  const describeBeat = (changes: Partial<Heartbeat>) =>
    describeHeartbeat({
      kind: 'heartbeat',
      running: [],
      settled: 0,
      total: 4,
      leftMs: undefined,
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
] as const)('parallelism: %j is told in one line', (parallelism, line) => {
  expect(describeParallelism(parallelism)).toBe(line);
});
