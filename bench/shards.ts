/** What the shards of a very large set cost the action itself: which of them has which eval, and the merge of all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchOptions, megabytes, spread, whole } from './measure.ts';
import { Program } from './program.ts';
import { allOf, type Section, section, target } from './section.ts';
import type { ShardsCost, ShardsTask } from './shards-process.ts';

const EVALS = 10_000;
const SHARDS = 256;

/** The tasks of shards-process.ts that get a row, with its name. */
const TASKS: Readonly<Record<Exclude<ShardsTask, 'write'>, string>> = {
  assign: 'finding what one shard has of the plan',
  merge:
    'merging the checkpoints of all shards: inspected, read, merged into one state with all record files, reported as one run, and copied for the upload',
  again: 'the same when what the last run merged is restored, too, and every eval has run again since',
};

export async function shardsBench({ pairs }: BenchOptions): Promise<Section> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-shards-'));
  try {
    await run('write', directory);
    const costs = new Map<string, ShardsCost[]>(Object.keys(TASKS).map((task) => [task, []]));
    for (let round = 0; round < pairs; round += 1)
      for (const [task, ofTask] of costs) ofTask.push(await run(task as ShardsTask, directory));
    return section(
      'Shards',
      `A set of ${whole(EVALS)} evals in ${SHARDS} shards. Each shard has completed its evals but one, which has a journal. The archives are unpacked before the measurement begins: the network, tar, the reports and the removal of temporary files after the upload are not in it.`,
      ['what', 'time', 'peak memory'],
      Object.entries(TASKS).map(([task, name]) => {
        const [seconds = [], memory = []] = [
          costs.get(task)?.map((cost) => cost.seconds),
          costs.get(task)?.map((cost) => cost.memory),
        ];
        const inMegabytes = memory.map((bytes) => bytes / 1024 ** 2);
        return [name, spread(seconds, ' s', 2), megabytes(memory), targetOf(task, seconds, inMegabytes)];
      }),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Assignment and merge together take less than 3 s. */
function targetOf(task: string, seconds: readonly number[], memory: readonly number[]) {
  const limits = { assign: 0.2, merge: 2.8 }[task];
  const ofMemory = target('<', task === 'again' ? 600 : 500, 'MB', memory);
  return limits === undefined ? ofMemory : allOf(target('<', limits, 's', seconds), ofMemory);
}

async function run(task: ShardsTask, directory: string): Promise<ShardsCost> {
  const program = new Program('shards-process.ts', [task, directory, String(EVALS), String(SHARDS)]);
  const cost = await program.message<ShardsCost>();
  await program.stop();
  return cost;
}
