/** The verdict of a run in one line. */
import { expect, test } from 'vitest';
import { judge } from '../../../src/gate/judge.ts';
import { parseRules } from '../../../src/gate/rules/parse-rules.ts';
import type { EvalResult } from '../../../src/model/results.ts';
import { evalResult, results, unfinished } from '../../helpers/report-builders.ts';

const fresh = evalResult('fresh');
const reused = evalResult('reused', { status: 'reused' });
const excluded = evalResult('excluded', { status: 'excluded' });
const failed = unfinished('broken', 'failed', 'it exited with code 1');
const pending = unfinished('slow', 'pending', 'no time');

const MET = 'accuracy >= 0.5';
const MISSED = 'accuracy >= 0.9';
const NOT_JUDGED = 'bleu >= 0.9';
const advisory = (rule: string) => `advisory: ${rule}`;

test.each<[evals: readonly EvalResult[], rules: readonly string[], sentence: string]>([
  // Without rules.
  [[], [], 'Passed: 0 evals are done.'],
  [[fresh], [], 'Passed: 1 eval is done (1 fresh).'],
  [[fresh, reused], [], 'Passed: 2 evals are done (1 fresh, 1 reused).'],
  [[fresh, fresh, reused], [], 'Passed: all 3 evals are done (2 fresh, 1 reused).'],
  [
    [fresh, fresh, reused, excluded],
    [],
    'Passed: 3 evals are done (2 fresh, 1 reused), and 1 eval of the set is left out.',
  ],
  [Array(1200).fill(fresh), [], 'Passed: all 1,200 evals are done (1,200 fresh).'],
  [[failed], [], 'Failed: 1 of 1 eval failed, 0 are done.'],
  [
    [failed, fresh, reused, pending],
    [],
    'Failed: 1 of 4 evals failed, 2 are done (1 fresh, 1 reused), 1 is pending.',
  ],
  [[pending, pending], [], 'Incomplete: 0 of 2 evals are done, 2 are pending.'],
  [[fresh, pending], [], 'Incomplete: 1 of 2 evals is done (1 fresh), 1 is pending.'],
  // With rules.
  [[fresh], [MET], 'Passed: 1 eval is done (1 fresh); the rule is met.'],
  [[fresh], [MET, MET, MET], 'Passed: 1 eval is done (1 fresh); 3 of 3 rules are met.'],
  [[fresh], [MET, MISSED], 'Failed: 1 eval is done (1 fresh); 1 of 2 rules is missed, 1 is met.'],
  [
    [fresh],
    [NOT_JUDGED, MISSED, MISSED, MET],
    'Failed: 1 eval is done (1 fresh); 2 of 4 rules are missed, 1 is not judged, 1 is met.',
  ],
  [[fresh], [NOT_JUDGED], 'Failed: 1 eval is done (1 fresh); the rule is not judged.'],
  [[failed, fresh], [MET], 'Failed: 1 of 2 evals failed, 1 is done (1 fresh); the rule is not judged.'],
  [[failed, fresh], [MISSED], 'Failed: 1 of 2 evals failed, 1 is done (1 fresh); the rule is missed.'],
  [
    [pending, fresh],
    [MISSED],
    'Incomplete: 1 of 2 evals is done (1 fresh), 1 is pending; the rule is not judged.',
  ],
  [
    [pending],
    [MISSED, advisory(MISSED)],
    'Incomplete: 0 of 1 eval is done, 1 is pending; the 2 rules are not judged.',
  ],
  [[], [MET], 'Failed: 0 evals are done; the rule is not judged.'],
  [[], ['total-tokens <= 1M'], 'Failed: 0 evals are done; the rule is not judged.'],
  // With advisory rules.
  [[fresh], [advisory(MET)], 'Passed: 1 eval is done (1 fresh); the advisory rule is met.'],
  [
    [fresh],
    [advisory(MISSED)],
    'Passed: 1 eval is done (1 fresh); the advisory rule is missed (accuracy >= 0.9).',
  ],
  [
    [fresh],
    [MET, advisory(MISSED), advisory(NOT_JUDGED)],
    'Passed: 1 eval is done (1 fresh); the rule is met; 1 of 2 advisory rules is missed (accuracy >= 0.9), 1 is not judged.',
  ],
  [[], [advisory(MET)], 'Passed: 0 evals are done; the advisory rule is not judged.'],
])('Verdict.sentence: %#', (evals, rules, sentence) => {
  const run = results(evals);
  const parsed = parseRules(rules.join('\n'));
  expect(judge({ results: run, samples: new Map(), rules: parsed, baseline: undefined }).sentence).toBe(
    sentence,
  );
});

test('Verdict.sentence: of many advisory rules that are missed, three are named', () => {
  const rules = parseRules(
    'accuracy >= 0.9\n'
      .repeat(5)
      .replace(/^/gm, 'advisory: ')
      .replace(/advisory: $/, ''),
  );
  const run = { results: results([fresh]), samples: new Map(), rules, baseline: undefined };
  expect(judge(run).sentence).toBe(
    'Passed: 1 eval is done (1 fresh); 5 of 5 advisory rules are missed (accuracy >= 0.9, accuracy >= 0.9, accuracy >= 0.9 and 2 more).',
  );
});
