/** A set that a matrix runs in shards: each eval runs once, and the merge tells the whole. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { machineWithSet } from '../../helpers/generated-set.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { runMerge, runShards } from './sharded-set.ts';

describe.concurrent('shards', () => {
  test('shards: each eval runs in exactly one of them, and the merge judges and reports the whole', async (context) => {
    const machine = await machineWithSet(context, { samples: [4, 3, 2, 2, 1] });
    const shards = await runShards(machine, 2);
    for (const shard of shards) expect(shard.exitCode, logOf(shard)).toBe(0);
    expect(shards.map(({ outputs }) => [outputs.total, outputs['requests-sent']])).toEqual([
      ['2', '6'],
      ['3', '6'],
    ]);
    expect(machine.api.counts().received).toBe(12);

    const merged = await runMerge(machine, 2, { inputs: { thresholds: 'accuracy >= 0' } });
    expect(merged.exitCode, logOf(merged)).toBe(0);
    expect(merged.outputs).toMatchObject({
      complete: 'true',
      verdict: 'passed',
      total: '5',
      fresh: '5',
      'requests-sent': '12',
    });
    expect(machine.doneEvals()).toHaveLength(5);
    expect(existsSync(merged.outputs['results-file'] ?? '')).toBe(true);
    const results = JSON.parse(readFileSync(merged.outputs['results-file'] ?? '', 'utf8')) as {
      shard?: unknown;
    };
    expect(results.shard).toBeUndefined();
  });
});
