/** Runs with a model that grades, and with a model that the API has shut down. */
import { join } from 'node:path';
import { chat } from '../../helpers/gateway-rig.ts';
import type { Faults } from '../../stand-ins/api-faults.ts';
import type { Scenario } from '../scenario.ts';
import type { Play, Project, Stage } from '../stage.ts';
import { evalNamed } from './material.ts';

const DEAD = 'gpt-4-turbo-preview';

/** A set of evals that come with evals. */
function registered(evalSet: string, names: readonly string[]): Pick<Project, 'evals' | 'files'> {
  return {
    evals: [],
    files: { [`registry/eval_sets/${evalSet}.yaml`]: JSON.stringify({ [evalSet]: { evals: names } }) },
  };
}

function gradedSet(stage: Stage, inputs: Readonly<Record<string, string>> = {}): Promise<Play> {
  return stage.set({
    ...registered('graded', ['test-match', 'logic-fact']),
    inputs: { 'eval-set': 'graded', args: '--max_samples 4', ...inputs },
  });
}

/** The opponent in the games of one eval is a model that was shut down. */
function setWithOpponent(stage: Stage): Promise<Play> {
  return stage.set({
    ...registered('games', ['test-match', 'twenty_questions.shortlist.dev5']),
    inputs: { model: 'gpt-4', 'eval-set': 'games', args: '--max_samples 2' },
    // A stand-in for the ranks that tiktoken would download.
    env: { PYTHONPATH: join(import.meta.dirname, '../../fixtures/same-results/modules') },
    api: {
      catalog: { retired: [DEAD] },
      faults: ({ model }) => (model === 'gpt-4' ? { status: 200, body: chat('Is it alive?') } : undefined),
    },
  });
}

export const judgeAndModels: readonly Scenario[] = [
  {
    name: 'model-graded',
    title: 'A model-graded eval in which the model grades itself',
    play: async (stage) => {
      const play = await gradedSet(stage);
      return play.shown({ exitCode: 0, outputs: { fresh: '2' } });
    },
  },
  {
    name: 'judge-model',
    title: 'A model-graded eval with the input judge-model',
    play: async (stage) => {
      const play = await gradedSet(stage, { 'judge-model': 'gpt-4o' });
      return play.shown({ exitCode: 0, outputs: { fresh: '2' } });
    },
  },
  {
    name: 'model-shut-down',
    title: 'An eval needs a model that the API has shut down',
    play: async (stage) => {
      const play = await setWithOpponent(stage);
      return play.shown({ exitCode: 1, outputs: { failed: '1', fresh: '1' } });
    },
  },
  {
    name: 'model-map',
    title: 'The input model-map names a live model for one that the API has shut down',
    play: async (stage) => {
      const play = await setWithOpponent(stage);
      return play.shown(
        { exitCode: 0, outputs: { fresh: '2' } },
        { inputs: { 'model-map': `${DEAD}=gpt-4o-mini\ngpt-4-32k=gpt-4o` } },
      );
    },
  },
  {
    name: 'parameters-not-accepted',
    title: 'The model does not accept a parameter that evals send',
    play: async (stage) => {
      const play = await stage.set({
        evals: [evalNamed('capitals'), evalNamed('capitals-short')],
        inputs: { model: 'o4-mini' },
        api: { faults: refusesTemperature },
      });
      return play.shown({ exitCode: 0, outputs: { fresh: '2' } });
    },
  },
];

const refusesTemperature: Faults = ({ body }) =>
  Object.hasOwn(body as object, 'temperature')
    ? {
        status: 400,
        body: {
          error: {
            message:
              "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported.",
            type: 'invalid_request_error',
            param: 'temperature',
            code: 'unsupported_value',
          },
        },
      }
    : undefined;
