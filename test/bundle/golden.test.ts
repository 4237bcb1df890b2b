/** What a person sees of typical runs is what is committed in test/golden/runs. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scenarios } from '../golden/all.ts';
import { committedTexts, directoryOf, playScenario, RUNS } from '../golden/play.ts';
import { LONG, SOAK } from '../helpers/test-rows.ts';

/** They show each kind of end, and are cheap. */
const WITH_EVERY_CHANGE = new Set(['first-run', 'cancel', 'failing-own-class', 'configuration-errors']);

/** Variants of other scenarios, and those that take long. `npm run golden -- --check` plays them too. */
const WEEKLY = new Set([
  'one-eval',
  'include-exclude',
  'failing-registry-class',
  'api-key-rejected',
  'api-down-for-a-while',
  'time-budget',
  'token-budget-too-small',
  'configuration-error',
  'configuration-error-input',
  'api-key-missing',
  'nothing-reused-cache-key',
  'nothing-reused-model',
  'judge-model',
  'parameters-not-accepted',
  'model-shut-down',
  'changed-eval',
  'progress',
  'evals-28',
  'rate-limited',
  'api-down',
  'api-down-later',
  'token-budget',
  'no-op',
  'model-map',
  'nothing-reused-args',
  'evals-1000',
]);

function tagsOf(name: string) {
  if (WITH_EVERY_CHANGE.has(name)) return {};
  return WEEKLY.has(name) ? SOAK : LONG;
}

// On other systems the engine is another one, whose evals print more.
describe.runIf(process.platform === 'linux').concurrent('golden runs', () => {
  for (const scenario of scenarios) {
    test(
      `golden run ${scenario.name}: log, annotations and summary are as committed; if not, run npm run golden`,
      tagsOf(scenario.name),
      async () => {
        const { texts } = await playScenario(scenario);
        expect(texts).toEqual(committedTexts(scenario));
      },
    );
  }
});

test('golden runs: each scenario has a directory with a picture, and each directory a scenario', () => {
  const names = scenarios.map(({ name }) => name);
  expect(readdirSync(RUNS).toSorted()).toEqual(names.toSorted());
  const pictures = scenarios.map((scenario) => existsSync(join(directoryOf(scenario), 'picture.png')));
  expect(pictures).not.toContain(false);
});
