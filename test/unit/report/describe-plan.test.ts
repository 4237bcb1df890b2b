import { expect, test } from 'vitest';
import { describePlan } from '../../../src/report/describe-plan.ts';
import { planned } from '../../helpers/builders.ts';
import { toRun } from '../../helpers/scheduled-run.ts';

const DECISIONS = [toRun(planned('a.dev.v0'))];

test('describePlan: without evals that are left out it says nothing about them', () => {
  expect(describePlan('set', DECISIONS, [])).toEqual(['set: 1 eval, 0 reused, 1 to run']);
});

test('describePlan: names the evals that are left out, and of many only the first', () => {
  const leftOut = Array.from({ length: 23 }, (_, index) => `e${index}.dev.v0`);
  const [, line] = describePlan('set', DECISIONS, leftOut);
  expect(line).toMatch(
    /^Left out by include and exclude, 23 of 24 evals: e0\.dev\.v0, .*, e19\.dev\.v0 and 3 more$/,
  );
});
