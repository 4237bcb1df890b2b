import { expect, test } from 'vitest';
import type { Decision, RunReason } from '../../../src/model/decision.ts';
import { describeReruns } from '../../../src/report/describe-reruns.ts';
import { planned, sha256 } from '../../helpers/builders.ts';

const run = (name: string, reason: RunReason): Decision => ({
  kind: 'run',
  eval: planned(`${name}.dev.v0`),
  reason,
});

const changed = (name: string, from: string, to: string): RunReason => ({
  kind: 'changed',
  parts: [{ name, from: sha256(from), to: sha256(to) }],
});

const hash = (text: string) => `${sha256(text).slice(0, 4)}…`;
const names = Array.from({ length: 28 }, (_, index) => `e${index}`);

test('describeReruns: evals that never completed are not mentioned', () => {
  expect(describeReruns([run('a', { kind: 'never-completed' })])).toEqual([]);
});

test('describeReruns: one reason of all evals is said once', () => {
  const decisions = names.map((name) => run(name, changed('evals', '1', '2')));
  expect(describeReruns(decisions)).toEqual([
    `All 28 evals run again: evals version changed (${hash('1')} → ${hash('2')})`,
  ]);
});

test('describeReruns: a part that changed in all evals is named without the hashes of each', () => {
  const decisions = names.map((name) => run(name, changed('samples', name, `${name}2`)));
  expect(describeReruns(decisions)).toEqual(['All 28 evals run again: samples changed']);
});

test('describeReruns: other arguments are named', () => {
  const reason: RunReason = {
    kind: 'changed',
    parts: [{ name: 'arguments', from: sha256('1'), to: sha256('2') }],
    arguments: { from: '--max_samples 5', to: '' },
  };
  expect(describeReruns(['a', 'b'].map((name) => run(name, reason)))).toEqual([
    'All 2 evals run again: args changed (--max_samples 5 → none)',
  ]);
});

test('describeReruns: several reasons have a line each, with the names of their evals', () => {
  const reused: Decision = { kind: 'reuse', eval: planned('r.dev.v0'), record: undefined };
  const decisions = [
    run('a', changed('samples', '1', '2')),
    reused,
    ...names.slice(0, 7).map((name) => run(name, { kind: 'removed-by-user' })),
  ];
  expect(describeReruns(decisions)).toEqual([
    `a: runs again, samples changed (${hash('1')} → ${hash('2')})`,
    '7 evals run again, their lines were removed from the progress file: e0, e1, e2, e3, e4 and 2 more',
  ]);
});

test('describeReruns: results of different times that expired share a line', () => {
  const decisions = ['a', 'b'].map((name, day) =>
    run(name, { kind: 'expired', ended: `2026-01-0${day + 1}T00:00:00.000Z` }),
  );
  expect(describeReruns(decisions)).toEqual(['All 2 evals run again: their results are older than max-age']);
});
