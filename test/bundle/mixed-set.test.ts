/** A set of every kind at once: two evals without a judge, one that a model grades, and one whose opponent was shut down. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { chat } from '../helpers/gateway-rig.ts';
import {
  forgetModel,
  machineWithSharedState,
  oaievalset,
  SHARED_STATE,
} from '../helpers/plain-oaievalset.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { annotations, logOf } from '../helpers/test-machine.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const DEAD = 'gpt-4-turbo-preview';
const LIVE = 'gpt-4o-mini';
const JUDGE = 'org/judge';
const EVALS = ['test-match', 'test-includes', 'logic-fact', 'twenty_questions.shortlist.dev5'];
const [MATCH, INCLUDES, FACT, GAME] = [
  'test-match.s1.simple-v0',
  'test-includes.s1.simple-v0',
  'logic-fact.dev.v0',
  'twenty_questions.shortlist.dev5',
];
/** In each game the candidate asks its opponent 20 questions. */
const GAMES = 2;
const QUESTIONS = GAMES * 20;

test('mixed set: with a judge and a model map, a killed run resumes on another machine, and plain oaievalset continues', async (context) => {
  const python = await evalsPython();
  const registry = temporaryDirectory(context);
  mkdirSync(join(registry, 'eval_sets'));
  writeFileSync(join(registry, 'eval_sets/mixed.yaml'), JSON.stringify({ every: { evals: EVALS } }));
  const args = ['--max_samples', String(GAMES), '--registry_path', registry];
  const machine = await machineWithSharedState(context, {
    python,
    evalSet: 'every',
    // The second directory has a stand-in for the ranks that tiktoken would download.
    env: {
      PYTHONPATH: [join(FIXTURES, 'judge/modules'), join(FIXTURES, 'same-results/modules')].join(delimiter),
    },
    inputs: {
      'registry-path': registry,
      args: `--max_samples ${GAMES}`,
      'judge-model': JUDGE,
      'model-map': `${DEAD}=${LIVE}`,
    },
    api: {
      catalog: { retired: [DEAD] },
      faults: ({ model }) =>
        model?.startsWith('gpt-4-') ? { status: 200, body: chat('Is it alive?') } : undefined,
    },
  });
  const asked = (model: string) => machine.api.requests.filter((request) => request.model === model).length;

  let live = 0;
  machine.api.holdWhen(({ model }) => model === LIVE && ++live > QUESTIONS / 2);
  const killed = await machine.runUntil({ held: 1 }, (main) => main.kill('SIGKILL'));
  expect(killed.post?.exitCode, logOf(killed)).toBe(0);
  await machine.untilNoneHeld();
  machine.api.release();
  forgetModel(SHARED_STATE, machine.model);

  const resumed = await machine.run({ runAttempt: 2 });
  expect(resumed.exitCode, logOf(resumed)).toBe(0);
  expect(annotations(resumed)).toEqual([]);
  expect(machine.doneEvals().sort()).toEqual([MATCH, INCLUDES, FACT, GAME].sort());
  expect(asked(DEAD)).toBe(0);
  // One request of each game was in flight when the step was killed.
  expect(asked(LIVE)).toBeLessThanOrEqual(QUESTIONS + GAMES);
  expect(asked(JUDGE)).toBe(GAMES);
  expect(resumed.summary).toContain(`1 model-graded eval: judge \`${JUDGE}\`.`);
  expect(resumed.summary).toContain(`\`${DEAD}\`: \`${LIVE}\` (1 eval)`);

  machine.api.forget();
  const [, toRun = ''] = (await oaievalset(context, python, machine, ...args)).split('Going to run');
  expect(toRun).toContain(`oaieval ${machine.model} ${FACT}`);
  expect(toRun).not.toMatch(/test-match|test-includes|twenty_questions/);

  machine.api.forget();
  const after = await machine.run({ runAttempt: 3 });
  expect(after.outputs, logOf(after)).toMatchObject({ complete: 'true', fresh: '0', reused: '4' });
  expect(machine.api.counts().received).toBe(0);
});
