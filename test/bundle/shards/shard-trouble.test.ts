/** What a user reads when shards cannot be run, saved or merged. */
import { describe, expect } from 'vitest';
import { machineWithSet } from '../../helpers/generated-set.ts';
import type { RunResult } from '../../helpers/runner.ts';
import { annotations, logOf, type TestMachine } from '../../helpers/test-machine.ts';
import { testRows } from '../../helpers/test-rows.ts';
import type { CacheServiceOptions } from '../../stand-ins/cache-service.ts';
import { errorBody } from '../../stand-ins/http-answer.ts';
import { runMerge, runShard, runShards } from './sharded-set.ts';

const KEY = { 'encryption-key': 'XmHj2u9cGx8s6lqS1n2r7w3yB5k8Zp0Q' };

interface Row {
  readonly title: string;
  readonly cache?: CacheServiceOptions;
  readonly run: (machine: TestMachine) => Promise<RunResult>;
  /** Of the annotations, each `level: message`. */
  readonly says: readonly RegExp[];
  readonly code: string;
}

const rows: readonly Row[] = [
  {
    title: 'a merge that cannot find them names what may differ, and what it has seen',
    run: async (machine) => {
      await runShard(machine, '1/2');
      return runMerge(machine, 2, { inputs: { args: '--seed 3' } });
    },
    says: [
      /^error: None of the 2 shards can be merged, because none has saved a checkpoint in this run that this step can find\. There is a checkpoint of a shard of this run, but one of its inputs or its base URL differs/,
      /Look at the jobs of the shards first/,
    ],
    code: 'SHARDS_MISSING',
  },
  {
    title: 'a merge with another number of shards is told the number',
    run: async (machine) => {
      await runShard(machine, '1/2');
      return runMerge(machine, 4);
    },
    says: [/There is a checkpoint of this run, of a set with 2 shards\./],
    code: 'SHARDS_MISSING',
  },
  {
    title: 'a merge without the key of their checkpoints names the cause of each that is missing',
    run: async (machine) => {
      await runShard(machine, '2/3', { inputs: KEY });
      await runShard(machine, '3/3');
      return runMerge(machine, 3);
    },
    says: [
      /^warning: Shard 1 of 3 is missing: it saved no checkpoint in this run\. Its evals are pending\.$/,
      /^warning: Shard 2 of 3 is missing: the entry oaievalset-v2-\S+ is encrypted.* Its evals are pending\.$/,
      /^error: The set is incomplete\./,
    ],
    code: 'INCOMPLETE',
  },
  {
    title: 'a merge without a cache service says so',
    run: async (machine) => runMerge(machine, 2, { cache: false }),
    says: [
      /^error: None of the 2 shards can be merged: this job has no Actions cache service\.\nWhat to do: Correct/,
    ],
    code: 'SHARDS_MISSING',
  },
  {
    title: 'a shard without a cache service fails before it pays for anything',
    run: async (machine) => {
      const result = await runShard(machine, '1/2', { cache: false });
      expect(machine.api.counts().received).toBe(0);
      return result;
    },
    says: [
      /^error: This step is shard 1 of 2, and the merge gets its results from a checkpoint, but it cannot/,
    ],
    code: 'SHARD_NOT_SAVED',
  },
  {
    title: 'a shard whose checkpoint was not saved fails, so that a re-run runs it again',
    cache: { faults: ({ step }) => (step === 'create' ? { status: 403 } : undefined) },
    run: (machine) => runShard(machine, '1/2'),
    says: [/^error: The evals of shard 1 of 2 are done, but its checkpoint was not saved/],
    code: 'SHARD_NOT_SAVED',
  },
  {
    title: 'a shard with what belongs to the merge is told to move it',
    run: (machine) =>
      runShard(machine, '1/2', { inputs: { thresholds: 'accuracy > 0.5', comment: 'always' } }),
    says: [/^error: This step is shard 1 of 2.* Move thresholds and comment to the step that merges/s],
    code: 'INPUT_INVALID',
  },
  {
    title: 'a failed eval of a shard fails the merge as well, with its cause',
    run: async (machine) => {
      machine.api.setFaults(({ method }) =>
        method === 'POST'
          ? { status: 400, body: errorBody('no such thing', 'invalid_request_error', null, null) }
          : undefined,
      );
      await runShards(machine, 2, { inputs: { attempts: '1' } });
      return runMerge(machine, 2);
    },
    says: [/^error: 2 of 2 evals failed: ask-0 \(.*no such thing/],
    code: 'EVALS_FAILED',
  },
];

describe.concurrent('shards', () => {
  testRows({ short: 1, long: 2 }, rows)('shards: $title', async ({ cache, run, says, code }, context) => {
    const machine = await machineWithSet(context, { samples: [1, 1] }, cache ? { cache } : {});
    const result = await run(machine);
    const shown = annotations(result);
    expect(result.exitCode, logOf(result)).toBe(1);
    for (const pattern of says) expect(shown, logOf(result)).toContainEqual(expect.stringMatching(pattern));
    expect(shown.at(-1)).toContain(`[${code}]`);
  });
});
