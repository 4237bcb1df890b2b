import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Decision, describeReason } from '../../../src/model/decision.ts';
import { JUDGE_PART } from '../../../src/model/part-names.ts';
import type { Plan, PlannedEval } from '../../../src/model/plan.ts';
import { reconcile } from '../../../src/plan/reconcile.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { formatProgress } from '../../../src/progress/progress-file.ts';
import { State } from '../../../src/progress/state.ts';
import {
  completion,
  owner,
  planned,
  recordingLog,
  sha256,
  temporaryDirectory,
} from '../../helpers/builders.ts';

const now = new Date('2026-01-10T00:00:00Z');

function state() {
  const paths = statePaths(temporaryDirectory(), 'gpt-4', 'set');
  const open = () => State.open({ paths, owner, log: recordingLog() });
  return { state: open(), paths, reopen: open };
}

function plan(...evals: Plan['evals']): Plan {
  const dependencies = { files: [], directories: [], missing: [] };
  return {
    evals,
    leftOut: [],
    digest: sha256(''),
    dependencies,
    evalsVersion: '3.0.1.post1',
    warnings: [],
    needsApiKey: true,
  };
}

/** A model-graded eval, with its judge. */
function judged(judge?: string): PlannedEval {
  const of = planned('a.x');
  if (judge === undefined) return { ...of, modelGraded: true };
  const parts = { ...of.fingerprint.parts, [JUDGE_PART]: sha256(judge) };
  return {
    ...of,
    command: ['oaieval', `gpt-4,${judge}`, 'a.x'],
    modelGraded: true,
    fingerprint: { value: sha256(JSON.stringify(parts)), parts },
  };
}

const described = (decisions: readonly Decision[]) =>
  decisions.map((decision) => (decision.kind === 'reuse' ? 'reuse' : describeReason(decision.reason)));

test('reconcile: an eval that never completed runs, one that completed with the same content is reused', () => {
  const [a, b] = [planned('a.x'), planned('b.x')];
  const { state: s } = state();
  s.complete(completion(a));
  expect(described(reconcile(plan(a, b), s, { now }))).toEqual(['reuse', 'not completed yet']);
});

test('reconcile: changed content runs again, and the reason names the part with both hashes', () => {
  const { state: s } = state();
  s.complete(completion(planned('a.x', 'old')));
  const [decision] = reconcile(plan(planned('a.x', 'new')), s, { now });
  const [from, to] = ['old', 'new'].map((text) => sha256(text).slice(0, 4));
  expect(described(decision ? [decision] : [])).toEqual([`samples changed (${from}… → ${to}…)`]);
});

test('reconcile: with other arguments an eval runs again, and the reason names both', () => {
  const withArguments = (...args: string[]) => {
    const of = planned('a.x', 'v1', args);
    const parts = { ...of.fingerprint.parts, arguments: sha256(args.join()) };
    return { ...of, fingerprint: { value: sha256(JSON.stringify(parts)), parts } };
  };
  const { state: s } = state();
  s.complete(completion(withArguments('--max_samples', '5')));
  const reasons = (...args: string[]) => described(reconcile(plan(withArguments(...args)), s, { now }));
  expect(reasons('--max_samples', '9')).toEqual(['args changed (--max_samples 5 → --max_samples 9)']);
  expect(reasons('--registry_path', 'b')).toEqual(['args changed (--max_samples 5 → none)']);
  expect(reasons('--max_samples', '5')).toEqual(['reuse']);
});

test('reconcile: with another judge an eval runs again, and the reason is the judge', () => {
  const { state: s } = state();
  s.complete(completion(judged('one'), { ended: '2026-01-01T00:00:00.000Z' }));
  const hash = (judge: string) => sha256(judge).slice(0, 4);
  const reasons = (judge?: string) => described(reconcile(plan(judged(judge)), s, { now }));
  expect(reasons('one')).toEqual(['reuse']);
  expect(reasons('two')).toEqual([`judge changed (${hash('one')}… → ${hash('two')}…)`]);
  expect(reasons()).toEqual([`judge removed (was ${hash('one')}…)`]);
  s.complete(completion(judged(), { ended: '2026-01-02T00:00:00.000Z' }));
  expect(reasons('two')).toEqual([`judge added (${hash('two')}…)`]);
  // The result of the first judge is still there.
  expect(reasons('one')).toEqual(['reuse']);
});

