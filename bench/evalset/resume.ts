/** The part `resume`: what a second run costs after the first one was killed halfway. */
import { join } from 'node:path';
import type { ApiMessage } from '../api-process.ts';
import { interleaved, spread, whole } from '../measure.ts';
import { type Cost, costOf } from '../processes.ts';
import { NO_TARGET, type Row } from '../section.ts';
import type { Bench } from './bench.ts';
import { costs, speedup } from './cells.ts';
import { largeInputs, plainLarge } from './large-eval.ts';

const LATENCY_MS = 100;

/** The cost of a run, and how many requests the API received during it. */
type SecondRun = Cost & { readonly received: number };

export async function resumeAfterKill(bench: Bench): Promise<Row[]> {
  const baseline: SecondRun[] = [];
  const action: SecondRun[] = [];
  const halfway: ApiMessage = `answered ${Math.floor(bench.samples / 2)}`;
  await bench.withApi(LATENCY_MS, async (api) => {
    const secondRun = async (work: () => Promise<unknown>): Promise<SecondRun> => {
      await api.untilIdle();
      const { value, received } = await api.counting(() => costOf(work));
      return { ...value, received };
    };
    await interleaved(
      bench.pairs,
      async () => {
        const recordFile = join(bench.directory(), 'record.jsonl');
        await api.ask('forget');
        await plainLarge(bench, api, recordFile, api.ask(halfway));
        baseline.push(await secondRun(() => plainLarge(bench, api, recordFile)));
      },
      async () => {
        const run = { inputs: largeInputs(bench), directory: bench.directory() };
        await api.ask('forget');
        await bench.action(api, { ...run, mainOnly: true, killWhen: api.ask(halfway) });
        action.push(await secondRun(() => bench.action(api, run)));
      },
    );
  });
  const [samples, half] = [whole(bench.samples), whole(bench.samples / 2)];
  const requests = (runs: readonly SecondRun[]) =>
    spread(
      runs.map(({ received }) => received),
      '',
      0,
    );
  return [
    [
      `second run of one eval of ${samples} samples, after the first was killed at ${half} responses, API at ${LATENCY_MS} ms`,
      costs(baseline),
      costs(action),
      speedup({ baseline, action }),
      NO_TARGET,
    ],
    ['requests that the second run sends', requests(baseline), requests(action), '', NO_TARGET],
  ];
}
