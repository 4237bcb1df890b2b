/** The plan that the merge takes from the shards of a run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { NO_DEPENDENCIES, type PlannedEval } from '../../../src/model/plan.ts';
import { planDigest } from '../../../src/plan/plan-digest.ts';
import { sharedPlan } from '../../../src/plan/shared-plan.ts';
import { statePaths } from '../../../src/progress/paths.ts';
import { savedPlan } from '../../../src/progress/saved-plan.ts';
import { planned, temporaryDirectory } from '../../helpers/builders.ts';

const owner = { repository: 'octo-org/octo-repo', cacheKey: '', model: 'gpt-4', evalSet: 'set' };

function shard(index: number, evals: readonly PlannedEval[], digest = planDigest({ evals, leftOut: [] })) {
  const paths = statePaths(temporaryDirectory(), owner.model, owner.evalSet);
  const made = { evalsVersion: '3.0.1', warnings: [], needsApiKey: true, leftOut: [], digest: undefined };
  mkdirSync(dirname(paths.plan), { recursive: true });
  writeFileSync(
    paths.plan,
    JSON.stringify(savedPlan({ ...made, evals, dependencies: NO_DEPENDENCIES }, owner)),
  );
  const facts = { shard: { index, count: 3, plan: digest } };
  return { shard: { index, count: 3 }, state: { paths, runFacts: facts as never } };
}

const [a, b] = [planned('a.v0'), planned('b.v0')];
const edited = {
  ...b,
  fingerprint: { value: 'f'.repeat(64), parts: { ...b.fingerprint.parts, samples: 'e'.repeat(64) } },
};

test('shared plan: that of the first shard, or of the next one when its plan is not the one that it names', () => {
  expect(sharedPlan([shard(1, [a, b]), shard(2, [a, b])], owner).evals.map(({ key }) => key)).toEqual([
    'a.v0',
    'b.v0',
  ]);
  const broken = shard(1, [a], planDigest({ evals: [a, b], leftOut: [] }));
  expect(sharedPlan([broken, shard(2, [a, b])], owner).evals).toHaveLength(2);
  expect(() => sharedPlan([broken], owner)).toThrow('cannot be read from the checkpoint of any shard');
});

test('shared plan: shards with other plans are named, with the evals and parts in which they differ', () => {
  expect(() => sharedPlan([shard(1, [a, b]), shard(2, [a, edited]), shard(3, [a, b])], owner)).toThrow(
    'so their results do not belong together: the plan of shards 1, 3 differs from that of shard 2. They differ in b (samples).',
  );
  expect(() => sharedPlan([shard(1, [a, b]), shard(2, [a])], owner)).toThrow(
    'the plan of shard 1 differs from that of shard 2. They differ in b (only some of them have it).',
  );
});
