/** The part `parallel`: `parallel-evals: auto` against the number of evals that would have been best. */
import { join } from 'node:path';
import { writeRegistry } from '../../test/helpers/registry.ts';
import { interleaved, median, spread } from '../measure.ts';
import { costOf } from '../processes.ts';
import { type Row, target } from '../section.ts';
import type { Bench } from './bench.ts';
import { LARGE_SET } from './large-registry.ts';
import { SET, SET_ARGS } from './whole-set.ts';

/** 4 was the default before `auto`. */
const NUMBERS = ['4', '8', '16'] as const;
const AUTO = 'auto';

interface Scenario {
  readonly what: string;
  readonly latencyMs: number;
  readonly inputs: Readonly<Record<string, string>>;
}

export async function parallel(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const scenario of scenarios(bench)) rows.push(await row(bench, scenario));
  return rows;
}

function scenarios(bench: Bench): Scenario[] {
  const set = { 'eval-set': SET, args: SET_ARGS.join(' ') };
  const small = `\`${SET}\`, 28 evals of 5 samples`;
  const several = join(bench.directory(), 'registry');
  writeRegistry(
    several,
    'bench-several',
    ['a', 'b', 'c'].map((name) => ({
      name: `bench-several-${name}`,
      samples: Array.from({ length: 200 }, (_, index) => ({
        input: [{ role: 'user', content: `What is the capital of country ${name}${index}?` }],
        ideal: 'City',
      })),
    })),
  );
  return [
    { what: small, latencyMs: 200, inputs: set },
    { what: small, latencyMs: 2000, inputs: set },
    { what: small, latencyMs: 0, inputs: set },
    {
      what: `\`${SET}\`, 28 evals of 1 sample`,
      latencyMs: 2000,
      inputs: { ...set, args: '--max_samples 1' },
    },
    {
      what: '3 evals of 200 samples',
      latencyMs: 200,
      inputs: { 'eval-set': 'bench-several', 'registry-path': several },
    },
    {
      what: `one eval of ${bench.samples} samples`,
      latencyMs: 200,
      inputs: { 'eval-set': LARGE_SET, 'registry-path': bench.registry },
    },
  ];
}

async function row(bench: Bench, { what, latencyMs, inputs }: Scenario): Promise<Row> {
  const seconds = new Map<string, number[]>([...NUMBERS, AUTO].map((parallelEvals) => [parallelEvals, []]));
  await bench.withApi(latencyMs, async (api) => {
    const contenders = [...seconds].map(([parallelEvals, times]) => async () => {
      const run = () => bench.action(api, { inputs: { ...inputs, 'parallel-evals': parallelEvals } });
      times.push((await costOf(run)).seconds);
    });
    await interleaved(bench.pairs, ...contenders);
  });
  const of = (parallelEvals: string) => seconds.get(parallelEvals) ?? [];
  const best = Math.min(...NUMBERS.map((number) => median(of(number))));
  const ratio = median(of(AUTO)) / best;
  return [
    `${what}, API at ${latencyMs} ms: a number of evals at a time, and \`auto\``,
    NUMBERS.map((number) => `${number}: ${spread(of(number), ' s')}`).join('; '),
    spread(of(AUTO), ' s'),
    `${ratio.toFixed(2)} times as long as the best number`,
    target('≤', 1.1, 'times as long', ratio),
  ];
}
