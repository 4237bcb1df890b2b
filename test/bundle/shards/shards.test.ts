/** A set that a matrix runs in shards: each eval runs once, and the merge tells the whole. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { countingPython } from '../../helpers/counting-python.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { changeContent, machineWithSet, untilRecorded } from '../../helpers/generated-set.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { annotations, logOf } from '../../helpers/test-machine.ts';
import { LONG } from '../../helpers/test-rows.ts';
import { restoredIn, runMerge, runShard, runShards } from './sharded-set.ts';

/** Two shards of 6 samples each: the first eval and the last two, and the two in between. */
const SET = { samples: [4, 3, 2, 2, 1] };

describe.concurrent('shards', () => {
  test('shards: each eval runs in exactly one, and the merge judges and reports the whole', async (context) => {
    const { python, starts } = countingPython(temporaryDirectory(context), await evalsPython());
    const machine = await machineWithSet(context, SET, { python });
    const shards = await runShards(machine, 2);
    for (const shard of shards) expect(shard.exitCode, logOf(shard)).toBe(0);
    expect(shards.map(({ outputs }) => [outputs.total, outputs['requests-sent']])).toEqual([
      ['2', '6'],
      ['3', '6'],
    ]);
    expect(shards[1]?.summary).toContain('**Passed, shard 2 of 2: all 3 evals are done (3 fresh).**');

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
    const results = JSON.parse(readFileSync(merged.outputs['results-file'] ?? '', 'utf8'));
    expect(results).not.toHaveProperty('shard');
    expect(results.evals.map(({ name }: { name: string }) => name)).toEqual(
      SET.samples.map((_, number) => `ask-${number}`),
    );

    // The next run has another number of shards. All of them find the merged checkpoint, and no Python is started.
    machine.api.forget();
    const before = starts();
    expect(before).toBeGreaterThan(0);
    for (const shard of await runShards(machine, 3, { runId: '1001' })) {
      expect(shard.exitCode, logOf(shard)).toBe(0);
      expect(shard.outputs).toMatchObject({ fresh: '0', 'requests-sent': '0' });
      expect(logOf(shard)).toContain(', of all shards of an earlier run');
    }
    const again = await runMerge(machine, 3, { runId: '1001' });
    expect(again.outputs, logOf(again)).toMatchObject({ complete: 'true', reused: '5', fresh: '0' });
    expect([machine.api.counts().received, starts()]).toEqual([0, before]);
  });

  test('shards: a killed one makes the set incomplete, and after its re-run no response was paid for twice', async (context) => {
    const machine = await machineWithSet(context, SET);
    await runShard(machine, '2/2');
    machine.forgetState();
    machine.api.forget();
    const killed = await machine.runUntil(
      { answered: 2, held: 1 },
      async (main) => {
        await untilRecorded(machine, 2, { shard: '1/2' });
        main.kill('SIGKILL');
      },
      { inputs: { shard: '1/2' } },
    );
    expect(killed.signal).toBe('SIGKILL');
    const incomplete = await runMerge(machine, 2);
    expect(incomplete.exitCode).toBe(1);
    expect(incomplete.outputs).toMatchObject({ complete: 'false', verdict: 'incomplete', completed: '3' });
    expect(annotations(incomplete).join('\n')).toContain(
      'The set is incomplete, because shard 1 of 2 did not complete it.',
    );
    expect(machine.doneEvals()).toHaveLength(3);

    machine.api.release();
    machine.api.forget();
    const rerun = await runShard(machine, '1/2', { runAttempt: 2 });
    expect(rerun.outputs, logOf(rerun)).toMatchObject({ 'requests-sent': '4', 'requests-replayed': '2' });
    const merged = await runMerge(machine, 2, { runAttempt: 2 });
    expect(merged.outputs, logOf(merged)).toMatchObject({
      complete: 'true',
      verdict: 'passed',
      completed: '5',
    });
    expect(machine.doneEvals()).toHaveLength(5);
  });

  test(
    'shards: a missing one makes the set incomplete, also when earlier results of its evals are known',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, SET);
      await runShards(machine, 2);
      await runMerge(machine, 2);
      await runShard(machine, '1/2', { runId: '1001' });
      const merged = await runMerge(machine, 2, { runId: '1001' });
      expect(merged.exitCode).toBe(1);
      expect(merged.outputs).toMatchObject({ verdict: 'incomplete', completed: '2', pending: '3' });
      const missing = 'Shard 2 of 2 is missing: it saved no checkpoint in this run. Its evals are pending.';
      expect(annotations(merged)).toContain(`warning: ${missing}`);
      expect(merged.summary).toContain(missing);
      // What earlier runs completed is still there for the re-run.
      machine.api.forget();
      const rerun = await runShard(machine, '2/2', { runId: '1001', runAttempt: 2 });
      expect(rerun.outputs, logOf(rerun)).toMatchObject({ reused: '3', 'requests-sent': '0' });
      const complete = await runMerge(machine, 2, { runId: '1001', runAttempt: 2 });
      expect(complete.outputs, logOf(complete)).toMatchObject({ complete: 'true', reused: '5' });
    },
  );

  test('shards: two on one machine run at the same time, each with a state of its own', async (context) => {
    const machine = await machineWithSet(context, SET);
    machine.api.holdAfter(0);
    const runs = [1, 2].map((index) =>
      machine.run({
        directory: `${machine.directory}/runner-${index}`,
        inputs: { shard: `${index}/2`, matrix: JSON.stringify({ shard: index }) },
      }),
    );
    // Both wait for the API, so both hold their lock.
    await machine.api.untilHeld(6);
    machine.api.release();
    for (const shard of await Promise.all(runs)) expect(shard.exitCode, logOf(shard)).toBe(0);
    expect(machine.api.counts().received).toBe(12);
  });

  test(
    'shards: results of another content or of an earlier number of shards are never taken for those of this run',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, SET);
      await runShards(machine, 2);
      await runMerge(machine, 2);
      changeContent(machine, 0, 4);
      await runShards(machine, 3, { runId: '1001' });
      await runMerge(machine, 3, { runId: '1001' });
      machine.api.forget();
      // The own checkpoints of two shards are older than what three of them merged.
      const shards = await runShards(machine, 2, { runId: '1002' });
      for (const shard of shards) expect(restoredIn(shard)).toMatch(/-s1of1-1001-1-\d+, of all shards/);
      expect(machine.api.counts().received).toBe(0);
      // A shard that ran from another commit does not belong to the others.
      changeContent(machine, 1, 5);
      await runShard(machine, '2/2', { runId: '1002', runAttempt: 2 });
      const merged = await runMerge(machine, 2, { runId: '1002', runAttempt: 2 });
      expect(merged.exitCode).toBe(1);
      expect(annotations(merged).join('\n')).toMatch(
        /The shards did not plan the same set.*the plan of shard 1 differs from that of shard 2\. They differ in ask-1 \(.*\)\..*\[SHARDS_DIFFER\]/s,
      );
    },
  );
});
