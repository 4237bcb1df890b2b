/** Sets with many evals, and evals that take long. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Owner } from '../../../src/model/owner.ts';
import { liveRecordFile, statePaths } from '../../../src/progress/paths.ts';
import { readSavedPlan } from '../../../src/progress/saved-plan.ts';
import { State } from '../../../src/progress/state.ts';
import { completion } from '../../helpers/builders.ts';
import type { RegistryEval } from '../../helpers/registry.ts';
import { silentLog } from '../../helpers/silent-log.ts';
import type { TestMachine } from '../../helpers/test-machine.ts';
import type { Scenario } from '../scenario.ts';
import { PROGRESS } from '../shown/normalise.ts';
import { runFast } from './fast.ts';
import { BROKEN, evalNamed } from './material.ts';

const TOPICS = 'topics';

function numbered(count: number, samples: number): RegistryEval[] {
  const digits = String(count).length;
  return Array.from({ length: count }, (_, i) =>
    evalNamed(`topic-${String(i + 1).padStart(digits, '0')}`, samples),
  );
}

export const large: readonly Scenario[] = [
  {
    name: 'progress',
    title: 'A line every 30 s says how far a run is',
    differs: { waits: true, showsProgress: true },
    play: async (stage) => {
      const play = await stage.set({ evals: [evalNamed('capitals', 60), evalNamed('capitals-short', 60)] });
      const { api } = play.machine;
      api.holdAfter(75);
      return play.shown({ exitCode: 0, outputs: { fresh: '2' } }, {}, (run) =>
        runFast(
          play.machine,
          run,
          ['a response is held back', () => api.counts().held === 1],
          async (action) => {
            await action.untilLine(PROGRESS);
            api.release();
          },
        ),
      );
    },
  },
  {
    name: 'evals-28',
    title: 'A set of 28 evals',
    play: async (stage) => {
      const play = await stage.set({ evals: numbered(28, 5), inputs: { 'eval-set': TOPICS } });
      return play.shown({ exitCode: 0, outputs: { complete: 'true', fresh: '28' } });
    },
  },
  {
    name: 'evals-1000',
    title: 'A set of 1,000 evals: 988 are reused, two of the other twelve fail',
    play: async (stage) => {
      const evals = numbered(1000, 2).map((each, i) =>
        i === 500 || i === 700 ? { ...each, className: 'own.broken:Broken' } : each,
      );
      const play = await stage.set({
        evals,
        files: { 'own/broken.py': BROKEN, 'own/__init__.py': '' },
        inCheckout: { PYTHONPATH: '.' },
        inputs: { 'eval-set': TOPICS },
      });
      const { machine } = play;
      await play.interrupted({ answered: 0, held: 1 });
      complete(machine, (index) => index % 100 !== 0 && index !== 150 && index !== 700 && index !== 950);
      return play.shown(
        { exitCode: 1, outputs: { total: '1000', failed: '2', fresh: '10', reused: '988' } },
        { runAttempt: 2, inputs: { attempts: '1' } },
      );
    },
  },
];

/** Completes evals of the set without running them, which would take minutes: only their records matter. */
function complete(machine: TestMachine, isCompleted: (index: number) => boolean): void {
  const owner: Owner = {
    repository: 'octo-org/octo-repo',
    cacheKey: '',
    model: machine.model,
    evalSet: machine.evalSet,
  };
  const paths = statePaths(machine.stateDirectory, machine.model, machine.evalSet);
  const plan = readSavedPlan(paths, owner);
  const state = State.open({ paths, owner, log: silentLog });
  for (const [index, planned] of (plan?.evals ?? []).entries()) {
    if (!isCompleted(index)) continue;
    const record = liveRecordFile(paths, planned.key);
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(record, '{}\n');
    const run = { repository: owner.repository, id: '1000', attempt: 1 };
    state.complete(completion(planned, { samples: 2, metrics: { accuracy: 1 }, run }), record);
  }
}
