/** The parts `large` and `slow`: one eval with many samples, at an API without latency and at a slow one. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { statePaths } from '../../src/progress/paths.ts';
import { readRecordFile } from '../../src/record/record-file.ts';
import { interleaved, median, spread, whole } from '../measure.ts';
import { costOf } from '../processes.ts';
import { NO_TARGET, type Row, target } from '../section.ts';
import type { Api } from './api.ts';
import type { Bench } from './bench.ts';
import { atLeastFaster, costs, type Runs, speedup } from './cells.ts';
import { LARGE_EVAL, LARGE_SET } from './large-registry.ts';

/** The default of the input `max-requests-in-flight`. */
const IN_FLIGHT = 32;
const SLOW_SECONDS = 0.5;

export async function largeEval(bench: Bench): Promise<Row[]> {
  const runs = await bench.withApi(0, (api) => largeRuns(bench, api));
  const what = `one eval of ${whole(bench.samples)} samples, API at 0 ms`;
  return [[what, costs(runs.baseline), costs(runs.action), speedup(runs), atLeastFaster(2.5, runs)]];
}

/** Compares the action also with the lower bound for any client that starts like it and keeps 32 requests in flight. */
export async function slowApi(bench: Bench): Promise<Row[]> {
  const latencyMs = SLOW_SECONDS * 1000;
  return await bench.withApi(latencyMs, async (api) => {
    const runs = await largeRuns(bench, api);
    const starts: number[] = [];
    for (let pair = 0; pair < bench.pairs; pair += 1) {
      const run = () => bench.action(api, { inputs: largeInputs(bench, '--max_samples 1') });
      starts.push((await costOf(run)).seconds - SLOW_SECONDS);
    }
    const lowerBound = (bench.samples * SLOW_SECONDS) / IN_FLIGHT + median(starts);
    const ratios = runs.action.map(({ seconds }) => seconds / lowerBound);
    const what = `one eval of ${whole(bench.samples)} samples, API at ${latencyMs} ms`;
    return [
      [what, costs(runs.baseline), costs(runs.action), speedup(runs), NO_TARGET],
      [
        `the same against the lower bound of ${lowerBound.toFixed(1)} s: ${IN_FLIGHT} requests in flight, and ${spread(starts, ' s')} to start and end`,
        '',
        '',
        `${spread(ratios, '', 2)} times as long`,
        target('≤', 1.25, 'times as long', ratios),
      ],
    ];
  });
}

/** Runs the large eval with both, and checks that both send the same requests and report the same accuracy. */
async function largeRuns(bench: Bench, api: Api): Promise<Runs> {
  const runs: Runs = { baseline: [], action: [] };
  const recordFiles: string[] = [];
  const states: string[] = [];
  await interleaved(
    bench.pairs,
    async () => {
      const recordFile = join(bench.directory(), 'record.jsonl');
      const plain = () => costOf(() => plainLarge(bench, api, recordFile));
      runs.baseline.push(await api.expecting(bench.samples, plain));
      recordFiles.push(recordFile);
    },
    async () => {
      const directory = bench.directory();
      const action = () => costOf(() => bench.action(api, { inputs: largeInputs(bench), directory }));
      runs.action.push(await api.expecting(bench.samples, action));
      states.push(join(directory, 'state'));
    },
  );
  for (const [pair, recordFile] of recordFiles.entries())
    await checkAccuracy(recordFile, states[pair] ?? '', bench.model);
  return runs;
}

/** Runs the large eval with `oaieval`, to its end or until `killWhen` resolves. */
export function plainLarge(
  bench: Bench,
  api: Api,
  recordFile: string,
  killWhen?: Promise<unknown>,
): Promise<string> {
  const args = [LARGE_EVAL, '--registry_path', bench.registry, '--record_path', recordFile];
  return bench.plain(api, 'oaieval', args, killWhen);
}

export function largeInputs({ registry }: Bench, args = ''): Record<string, string> {
  return { 'eval-set': LARGE_SET, 'registry-path': registry, args };
}

async function checkAccuracy(recordFile: string, stateDirectory: string, model: string): Promise<void> {
  const expected = (await readRecordFile(recordFile))?.finalReport?.accuracy;
  const { completions } = statePaths(stateDirectory, model, LARGE_SET);
  const record = JSON.parse(await readFile(completions, 'utf8')) as { metrics: Record<string, unknown> };
  const { accuracy } = record.metrics;
  if (expected === undefined || expected === 0 || accuracy !== expected)
    throw new Error(`oaieval reports an accuracy of ${expected}, and the action one of ${accuracy}.`);
}
