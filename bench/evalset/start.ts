/** The part `start`: the first step on a machine that has no evals, against that of another version of the action. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { EVALS_VERSION } from '../../test/helpers/evals-venv.ts';
import { interleaved, megabytes, spread } from '../measure.ts';
import { NO_TARGET, type Row, target } from '../section.ts';
import type { Api } from './api.ts';
import type { Bench } from './bench.ts';
import { environments } from './no-op.ts';
import { checkOut } from './older-version.ts';
import { SET, setInputs } from './whole-set.ts';

interface Start {
  /** From the start of main to the first response of the API. */
  readonly seconds: number;
  readonly bytes: number;
}

/** Where the first step finds uv, or does not. */
type Machine = 'only pip' | 'uv on PATH';

export async function start(bench: Bench): Promise<Row[]> {
  const { revision, action } = checkOut(bench);
  const directories = (process.env.PATH ?? '').split(delimiter);
  const [withUv, withoutUv] = [true, false].map((has) =>
    directories.filter((directory) => existsSync(join(directory, 'uv')) === has),
  );
  const machines: Machine[] = withUv?.length ? ['only pip', 'uv on PATH'] : ['only pip'];
  return await bench.withApi(0, async (api) => {
    const rows: Row[] = [];
    for (const machine of machines) {
      const path = (machine === 'only pip' ? withoutUv : directories)?.join(delimiter) ?? '';
      const [before, now]: [Start[], Start[]] = [[], []];
      await interleaved(
        bench.pairs,
        async () => void before.push(await startOnce(bench, api, path, action)),
        async () => void now.push(await startOnce(bench, api, path)),
      );
      rows.push(...rowsOf(machine, revision, before, now));
    }
    return rows;
  });
}

/** Runs the set on a machine whose tool cache and home directory are empty. */
async function startOnce(bench: Bench, api: Api, path: string, action?: string): Promise<Start> {
  const directory = bench.directory();
  const [tools, home] = ['tools', 'home'].map((name) => join(directory, name)) as [string, string];
  for (const each of [tools, home]) mkdirSync(each);
  const inputs = {
    ...setInputs('4'),
    ...environments()['with `evals-version`'],
    'evals-version': EVALS_VERSION,
  };
  const env = { PATH: path, HOME: home, RUNNER_TOOL_CACHE: tools };
  await api.ask('forget');
  const begun = performance.now();
  const first = api.ask('answered 1').then(() => performance.now());
  await bench.action(api, {
    inputs,
    env,
    directory,
    mainOnly: true,
    ...(action === undefined ? {} : { action }),
  });
  const seconds = ((await first) - begun) / 1000;
  const bytes = bytesIn(tools);
  rmSync(directory, { recursive: true });
  return { seconds, bytes };
}

/** Bytes on disk. Hard links to one file count once. */
function bytesIn(directory: string): number {
  return Number(execFileSync('du', ['-s', '-B1', directory], { encoding: 'utf8' }).split('\t')[0]);
}

function rowsOf(machine: Machine, revision: string, before: readonly Start[], now: readonly Start[]): Row[] {
  const seconds = (starts: readonly Start[]) => starts.map((each) => each.seconds);
  const bytes = (starts: readonly Start[]) => starts.map((each) => each.bytes);
  const ratios = now.map((each, pair) => (before[pair]?.seconds ?? Number.NaN) / each.seconds);
  const what = `\`${SET}\` on a machine without evals, ${machine}, against version ${revision}`;
  const wanted = machine === 'only pip' ? target('≥', 3, 'times as fast', ratios) : NO_TARGET;
  return [
    [
      `${what}: start of the step to the first response`,
      spread(seconds(before), ' s'),
      spread(seconds(now), ' s'),
      `${spread(ratios)} times as fast`,
      wanted,
    ],
    [`${what}: what is installed, on disk`, megabytes(bytes(before)), megabytes(bytes(now)), '', NO_TARGET],
  ];
}
