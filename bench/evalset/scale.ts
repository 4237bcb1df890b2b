/** The part `scale`: what the action itself does, without Python, for sets and files far larger than usual. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleaved, median, megabytes, spread, whole } from '../measure.ts';
import { costOf } from '../processes.ts';
import { Program } from '../program.ts';
import type { ScaleCost, ScaleTask } from '../scale-process.ts';
import { allOf, type Row, target } from '../section.ts';
import type { Bench } from './bench.ts';

/** Evals of the small set and of the large one. */
const SIZES = [2000, 10_000] as const;
/** Work that takes time in proportion to its size takes this many times as long for the large set. */
const GROWTH = SIZES[1] / SIZES[0];

const FILES = 16;
const FILE_BYTES = 64 * 1024 ** 2;

/** The tasks of scale-process.ts that get a row, with its name. */
const TASKS: Readonly<Record<Exclude<ScaleTask, 'write' | 'fingerprint'>, string>> = {
  plan: 'making the plan of {} evals from the response of Python',
  recall: 'saving the plan of {} evals, reading and recalling it',
  open: 'reading the state of {} evals and deciding which evals to run, in which order',
  removed: 'the same for {} evals that were all removed from the progress file',
  append: 'completing {} evals, each with two writes to disk that are waited for',
  merge: 'merging a checkpoint of {} evals into a state where a quarter is complete and a quarter removed',
};

export async function scale(bench: Bench): Promise<Row[]> {
  return [...(await largeSets(bench)), await largeFiles(bench)];
}

async function largeSets(bench: Bench): Promise<Row[]> {
  const states = new Map<number, string>();
  for (const size of SIZES) {
    const directory = bench.directory();
    await runTask('write', directory, String(size));
    states.set(size, directory);
  }
  const rows: Row[] = [];
  for (const [task, name] of Object.entries(TASKS)) {
    const results = new Map<number, ScaleCost[]>(SIZES.map((size) => [size, []]));
    await interleaved(
      bench.pairs,
      ...SIZES.map((size) => async () => {
        results.get(size)?.push(await runTask(task as ScaleTask, states.get(size) ?? '', String(size)));
      }),
    );
    const [small = [], large = []] = SIZES.map((size) => results.get(size) ?? []);
    rows.push(sizesRow(task as ScaleTask, name, small, large));
  }
  return rows;
}

function sizesRow(
  task: ScaleTask,
  name: string,
  small: readonly ScaleCost[],
  large: readonly ScaleCost[],
): Row {
  const secondsOf = (results: readonly ScaleCost[]) => results.map(({ seconds }) => seconds);
  const memory = large.map((cost) => cost.memory);
  const growth = median(secondsOf(large)) / median(secondsOf(small));
  return [
    name.replace('{}', SIZES.map(whole).join(' and ')),
    '',
    `${spread(secondsOf(small), ' s', 2)} and ${spread(secondsOf(large), ' s', 2)}, ${megabytes(memory)}`,
    `${growth.toFixed(1)} times as long for ${GROWTH} times as many`,
    allOf(
      target('<', 1.5 * GROWTH, 'times as long', growth),
      // A run writes its completions as evals end, never all at once: no limit for their sum.
      ...(task === 'append' ? [] : [target('<', 2, 's', secondsOf(large))]),
      target(
        '<',
        300,
        'MB',
        memory.map((bytes) => bytes / 1024 ** 2),
      ),
    ),
  ];
}

async function largeFiles(bench: Bench): Promise<Row> {
  const directory = bench.directory();
  const files = writeFiles(directory);
  const rate = (seconds: number) => (FILES * FILE_BYTES) / 1e6 / seconds;
  const baseline: number[] = [];
  const action: number[] = [];
  // The first reader of the files competes with the disk, which still writes them: it is not measured.
  await runTask('fingerprint', directory, ...files);
  await interleaved(
    bench.pairs,
    async () => {
      const sum = () => once(spawn('sha256sum', files, { stdio: 'ignore' }), 'close');
      baseline.push(rate((await costOf(sum)).seconds));
    },
    async () => {
      action.push(rate((await runTask('fingerprint', directory, ...files)).seconds));
    },
  );
  rmSync(directory, { recursive: true });
  const ratios = action.map((mine, pair) => mine / (baseline[pair] ?? Number.NaN));
  return [
    'fingerprints of 1 GB of data files in the page cache, against `sha256sum`',
    spread(baseline, ' MB/s', 0),
    spread(action, ' MB/s', 0),
    `${spread(ratios, '', 2)} times as fast`,
    target('≥', 1, 'times as fast', ratios),
  ];
}

/** Writes data files that differ. @returns their paths */
function writeFiles(directory: string): string[] {
  const line = `${JSON.stringify({ input: 'x'.repeat(400), ideal: 'y'.repeat(80) })}\n`;
  const content = Buffer.alloc(FILE_BYTES, line);
  return Array.from({ length: FILES }, (_, index) => {
    const path = join(directory, `${index}.jsonl`);
    content.write(String(index).padStart(8, '0'), 12);
    writeFileSync(path, content);
    return path;
  });
}

async function runTask(task: ScaleTask, ...args: string[]): Promise<ScaleCost> {
  const program = new Program('scale-process.ts', [task, ...args]);
  const cost = await program.message<ScaleCost>();
  await program.stop();
  return cost;
}