test('reconcile: with other arguments or another model, the reason names every part that differs', () => {
  const { state: s } = state();
  s.complete(completion(judged('one')));
  const { command, ...rest } = judged('two');
  const [program = '', fns = '', key = ''] = command;
  const otherArguments = { ...rest, command: [program, fns, key, '--seed', '1'] };
  const fingerprint = { ...rest.fingerprint, parts: { ...rest.fingerprint.parts, model: sha256('gpt-5') } };
  const otherModel = { ...rest, command: [program, 'gpt-5,two', key], fingerprint };
  const hash = (text: string) => sha256(text).slice(0, 4);
  const judgeChanged = `judge changed (${hash('one')}… → ${hash('two')}…)`;
  expect(described(reconcile(plan(otherArguments), s, { now }))).toEqual([judgeChanged]);
  expect(described(reconcile(plan(otherModel), s, { now }))).toEqual([
    `${judgeChanged}, model changed (${hash('gpt-4')}… → ${hash('gpt-5')}…)`,
  ]);
});

test('reconcile: a result that is older than max-age runs again, a younger one does not', () => {
  const a = planned('a.x');
  const { state: s } = state();
  s.complete(completion(a, { ended: '2026-01-09T00:00:00.000Z' }));
  expect(described(reconcile(plan(a), s, { now, maxAgeMs: 86_400_001 }))).toEqual(['reuse']);
  expect(described(reconcile(plan(a), s, { now, maxAgeMs: 86_399_999 }))).toEqual([
    'its result of 2026-01-09T00:00:00.000Z is older than max-age',
  ]);
});

test.each([
  ['a little ahead, as clocks are', '2026-01-10T00:30:00.000Z', 86_400_000, 'reuse'],
  [
    'a day ahead',
    '2026-01-11T00:00:00.000Z',
    86_400_000,
    expect.stringContaining('dated in the future (2026-01-11T00:00:00.000Z)'),
  ],
  [
    'at the end of time',
    '9999-12-31T23:59:59.999Z',
    86_400_000,
    expect.stringContaining('cannot be compared with max-age'),
  ],
  ['at the end of time, without max-age', '9999-12-31T23:59:59.999Z', undefined, 'reuse'],
])('reconcile: with max-age, a result that is dated %s', (_, ended, maxAgeMs, expected) => {
  const a = planned('a.x');
  const { state: s } = state();
  s.complete(completion(a, { ended }));
  expect(described(reconcile(plan(a), s, { now, maxAgeMs }))).toEqual([expected]);
  // Here the result is found only by its content.
  const debug = planned('a.x', 'v1', ['--debug']);
  const found = maxAgeMs === undefined ? 'reuse' : expected;
  expect(described(reconcile(plan(debug), s, { now, maxAgeMs }))).toEqual([found]);
});

test('reconcile: a result about no sample runs again, one whose samples were not counted does not', () => {
  const [a, b] = [planned('a.x'), planned('b.x')];
  const { state: s } = state();
  s.complete(completion(a, { samples: 0, metrics: { accuracy: 'NaN' } }));
  s.complete(completion(b, { samples: null }));
  expect(described(reconcile(plan(a, b), s, { now }))).toEqual(['its result has no samples', 'reuse']);
});

test('reconcile: a completion of plain oaievalset is reused without a record', () => {
  const a = planned('a.x');
  const { paths, reopen } = state();
  writeFileSync(paths.progressFile, formatProgress([a.command]));
  expect(reconcile(plan(a), reopen(), { now })).toEqual([{ kind: 'reuse', eval: a, record: undefined }]);
});

test('reconcile: the same content with arguments that only print is reused, until its own line is removed', () => {
  const [a, debug] = [planned('a.x'), planned('a.x', 'v1', ['--debug'])];
  const { state: s, paths, reopen } = state();
  s.complete(completion(a));
  expect(described(reconcile(plan(debug), s, { now }))).toEqual(['reuse']);
  s.complete(completion(debug));
  s.complete(completion(planned('z.x')));
  writeFileSync(paths.progressFile, formatProgress([a.command, planned('z.x').command]));
  expect(described(reconcile(plan(debug), reopen(), { now }))).toEqual([
    'its line was removed from the progress file',
  ]);
});
