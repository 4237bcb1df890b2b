/** Runs that something ended from outside. */
import { untilRecorded } from '../../helpers/generated-set.ts';
import type { Scenario } from '../scenario.ts';
import { GEOGRAPHY } from './material.ts';

export const interrupted: readonly Scenario[] = [
  {
    name: 'cancel',
    title: 'Somebody cancels the job in the third eval',
    isCancelled: true,
    differs: { stops: true },
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      return play.shown(
        { exitCode: 1, outputs: { complete: 'false', fresh: '2', pending: '2' } },
        {},
        (run) => play.machine.runUntil({ answered: 13, held: 1 }, (main) => main.kill('SIGINT'), run),
      );
    },
  },
  {
    name: 'kill-and-post',
    title: 'The process of the step is killed in the third eval, and the post step saves',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      return play.shown({ exitCode: null }, {}, async (run) => {
        const { machine } = play;
        const { main, ended } = await machine.startUntil({ answered: 13, held: 1 }, run);
        await untilRecorded(machine, 3);
        main.kill('SIGKILL');
        return ended;
      });
    },
  },
];
