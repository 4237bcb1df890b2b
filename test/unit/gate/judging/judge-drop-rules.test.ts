/** What rules with drop say of a run and its baseline. */
import { expect, test } from 'vitest';
import { judge } from '../../../../src/gate/judge.ts';
import { parseRules } from '../../../../src/gate/rules/parse-rules.ts';
import type { Baseline } from '../../../../src/model/baseline.ts';
import type { EvalResult, Results } from '../../../../src/model/results.ts';
import type { EvalSamples } from '../../../../src/model/sample.ts';
import type { RuleStatus, Verdict } from '../../../../src/model/verdict.ts';
import { evalResult, evalSamples, results, sample, unfinished } from '../../../helpers/report-builders.ts';

/** One side of a comparison: evals, and how many of their samples are correct. */
interface Side {
  readonly results: Results;
  readonly samples: ReadonlyMap<string, EvalSamples>;
}

/** @param scores of each eval: how many of how many samples are correct */
function side(
  scores: Readonly<Record<string, readonly [correct: number, n: number]>>,
  others: readonly EvalResult[] = [],
  changes: Partial<Results> = {},
): Side {
  const evals = Object.entries(scores).map(([name, [correct, n]]) =>
    evalResult(name, {
      mainMetric: { name: 'accuracy', value: correct / n, interval: null, higherIsBetter: true },
    }),
  );
  const samples = Object.entries(scores).map(([name, [correct, n]]): [string, EvalSamples] => [
    `${name}.dev.v0`,
    evalSamples(Array.from({ length: n }, (_, index) => sample(`${name}.${index}`, index < correct))),
  ]);
  return { results: results([...evals, ...others], changes), samples: new Map(samples) };
}

function baselineOf({ results: before, samples }: Side): Baseline {
  const { run, model } = before;
  return {
    kind: 'usable',
    source: { path: 'base.json', runId: run.id, sha: run.sha, ref: run.ref, model, ended: run.ended },
    results: before,
    samples,
  };
}

function judged(rules: string, now: Side, baseline: Baseline | undefined): Verdict {
  return judge({ ...now, rules: parseRules(rules), baseline });
}

const byOaievalset = evalResult('x', { status: 'reused', run: null, mainMetric: null });
const failed = unfinished('x', 'failed', 'it exited with code 1');
const excluded = evalResult('x', { status: 'excluded', mainMetric: null });

