/** Runs that stop at a budget. */
import { until } from '../../helpers/waiting.ts';
import type { Scenario } from '../scenario.ts';
import { runFast } from './fast.ts';
import { GEOGRAPHY } from './material.ts';

export const budgets: readonly Scenario[] = [
  {
    name: 'time-budget',
    title: 'The time budget is used up in the third eval',
    differs: { keeps: ['30 min 0 s'], waits: true, stops: true },
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY, inputs: { 'time-budget': '30m' } });
      const { api } = play.machine;
      api.holdAfter(13);
      return play.shown(
        { exitCode: 1, outputs: { complete: 'false', fresh: '2', pending: '2' } },
        {},
        (run) => runFast(play.machine, run, ['a response is held back', () => api.counts().held === 1]),
      );
    },
  },
  {
    name: 'token-budget',
    title: 'The token budget is used up in the third eval',
    differs: { stops: true },
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY, inputs: { 'token-budget': '160' } });
      return play.shown({ exitCode: 1, outputs: { complete: 'false', fresh: '2', pending: '2' } });
    },
  },
  {
    name: 'token-budget-too-small',
    title: 'Two evals are not started, because they used more tokens last time than the budget has left',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      await play.before(0);
      await until('the records are there', () => play.machine.records().length === 4);
      return play.shown(
        { exitCode: 1, outputs: { complete: 'false' } },
        { inputs: { args: '--seed 7', 'token-budget': '120' }, runId: '1001' },
      );
    },
  },
];
