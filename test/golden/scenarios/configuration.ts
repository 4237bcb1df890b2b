/** Steps that end before anything runs, because the workflow or the registry is wrong. */
import type { Scenario } from '../scenario.ts';
import { GEOGRAPHY } from './material.ts';

export const configuration: readonly Scenario[] = [
  {
    name: 'configuration-error',
    title: 'The name of the eval set is misspelt',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      return play.shown({ exitCode: 1 }, { inputs: { 'eval-set': 'geograhpy' } });
    },
  },
  {
    name: 'configuration-error-input',
    title: 'The value of one input is wrong',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      return play.shown({ exitCode: 1 }, { inputs: { 'parallel-evals': 'all' } });
    },
  },
  {
    name: 'configuration-errors',
    title: 'The values of five inputs are wrong',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      return play.shown(
        { exitCode: 1 },
        {
          inputs: {
            'parallel-evals': 'all',
            resume: 'maybe',
            'time-budget': 'two hours',
            'max-requests-in-flight': '0',
            engine: 'fast',
          },
        },
      );
    },
  },
  {
    name: 'api-key-missing',
    title: 'The step has no API key',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      return play.shown({ exitCode: 1 }, { env: { OPENAI_API_KEY: '' } });
    },
  },
  {
    name: 'broken-data',
    title: 'A data file has a line that is not JSON',
    play: async (stage) => {
      const play = await stage.set({
        evals: GEOGRAPHY,
        files: {
          'registry/data/generated/capitals-short.jsonl': [
            '{"input": "France: capital?", "ideal": "Paris"}',
            '{"input": "Japan: capital?", "ideal": "Tokyo"}',
            '{"input": "Kenya: capital?", "ideal": "Nairobi"',
            '',
          ].join('\n'),
        },
      });
      return play.shown({ exitCode: 1 });
    },
  },
];
