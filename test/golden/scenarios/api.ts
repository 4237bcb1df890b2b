/** Runs with an API that refuses, does not respond, or limits the rate. */
import { existsSync } from 'node:fs';
import type { TestMachine } from '../../helpers/test-machine.ts';
import { apiFaults } from '../../stand-ins/api-faults.ts';
import type { Scenario } from '../scenario.ts';
import { runFast } from './fast.ts';
import { evalNamed, GEOGRAPHY } from './material.ts';

const received = (machine: TestMachine, requests: number) => (): boolean =>
  machine.api.counts().received >= requests;

export const api: readonly Scenario[] = [
  {
    name: 'quota',
    title: 'The quota of the API key is used up in the second eval',
    differs: { stops: true },
    play: async (stage) => {
      const play = await stage.set({
        evals: GEOGRAPHY,
        api: { faults: ({ n }) => (n > 7 ? apiFaults.insufficientQuota() : undefined) },
      });
      return play.shown({ exitCode: 1, outputs: { complete: 'false', fresh: '1' } });
    },
  },
  {
    name: 'api-key-rejected',
    title: 'The API rejects the key (401)',
    differs: { stops: true },
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY, api: { faults: () => apiFaults.invalidKey() } });
      return play.shown({ exitCode: 1, outputs: { complete: 'false', fresh: '0' } });
    },
  },
  {
    name: 'api-down',
    title: 'The API refuses every connection from the start',
    differs: { waits: true, stops: true },
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      const { machine } = play;
      await machine.api.close();
      return play.shown({ exitCode: 1, outputs: { complete: 'false', fresh: '0' } }, {}, (run) =>
        runFast(machine, run, ['an eval runs', () => existsSync(machine.path('live'))]),
      );
    },
  },
  {
    name: 'api-down-later',
    title: 'The API stops responding in the second eval',
    differs: { waits: true, stops: true },
    play: async (stage) => {
      const play = await stage.set({
        evals: GEOGRAPHY,
        api: { faults: ({ n }) => (n > 7 ? apiFaults.serverError(503) : undefined) },
      });
      return play.shown({ exitCode: 1, outputs: { complete: 'false', fresh: '1' } }, {}, (run) =>
        runFast(play.machine, run, ['a request has failed', received(play.machine, 8)]),
      );
    },
  },
  {
    name: 'api-down-for-a-while',
    title: 'The API fails for some minutes in the second eval, and recovers',
    differs: { waits: true, stops: true },
    play: async (stage) => {
      const play = await stage.set({
        evals: GEOGRAPHY,
        api: { faults: ({ n }) => (n > 7 && n <= 15 ? apiFaults.serverError(503) : undefined) },
      });
      return play.shown({ exitCode: 0, outputs: { complete: 'true', fresh: '4' } }, {}, (run) =>
        runFast(play.machine, run, ['a request has failed', received(play.machine, 8)]),
      );
    },
  },
  {
    name: 'rate-limited',
    title: 'The API limits the rate throughout, until the time budget is used up',
    differs: { keeps: ['5 min 0 s'], waits: true, stops: true },
    play: async (stage) => {
      const play = await stage.set({
        evals: [evalNamed('capitals'), evalNamed('capitals-short')],
        api: { faults: () => apiFaults.rateLimited(20) },
        inputs: { 'time-budget': '5m' },
      });
      return play.shown({ exitCode: 1, outputs: { complete: 'false', fresh: '0' } }, {}, (run) =>
        runFast(play.machine, run, ['a request has failed', received(play.machine, 1)]),
      );
    },
  },
];
