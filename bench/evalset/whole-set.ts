/** The parts `set` and `memory`: a whole eval set of evals' own registry. */
import { interleaved, megabytes, spread } from '../measure.ts';
import { type Cost, costOf, peakMemory } from '../processes.ts';
import { NO_TARGET, type Row, target } from '../section.ts';
import type { Api } from './api.ts';
import type { Bench } from './bench.ts';
import { atLeastFaster, costs, speedup } from './cells.ts';

export const SET = 'raven-matrices';
export const SET_ARGS = ['--max_samples', '5'];
/** The eval of the set that stands for a single `oaieval`. */
const SET_EVAL = 'raven-matrices-symbolic-center-single';
/** Values of `parallel-evals`. */
const PARALLEL = ['4', '8', 'auto'] as const;
const LATENCY_MS = 200;

export function setInputs(parallel: string): Record<string, string> {
  return { 'eval-set': SET, args: SET_ARGS.join(' '), 'parallel-evals': parallel };
}

const atATime = (parallel: string) =>
  parallel === 'auto' ? '`parallel-evals: auto`' : `${parallel} evals at a time`;

/** The whole set, with 4, with 8, and with as many evals at a time as the action chooses. */
export async function wholeSet(bench: Bench): Promise<Row[]> {
  const baseline: Cost[] = [];
  const action = new Map<string, Cost[]>(PARALLEL.map((parallel) => [parallel, []]));
  let evals = 0;
  await bench.withApi(LATENCY_MS, async (api) => {
    const measured = sameRequests(api);
    await interleaved(
      bench.pairs,
      async () => {
        const plain = () => bench.plain(api, 'oaievalset', [SET, ...SET_ARGS, '--no-resume']);
        baseline.push(await measured(() => costOf(plain)));
        bench.forgetProgress();
      },
      ...PARALLEL.map((parallel) => async () => {
        const run = await measured(() => costOf(() => bench.action(api, { inputs: setInputs(parallel) })));
        evals = Number(run.value.outputs.fresh);
        action.get(parallel)?.push(run);
      }),
    );
  });
  return PARALLEL.map((parallel) => {
    const runs = { baseline, action: action.get(parallel) ?? [] };
    const what = `\`${SET}\`, ${evals} evals of 5 samples, API at ${LATENCY_MS} ms, ${atATime(parallel)}`;
    // With 4 at a time, seven latencies in a row, start and end take 2.7 s, however fast the action is: no target.
    const wanted = parallel === '4' ? NO_TARGET : atLeastFaster(12, runs);
    return [what, costs(baseline), costs(runs.action), speedup(runs), wanted];
  });
}

/** Runs each piece of work it is given, and checks that all of them send the same number of requests. */
function sameRequests(api: Api): <T>(work: () => Promise<T>) => Promise<T> {
  const counts = new Set<number>();
  return async (work) => {
    const { value, received } = await api.counting(work);
    counts.add(received);
    if (counts.size > 1)
      throw new Error(
        `The contenders did not send the same number of requests, but ${[...counts].join(' and ')}.`,
      );
    return value;
  };
}

/** Memory is measured in separate runs, because sampling it takes time. */
export async function memory(bench: Bench): Promise<Row[]> {
  const baseline: number[] = [];
  const action = new Map<string, number[]>(PARALLEL.map((parallel) => [parallel, []]));
  await bench.withApi(LATENCY_MS, async (api) => {
    await interleaved(
      bench.pairs,
      async () => {
        baseline.push(await peakMemory(() => bench.plain(api, 'oaieval', [SET_EVAL, ...SET_ARGS])));
      },
      ...PARALLEL.map((parallel) => async () => {
        const work = () => bench.action(api, { inputs: setInputs(parallel) });
        action.get(parallel)?.push(await peakMemory(work));
      }),
    );
  });
  return PARALLEL.map((parallel) => {
    const peaks = action.get(parallel) ?? [];
    const ratios = peaks.map((bytes, pair) => bytes / (baseline[pair] ?? Number.NaN));
    return [
      `peak memory of all Python processes (PSS) against that of one \`oaieval\`, ${atATime(parallel)}`,
      megabytes(baseline),
      megabytes(peaks),
      `${spread(ratios, '', 2)} times as much`,
      // With `auto` the number of evals, and so the memory, depends on the machine.
      parallel === 'auto' ? NO_TARGET : target('<', 2, 'times as much', ratios),
    ];
  });
}
