import { expect, test } from 'vitest';
import type { Decision, RunReason } from '../../../src/model/decision.ts';
import { describePlan, describeVersions, type PlannedRun } from '../../../src/report/describe-start.ts';
import { completion, planned } from '../../helpers/builders.ts';
import { toRun } from '../../helpers/scheduled-run.ts';

const run = { repository: 'o/r', id: '4712', attempt: 2 };

const linesOf = (decisions: readonly Decision[], changes: Partial<PlannedRun> = {}) =>
  describePlan({
    evalSet: 'set',
    decisions,
    leftOut: [],
    recorded: { responses: 0, evals: 0 },
    kept: 0,
    run,
    ...changes,
  });

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

function again(name: string, reason: RunReason): Decision {
  return { kind: 'run', eval: planned(`${name}.dev.v0`), reason };
}

function changed(part: string): RunReason {
  return { kind: 'changed', parts: [{ name: part, from: 'aaaaaa', to: 'bbbbbb' }] };
}

function reused(name: string, id: string, attempt = 1, ended = '2026-11-26T19:11:59.000Z'): Decision {
  const of = planned(`${name}.dev.v0`);
  return {
    kind: 'reuse',
    eval: of,
    record: completion(of, { run: { repository: 'o/r', id, attempt }, ended }),
  };
}

test('describeVersions: names what is known of the action, evals, Python and the engine', () => {
  const of = (plan: { evalsVersion: string; pythonVersion?: string }) =>
    describeVersions({ action: '1.2.3', plan, engine: 'warm' });
  expect(of({ evalsVersion: '3.0.1.post1', pythonVersion: '3.11.7' })).toBe(
    'oaievalset-action 1.2.3, evals 3.0.1.post1, Python 3.11.7, engine warm',
  );
  expect(of({ evalsVersion: '' })).toBe('oaievalset-action 1.2.3, engine warm');
});

test('describePlan: a first run is one line', () => {
  expect(linesOf([toRun(planned('a.dev.v0')), toRun({ ...planned('b.dev.v0'), samples: 1200 })])).toEqual([
    'set: 2 evals, 0 reused, 2 to run (1,203 samples)',
  ]);
  expect(linesOf([toRun(planned('a.dev.v0')), toRun({ ...planned('b.dev.v0'), samples: null })])).toEqual([
    'set: 2 evals, 0 reused, 2 to run (at least 3 samples)',
  ]);
  expect(linesOf([toRun({ ...planned('b.dev.v0'), samples: null })])).toEqual([
    'set: 1 eval, 0 reused, 1 to run',
  ]);
});

test('describePlan: says which runs completed the reused evals, the newest run first', () => {
  const byOaievalset: Decision = { kind: 'reuse', eval: planned('z.dev.v0'), record: undefined };
  const decisions = [
    reused('a', '4711', 3, '2026-11-25T10:00:00.000Z'),
    reused('b', '4712', 1, '2026-11-26T08:30:59.000Z'),
    reused('c', '4712', 1, '2026-11-26T07:00:00.000Z'),
    reused('d', 'local', 1, '2026-11-24T07:00:00.000Z'),
    byOaievalset,
  ];
  expect(linesOf(decisions)).toEqual([
    'set: 5 evals, 5 reused, 0 to run',
    'Reused: 2 evals that attempt 1 of this run completed, the last one at 2026-11-26 08:30 UTC',
    'Reused: 1 eval that attempt 3 of run 4711 completed at 2026-11-25 10:00 UTC',
    'Reused: 1 eval that an earlier run on this machine completed at 2026-11-24 07:00 UTC',
  ]);
});

test('describePlan: of many runs it names five', () => {
  const lines = linesOf(range(12).map((n) => reused(`e${n}`, String(100 + n))));
  expect(lines).toHaveLength(7);
  expect(lines.at(-1)).toBe('Reused: 7 evals that 7 earlier runs completed');
});

test('describePlan: says what is replayed', () => {
  expect(linesOf([toRun(planned('a.dev.v0'))], { recorded: { responses: 16, evals: 1 } })).toContain(
    'Resumed: 16 responses of 1 eval are recorded and will be replayed',
  );
});

test('describePlan: says how many evals have kept answers', () => {
  expect(linesOf([toRun(planned('a.dev.v0'))], { kept: 2 })).toContain(
    'Kept: the answers of 2 evals to run again; requests in the same words get them',
  );
});

test('describePlan: each eval that runs again has a line with the reason', () => {
  expect(linesOf([again('a', changed('samples')), again('b', { kind: 'removed-by-user' })]).slice(1)).toEqual(
    [
      'a: runs again, samples changed (aaaa… → bbbb…)',
      'b: runs again, its line was removed from the progress file',
    ],
  );
});

test('describePlan: of many reasons it names twenty', () => {
  const lines = linesOf(range(1000).map((n) => again(`e${n}`, changed(`own/${n}.py`))));
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe('980 more evals run again, for other reasons');
});

test('describePlan: names arguments that an eval writes', () => {
  const lines = linesOf([{ ...reused('a', '1'), written: ['log_file'] } as Decision]);
  expect(lines.at(-1)).toMatch(/^a: It writes the files that these arguments name, .*: log file$/);
});

test('describePlan: names the evals that are left out, and of many only the first', () => {
  const leftOut = range(23).map((index) => `e${index}.dev.v0`);
  const [, line] = linesOf([toRun(planned('a.dev.v0'))], { leftOut });
  expect(line).toMatch(
    /^Left out by include and exclude, 23 of 24 evals: e0\.dev\.v0, .*, e19\.dev\.v0 and 3 more$/,
  );
});
