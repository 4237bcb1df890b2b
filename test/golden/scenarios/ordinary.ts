/** Runs in which everything goes well. */
import type { Scenario } from '../scenario.ts';
import { evalNamed, GEOGRAPHY } from './material.ts';

export const ordinary: readonly Scenario[] = [
  {
    name: 'first-run',
    title: 'A first run: four evals complete',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      return play.shown({ exitCode: 0, outputs: { complete: 'true', fresh: '4', reused: '0' } });
    },
  },
  {
    name: 'resume',
    title: 'A re-run on another machine, after the first attempt was cancelled in the third eval',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      const cancelled = await play.interrupted({ answered: 13, held: 1 });
      play.expectCounts(cancelled, { fresh: '2', pending: '2' });
      return play.shown(
        { exitCode: 0, outputs: { complete: 'true', fresh: '2', reused: '2', 'requests-replayed': '3' } },
        { newMachine: true, runAttempt: 2 },
      );
    },
  },
  {
    name: 'no-op',
    title: 'Nothing to do: an earlier run has completed every eval',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      await play.before(0);
      return play.shown(
        { exitCode: 0, outputs: { fresh: '0', reused: '4' } },
        { newMachine: true, runId: '1001' },
      );
    },
  },
  {
    name: 'plan-only',
    title: 'plan-only, after the args of a completed set have changed: nothing is sent',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      await play.before(0);
      return play.shown(
        { exitCode: 0, outputs: { verdict: '', pending: '4', 'requests-sent': '0' } },
        { newMachine: true, runId: '1001', inputs: { 'plan-only': 'true', args: '--max_samples 2' } },
      );
    },
  },
  {
    name: 'one-eval',
    title: 'A set of one eval',
    play: async (stage) => {
      const play = await stage.set({ evals: [evalNamed('capitals', 10)] });
      return play.shown({ exitCode: 0, outputs: { fresh: '1' } });
    },
  },
  {
    name: 'include-exclude',
    title: 'Two evals of four, chosen with include and exclude',
    play: async (stage) => {
      const play = await stage.set({
        evals: GEOGRAPHY,
        inputs: { include: 'capitals*', exclude: '*-polite\n*-wordy' },
      });
      return play.shown({ exitCode: 0, outputs: { fresh: '2', 'left-out': '2' } });
    },
  },
];
