/** The part `older`: the no-op against the no-op of another version of the action, as that version was shipped. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ownAction } from '../../test/helpers/runner.ts';
import { interleaved, spread } from '../measure.ts';
import { type Cost, costOf } from '../processes.ts';
import { NO_TARGET, type Row } from '../section.ts';
import type { Api } from './api.ts';
import type { ActionRun, Bench } from './bench.ts';
import { costs } from './cells.ts';
import { environments, noOpName, noOpRun } from './no-op.ts';

const MAX_ARCHIVE_BYTES = 256 * 1024 ** 2;

export async function olderVersion(bench: Bench): Promise<Row[]> {
  const { revision, action } = checkOut(bench);
  return await bench.withApi(0, async (api) => {
    const rows: Row[] = [];
    for (const [python, inputs] of Object.entries(environments())) {
      const older = await completed(bench, api, { ...noOpRun(bench, inputs), action });
      const current = await completed(bench, api, noOpRun(bench, inputs));
      const [before, now]: [Cost[], Cost[]] = [[], []];
      const noOps = () =>
        interleaved(
          bench.pairs,
          async () => void before.push(await older()),
          async () => void now.push(await current()),
        );
      await api.expecting(0, noOps);
      const ratio = (name: keyof Cost) =>
        spread(
          now.map((cost, pair) => cost[name] / (before[pair]?.[name] ?? Number.NaN)),
          '',
          2,
        );
      rows.push([
        `${noOpName(python)}, main step only, against version ${revision}`,
        costs(before, 2),
        costs(now, 2),
        `${ratio('seconds')} times as long, ${ratio('cpu')} times the CPU`,
        NO_TARGET,
      ]);
    }
    return rows;
  });
}

/** Completes the set, since each version makes its own state. @returns what runs and measures the no-op */
async function completed(bench: Bench, api: Api, run: ActionRun): Promise<() => Promise<Cost>> {
  const { fresh } = (await bench.action(api, run)).outputs;
  return async () => {
    const cost = await costOf(() => bench.action(api, run));
    const { reused } = cost.value.outputs;
    if (reused !== fresh) throw new Error(`A run that should be a no-op reused ${reused} of ${fresh} evals.`);
    return cost;
  };
}

/** Writes the files of the revision into a directory of the bench. The committed dist/ is used as it is. */
export function checkOut(bench: Bench): { readonly revision: string; readonly action: string } {
  const { older = '' } = bench.options;
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', ownAction, ...args], { maxBuffer: MAX_ARCHIVE_BYTES });
  const action = join(bench.directory(), 'action');
  mkdirSync(action);
  try {
    const revision = git('rev-parse', '--short', '--verify', '--end-of-options', `${older}^{commit}`);
    execFileSync('tar', ['-x', '-C', action], { input: git('archive', revision.toString().trim()) });
    return { revision: revision.toString().trim(), action };
  } catch (error) {
    throw new Error(`--older ${older} could not be checked out. Name a commit of this repository.`, {
      cause: error,
    });
  }
}
