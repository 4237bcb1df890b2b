/** Runs that reuse nothing, or less than a reader expects, of an earlier run that completed the set. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Played } from '../played.ts';
import type { Scenario } from '../scenario.ts';
import type { RunChanges, Stage } from '../stage.ts';
import { GEOGRAPHY } from './material.ts';

async function afterCompleteRun(stage: Stage, changes: RunChanges): Promise<Played> {
  const play = await stage.set({ evals: GEOGRAPHY });
  await play.before(0);
  return play.shown(
    { exitCode: 0, outputs: { complete: 'true', fresh: '4', reused: '0' } },
    { newMachine: true, runId: '1001', ...changes },
  );
}

export const reuse: readonly Scenario[] = [
  {
    name: 'nothing-reused-model',
    title: 'The last run had another model, so nothing is reused',
    play: (stage) => afterCompleteRun(stage, { inputs: { model: 'gpt-4o' } }),
  },
  {
    name: 'nothing-reused-cache-key',
    title: 'The cache-key is new, so nothing is reused',
    play: (stage) => afterCompleteRun(stage, { inputs: { 'cache-key': 'second-try' } }),
  },
  {
    name: 'nothing-reused-args',
    title: 'The args are different, so nothing is reused',
    play: (stage) => afterCompleteRun(stage, { inputs: { args: '--seed 7' } }),
  },
  {
    name: 'changed-eval',
    title: 'The data of one eval has changed since the last run',
    play: async (stage) => {
      const play = await stage.set({ evals: GEOGRAPHY });
      await play.before(0);
      writeFileSync(
        join(play.checkout, 'registry/data/generated/capitals-short.jsonl'),
        [
          '{"input": [{"role": "user", "content": "Italy: capital?"}], "ideal": "Rome"}',
          '{"input": [{"role": "user", "content": "Cuba: capital?"}], "ideal": "Havana"}',
          '',
        ].join('\n'),
      );
      return play.shown(
        { exitCode: 0, outputs: { fresh: '1', reused: '3' } },
        { newMachine: true, runId: '1001' },
      );
    },
  },
];