test.each<[what: string, rule: string, now: Side, before: Side, status: RuleStatus, sentence: string]>([
  [
    'a drop',
    'accuracy drop <= 2pp',
    side({ a: [80, 100] }),
    side({ a: [95, 100] }),
    'missed',
    'a: Accuracy fell from 95.0 % to 80.0 % (−15.0 points, 95 % −23.3 to −9.3; 100 pairs, 15 worse, 0 better, p < 0.001). The rule allows a drop of 2 points.',
  ],
  [
    'a drop, and none is allowed',
    'accuracy drop <= 0pp',
    side({ a: [80, 100] }),
    side({ a: [95, 100] }),
    'missed',
    'a: Accuracy fell from 95.0 % to 80.0 % (−15.0 points, 95 % −23.3 to −9.3; 100 pairs, 15 worse, 0 better, p < 0.001). The rule allows no drop.',
  ],
  [
    'a drop within the tolerance',
    'accuracy drop <= 20pp',
    side({ a: [80, 100] }),
    side({ a: [95, 100] }),
    'met',
    'a: Accuracy fell from 95.0 % to 80.0 % (−15.0 points, 95 % −23.3 to −9.3; 100 pairs, 15 worse, 0 better, p < 0.001), which is within the tolerance of 20 points.',
  ],
  [
    'a tolerance without pp',
    'accuracy drop <= 0.15',
    side({ a: [80, 100] }),
    side({ a: [95, 100] }),
    'met',
    'a: Accuracy fell from 95.0 % to 80.0 % (−15.0 points, 95 % −23.3 to −9.3; 100 pairs, 15 worse, 0 better, p < 0.001), which is within the tolerance of 15 points.',
  ],
  [
    'a drop beyond a tolerance without pp',
    'accuracy drop <= 0.1',
    side({ a: [80, 100] }),
    side({ a: [95, 100] }),
    'missed',
    'a: Accuracy fell from 95.0 % to 80.0 % (−15.0 points, 95 % −23.3 to −9.3; 100 pairs, 15 worse, 0 better, p < 0.001). The rule allows a drop of 0.1.',
  ],
  [
    'noise',
    'accuracy drop <= 0pp',
    side({ a: [94, 100] }),
    side({ a: [95, 100] }),
    'met',
    'a: 1 sample flipped (it got worse); at least 6 one way are needed to tell.',
  ],
  [
    'no change',
    'accuracy drop <= 0pp',
    side({ a: [95, 100] }),
    side({ a: [95, 100] }),
    'met',
    'a: None of the 100 samples flipped.',
  ],
  [
    'a rise',
    'accuracy drop <= 0pp',
    side({ a: [95, 100] }),
    side({ a: [80, 100] }),
    'met',
    'a: Accuracy rose from 80.0 % to 95.0 % (+15.0 points, 95 % 9.3 to 23.3; 100 pairs, 0 worse, 15 better, p < 0.001).',
  ],
  [
    'few samples',
    'accuracy drop <= 0pp',
    side({ a: [0, 9] }),
    side({ a: [9, 9] }),
    'not-judged',
    'a: 9 pairs are too few to tell; at least 10 are needed.',
  ],
  [
    'too few samples of several evals',
    'accuracy drop <= 0pp',
    side({ a: [0, 9], b: [2, 5], c: [95, 100], d: [3, 4] }),
    side({ a: [9, 9], b: [2, 5], d: [3, 4] }),
    'not-judged',
    'None of the 4 evals is judged: a, b, d, each because fewer than 10 of its samples can be paired with the baseline; c, because the baseline has no number for it.',
  ],
  [
    'an eval that the baseline does not have',
    'accuracy drop <= 0pp',
    side({ a: [95, 100], b: [1, 10] }),
    side({ a: [95, 100] }),
    'not-judged',
    'accuracy shows no drop in 1 of 2 evals, and 1 is not judged: b, because the baseline has no number for it.',
  ],
  [
    'an eval that only the baseline has',
    'accuracy drop <= 0pp',
    side({ a: [95, 100] }),
    side({ a: [95, 100], b: [1, 10] }),
    'not-judged',
    'accuracy shows no drop in 1 of 2 evals, and 1 is not judged: b, because only the baseline has it.',
  ],
  [
    'an eval that only the baseline has, which the glob does not match',
    'a: accuracy drop <= 0pp',
    side({ a: [95, 100] }),
    side({ a: [95, 100], b: [1, 10] }),
    'met',
    'a: None of the 100 samples flipped.',
  ],
  [
    'an eval that is left out now',
    'accuracy drop <= 0pp',
    side({ a: [95, 100] }, [excluded]),
    side({ a: [95, 100], x: [1, 10] }),
    'met',
    'a: None of the 100 samples flipped.',
  ],
  [
    'an eval that failed',
    'accuracy drop <= 0pp',
    side({ a: [95, 100] }, [failed]),
    side({ a: [95, 100], x: [1, 10] }),
    'not-judged',
    'accuracy shows no drop in 1 of 2 evals, and 1 is not judged: x, because the eval failed.',
  ],
  [
    'an eval done by oaievalset',
    'accuracy drop <= 0pp',
    side({ a: [95, 100] }, [byOaievalset]),
    side({ a: [95, 100], x: [1, 10] }),
    'not-judged',
    'accuracy shows no drop in 1 of 2 evals, and 1 is not judged: x, because no results are recorded.',
  ],
  [
    'several drops',
    'accuracy drop <= 2pp',
    side({ a: [80, 100], b: [60, 100], c: [95, 100] }),
    side({ a: [95, 100], b: [95, 100], c: [95, 100] }),
    'missed',
    'accuracy shows a drop beyond 2 points in 2 of 3 evals: a (−15 points), b (−35 points).',
  ],
  [
    'several evals without a drop',
    'accuracy drop <= 2pp',
    side({ a: [95, 100], b: [95, 100] }),
    side({ a: [95, 100], b: [95, 100] }),
    'met',
    'accuracy shows no drop beyond 2 points in both evals.',
  ],
  [
    'a glob',
    'a: accuracy drop <= 2pp',
    side({ a: [95, 100], b: [60, 100] }),
    side({ a: [95, 100], b: [95, 100] }),
    'met',
    'a: None of the 100 samples flipped.',
  ],
  [
    'a glob that matches no eval',
    'x-*: accuracy drop <= 2pp',
    side({ a: [95, 100] }),
    side({ a: [95, 100] }),
    'not-judged',
    'No eval matches x-*. The plan has a.',
  ],
  [
    'a metric that no eval has',
    'bleu drop <= 2pp',
    side({ a: [95, 100] }),
    side({ a: [95, 100] }),
    'not-judged',
    'No eval reports bleu, neither now nor in the baseline.',
  ],
  [
    'another set',
    'accuracy drop <= 2pp',
    side({ a: [95, 100] }),
    side({ a: [95, 100] }, [], { evalSet: 'other' }),
    'not-judged',
    'The rule is not judged, because the baseline base.json cannot be used: it is of the set `other`, but this run is of `set`.',
  ],
  [
    'another version of evals',
    'accuracy drop <= 2pp',
    side({ a: [95, 100] }),
    side({ a: [95, 100] }, [], { versions: { action: '0.1.0', evals: '2.0.0', python: null } }),
    'not-judged',
    'a: The version of evals changed (2.0.0 → 3.0.1.post1).',
  ],
])('judge: a drop rule and %s', (_, rule, now, before, status, sentence) => {
  const verdict = judged(rule, now, baselineOf(before));
  expect(verdict.rules).toEqual([expect.objectContaining({ rule, status, sentence })]);
  expect(verdict.status).toBe(status === 'met' ? 'passed' : 'failed');
});

