/** Jobs of a matrix that run the shards of one set, and the job that merges them. Each starts on a machine without a state. */
import { join } from 'node:path';
import { ownAction, type RunResult } from '../../helpers/runner.ts';
import type { MachineRun, TestMachine } from '../../helpers/test-machine.ts';

/** Runs one shard, such as `2/3`, like a job on a hosted runner. */
export function runShard(machine: TestMachine, shard: string, run: MachineRun = {}): Promise<RunResult> {
  machine.forgetState();
  const [index = ''] = shard.split('/');
  return machine.run({
    ...run,
    inputs: { shard, matrix: JSON.stringify({ shard: Number(index) }), ...run.inputs },
  });
}

/** Runs all shards of the set one after the other. */
export async function runShards(
  machine: TestMachine,
  count: number,
  run: MachineRun = {},
): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (let index = 1; index <= count; index += 1)
    results.push(await runShard(machine, `${index}/${count}`, run));
  return results;
}

export function runMerge(machine: TestMachine, shards: number, run: MachineRun = {}): Promise<RunResult> {
  machine.forgetState();
  return machine.run({
    action: join(ownAction, 'merge'),
    ...run,
    env: { GITHUB_JOB: 'merge', ...run.env },
    inputs: { shards: String(shards), ...run.inputs },
  });
}

/** What the log says of the checkpoint that a job restored. */
export function restoredIn({ lines }: RunResult): string | undefined {
  return lines.find((line) => line.startsWith('Restored the checkpoint'));
}
