/** What shards and their merge request of the cache service: the numbers in docs/scale.md. */
import { expect, test } from 'vitest';
import { machineWithSet } from '../../helpers/generated-set.ts';
import type { RunResult } from '../../helpers/runner.ts';
import { logOf, type TestMachine } from '../../helpers/test-machine.ts';
import { LONG } from '../../helpers/test-rows.ts';
import { runMerge, runShard } from './sharded-set.ts';

interface Traffic {
  readonly lookUps: number;
  readonly downloads: number;
  /** Each makes one entry, with a request to create it, one to upload a small archive, and one to finish it. */
  readonly uploads: number;
}

/** What one job requests. */
async function trafficOf(machine: TestMachine, job: Promise<RunResult>): Promise<Traffic> {
  const { requests } = machine.cache;
  const [before, entries] = [requests.length, machine.cache.entries().length];
  const result = await job;
  expect(result.exitCode, logOf(result)).toBe(0);
  const count = (step: string) => requests.slice(before).filter((each) => each.step === step).length;
  const uploads = count('create');
  expect([count('upload'), count('finalize'), machine.cache.entries().length - entries]).toEqual(
    Array.from({ length: 3 }, () => uploads),
  );
  return { lookUps: count('lookup'), downloads: count('download'), uploads };
}

const SHARD = { lookUps: 4, downloads: 1, uploads: 1 };

test('traffic of shards: what each shard and the merge request in a first run, in a no-op, and as another number of shards', {
  ...LONG,
}, async (context) => {
  const machine = await machineWithSet(context, { samples: [3, 2, 1, 1] });
  const shard = (name: string, runId: string, runAttempt = 1) =>
    trafficOf(machine, runShard(machine, name, { runId, runAttempt }));
  const merge = (count: number, runId: string, runAttempt = 1) =>
    trafficOf(machine, runMerge(machine, count, { runId, runAttempt }));

  // No shard has saved yet. It looks for its own, for a merged, and for any checkpoint of the set or of another one.
  expect(await shard('1/2', '1')).toEqual({ lookUps: 6, downloads: 0, uploads: 1 });
  // Another shard has: its plan is used.
  expect(await shard('2/2', '1')).toEqual(SHARD);
  expect(await merge(2, '1')).toEqual({ lookUps: 2 + 3, downloads: 2, uploads: 1 });

  // A no-op: each shard says by a checkpoint that it ran, and the merge has nothing new to save.
  for (const name of ['1/2', '2/2']) expect(await shard(name, '2')).toEqual(SHARD);
  expect(await merge(2, '2')).toEqual({ lookUps: 2 + 1, downloads: 2 + 1, uploads: 0 });

  for (const name of ['1/3', '2/3', '3/3']) expect(await shard(name, '3')).toEqual(SHARD);
  expect(await merge(3, '3')).toEqual({ lookUps: 3 + 1, downloads: 3 + 1, uploads: 0 });

  // "Re-run failed jobs": the shard finds its own checkpoint of this run, and adds nothing to it.
  expect(await shard('1/3', '3', 2)).toEqual({ lookUps: 3, downloads: 1, uploads: 0 });
  expect(await merge(3, '3', 2)).toEqual({ lookUps: 3 + 1, downloads: 3 + 1, uploads: 0 });
});

test('traffic of a set without shards: what a first run and a no-op request', LONG, async (context) => {
  const machine = await machineWithSet(context, { samples: [1] });
  const job = (runId: string) => {
    machine.forgetState();
    return trafficOf(machine, machine.run({ runId }));
  };
  expect(await job('1')).toEqual({ lookUps: 4, downloads: 0, uploads: 1 });
  expect(await job('2')).toEqual({ lookUps: 1, downloads: 1, uploads: 0 });
});

test(
  'traffic of shards: an upload that GitHub refuses because of its rate limit is not repeated, and the shard fails',
  LONG,
  async (context) => {
    const refuses = { status: 429, headers: { 'retry-after': '30' }, body: '{"msg": "too many requests"}' };
    const machine = await machineWithSet(
      context,
      { samples: [1, 1] },
      { cache: { faults: ({ step }) => (step === 'create' ? refuses : undefined) } },
    );
    const result = await runShard(machine, '1/2');
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(logOf(result)).toContain('SHARD_NOT_SAVED');
    expect(machine.cache.requests.filter(({ step }) => step === 'create').length).toBeLessThanOrEqual(2);
    expect(machine.cache.entries()).toEqual([]);
  },
);