test('judge: a drop rule without a baseline is not judged', () => {
  const { status, rules } = judged('accuracy drop <= 2pp', side({ a: [95, 100] }), undefined);
  expect(status).toBe('failed');
  const sentence = 'The rule is not judged, because the input baseline is empty.';
  expect(rules).toEqual([expect.objectContaining({ status: 'not-judged', sentence, evals: [] })]);
});

test('judge: a drop rule with a baseline that cannot be used is not judged', () => {
  const baseline: Baseline = {
    kind: 'unusable',
    path: 'gone\n.json',
    problem: 'it is not there',
    next: 'Commit it.',
  };
  const { status, rules } = judged('accuracy drop <= 2pp', side({ a: [95, 100] }), baseline);
  expect(status).toBe('failed');
  const sentence = 'The rule is not judged, because the baseline gone .json cannot be used: it is not there.';
  expect(rules).toEqual([expect.objectContaining({ status: 'not-judged', sentence, evals: [] })]);
});

test('judge: evals that are worse than in the baseline are told, and fail no step without a rule', () => {
  const now = side({ a: [50, 100], b: [95, 100] });
  const verdict = judged(
    'advisory: accuracy drop <= 2pp',
    now,
    baselineOf(side({ a: [95, 100], b: [95, 100] })),
  );
  expect(verdict.status).toBe('passed');
  expect(verdict.sentence).toBe(
    'Passed: 2 evals are done (2 fresh); the advisory rule is missed (accuracy drop <= 2pp); 1 eval is worse than in the baseline.',
  );
  expect(judged('', now, baselineOf(side({ a: [95, 100], b: [95, 100] }))).sentence).toBe(
    'Passed: 2 evals are done (2 fresh); 1 eval is worse than in the baseline.',
  );
});

test('judge: a rule for each eval raises no more alarms than one rule for all', () => {
  // Alone, 6 flips of 100 samples are significant (p = 0.03); among ten evals they are not.
  const names = [...'abcdefghij'];
  const all = (correct: number) =>
    side(Object.fromEntries(names.map((name) => [name, [correct, 100] as const])));
  const rules = names.map((name) => `${name}: accuracy drop <= 0pp`).join('\n');
  expect(judged(rules, all(94), baselineOf(all(100))).status).toBe('passed');
  expect(
    judged('accuracy drop <= 0pp', side({ a: [94, 100] }), baselineOf(side({ a: [100, 100] }))).status,
  ).toBe('failed');
});

test('judge: the values of a drop rule are differences', () => {
  const { rules } = judged(
    'accuracy drop <= 2pp',
    side({ a: [80, 100] }),
    baselineOf(side({ a: [95, 100] })),
  );
  expect(rules[0]?.evals.map(({ key, value }) => [key, value])).toEqual([['a.dev.v0', -0.15]]);
});

test('judge: the verdict has the comparison of all evals and the rate over all samples', () => {
  const now = side({ a: [80, 100], b: [10, 20] });
  const { comparison, overall } = judged('', now, baselineOf(side({ a: [95, 100] })));
  expect(comparison?.evals.map(({ name, status }) => [name, status])).toEqual([
    ['a', 'degraded'],
    ['b', 'missing'],
  ]);
  expect(overall).toMatchObject({ metric: 'accuracy', rate: 0.75, n: 120 });
  expect(judged('', now, undefined).comparison).toBeNull();
});
