/** The part `no-op`: a set in which every eval is complete. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { EVALS_VERSION } from '../../test/helpers/evals-venv.ts';
import { interleaved } from '../measure.ts';
import { costOf } from '../processes.ts';
import { allOf, type Row, target } from '../section.ts';
import type { Api } from './api.ts';
import { type ActionRun, type Bench, OAIEVALSET_DIRECTORY } from './bench.ts';
import { atLeastFaster, costs, type Runs, speedup } from './cells.ts';
import { SET, SET_ARGS, setInputs } from './whole-set.ts';

/** Both read one state: the action completes the set in the directory of `oaievalset`. */
export async function noOp(bench: Bench): Promise<Row[]> {
  return await bench.withApi(0, async (api) => {
    const rows: Row[] = [];
    for (const [python, inputs] of Object.entries(environments())) {
      mkdirSync(OAIEVALSET_DIRECTORY, { recursive: true });
      const run = { ...noOpRun(bench, inputs), stateDirectory: OAIEVALSET_DIRECTORY };
      await bench.action(api, run);
      const runs = await api.expecting(0, () => noOpRuns(bench, api, run));
      bench.forgetProgress();
      const what = `${noOpName(python)}, main step only`;
      const cpu = runs.action.map((each) => each.cpu);
      const wanted = allOf(atLeastFaster(3, runs), target('<', 0.4, 's of CPU', cpu));
      rows.push([what, costs(runs.baseline, 2), costs(runs.action, 2), speedup(runs), wanted]);
    }
    return rows;
  });
}

/** A run of the whole set without a cache service. The first one completes the set, and all later ones do nothing. */
export function noOpRun(bench: Bench, inputs: Readonly<Record<string, string>>): ActionRun {
  return {
    inputs: { ...setInputs('4'), ...inputs },
    directory: bench.directory(),
    cache: false,
    mainOnly: true,
  };
}

export const noOpName = (python: string): string => `no-op: \`${SET}\` when it is complete, ${python}`;

/** The two ways to get evals: inputs of the action, by their description. */
export function environments(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  // The action does not reuse a saved plan if `python` is a shim, such as pyenv's: name the interpreter itself.
  const program = ['-c', 'import sys; print(sys.executable)'];
  const interpreter = process.env.EVALS_TEST_PYTHON || 'python3';
  const python = execFileSync(interpreter, program, { encoding: 'utf8' }).trim();
  return {
    'with `python`': {},
    'with `evals-version`': { python, 'evals-version': EVALS_VERSION },
  };
}

async function noOpRuns(bench: Bench, api: Api, run: ActionRun): Promise<Runs> {
  const runs: Runs = { baseline: [], action: [] };
  const totals = new Set<string | undefined>();
  await interleaved(
    bench.pairs,
    async () => {
      const plain = await costOf(() => bench.plain(api, 'oaievalset', [SET, ...SET_ARGS]));
      const [, done, total] = /(\d+)\/(\d+) evals already completed/.exec(plain.value) ?? [];
      if (done === undefined || done !== total)
        throw new Error(`oaievalset did not find all evals completed:\n${plain.value}`);
      totals.add(total);
      runs.baseline.push(plain);
    },
    async () => {
      const action = await costOf(() => bench.action(api, run));
      totals.add(action.value.outputs.reused);
      runs.action.push(action);
    },
  );
  if (totals.size !== 1)
    throw new Error(`The contenders reused different numbers of evals: ${[...totals].join(', ')}.`);
  return runs;
}
