/** Kept answers of a set that a matrix runs in shards: each shard has those of its evals, and the merge those of all. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changeContent, machineWithSet, ownModule } from '../../helpers/generated-set.ts';
import { CLASS } from '../../helpers/reused-answers.ts';
import { logOf, type TestMachine } from '../../helpers/test-machine.ts';
import { LONG } from '../../helpers/test-rows.ts';
import { runMerge, runShard, runShards } from './sharded-set.ts';

const answersIn = (machine: TestMachine, shard?: string) =>
  readdirSync(machine.path('resume/answers', shard));

describe.concurrent('reuse-answers in shards', () => {
  test(
    'reuse-answers: shards, also of another number, reuse the answers that the merge saved',
    LONG,
    async (context) => {
      const env = ownModule(context, 'graded', CLASS);
      const machine = await machineWithSet(
        context,
        { samples: [4, 3, 2, 2, 1], className: 'graded:Graded' },
        { env, inputs: { 'reuse-answers': 'true' } },
      );
      for (const shard of await runShards(machine, 2)) expect(shard.exitCode, logOf(shard)).toBe(0);
      const merged = await runMerge(machine, 2);
      expect(merged.exitCode, logOf(merged)).toBe(0);
      expect(answersIn(machine)).toHaveLength(5);

      // All samples of one eval are new. The class of all of them changed, so all evals run again.
      changeContent(machine, 1, 3);
      writeFileSync(join(env.PYTHONPATH, 'graded.py'), CLASS.replace('BONUS = 0', 'BONUS = 1'));
      machine.api.forget();
      for (const index of [1, 2, 3]) {
        const shard = await runShard(machine, `${index}/3`, { runId: '1001' });
        expect(shard.exitCode, logOf(shard)).toBe(0);
        expect(answersIn(machine, `${index}/3`)).toHaveLength(Number(shard.outputs.total));
      }
      expect(machine.api.counts().received).toBe(3);
      const again = await runMerge(machine, 3, { runId: '1001' });
      expect(again.outputs, logOf(again)).toMatchObject({
        complete: 'true',
        fresh: '5',
        'requests-sent': '3',
        'requests-replayed': '9',
      });
      expect(again.summary).toContain('9 of 9 answers reused from earlier runs in 4 evals');
      expect(answersIn(machine)).toHaveLength(5);

      // Shards that keep nothing leave nothing in the merged checkpoint.
      changeContent(machine, 1, 2);
      for (const index of [1, 2, 3])
        await runShard(machine, `${index}/3`, { runId: '1002', inputs: { 'reuse-answers': 'false' } });
      await runMerge(machine, 3, { runId: '1002' });
      const left = answersIn(machine);
      expect(left).not.toContain('ask-1.dev.v0.jsonl');
      expect(left.length).toBeLessThan(5);
    },
  );
});
