/** An interrupted job is resumed by the next attempt, on the same machine or another one. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { counts, forgetEvals } from '../helpers/completed-set.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import { TEST_BASIC as EVALS, REQUESTS_PER_EVAL } from '../helpers/test-basic.ts';
import { annotations, logOf, TestMachine } from '../helpers/test-machine.ts';
import { testRows } from '../helpers/test-rows.ts';

/** A machine whose API holds its responses back once this many evals are done. */
async function machineHeldAfter(context: Cleanup, doneBefore: number): Promise<TestMachine> {
  const machine = await TestMachine.make(context, { python: await evalsPython(), model: 'gpt-4', api: {} });
  machine.api.holdWhen(() => machine.doneEvals().length >= doneBefore);
  return machine;
}

const countsOfAll = (fresh: number, reused: number, other: Record<string, string> = {}) =>
  counts(fresh, reused, other, EVALS.length);

describe.concurrent('a job that is killed', () => {
  test('resume: after SIGKILL the next attempt continues on another machine; later runs have nothing to do', async (context) => {
    const machine = await machineHeldAfter(context, 2);
    const bodies = new Map<string, Set<string>>();
    context.onTestFinished(
      machine.api.onRequest(({ bodySha256 }) => {
        const key = EVALS[machine.doneEvals().length] ?? '';
        bodies.set(key, (bodies.get(key) ?? new Set()).add(bodySha256));
      }),
    );

    const killed = await machine.runUntil({ held: 1 }, (main) => main.kill('SIGKILL'), {
      runId: '12',
      runAttempt: 1,
    });
    expect(killed.signal, logOf(killed)).toBe('SIGKILL');
    expect(killed.post?.exitCode, logOf(killed)).toBe(0);
    expect(annotations(killed)).toEqual([
      expect.stringMatching(/^warning: The step was interrupted\. 2 of 4 evals are done/),
    ]);
    expect(killed.post?.orphans, 'nothing of the killed eval is left when post has ended').toEqual([]);
    await machine.untilNoneHeld();
    expect(machine.doneEvals()).toEqual(EVALS.slice(0, 2));
    const saved = machine.cache.entries().map(({ key }) => key);
    expect(saved).toEqual([expect.stringMatching(/-s1of1-12-1-\d+$/)]);
    expect(killed.post?.summary).toContain('2 of 4 evals are done');

    machine.forgetState();
    machine.api.release();
    machine.api.forget();
    const resumed = await machine.run({ runId: '12', runAttempt: 2 });
    expect(resumed.exitCode, logOf(resumed)).toBe(0);
    expect(annotations(resumed)).toEqual([]);
    expect(resumed.outputs).toMatchObject(
      countsOfAll(2, 2, { failed: '0', pending: '0', 'restored-key': saved[0] ?? '' }),
    );
    expect(resumed.outputs['saved-key']).toMatch(/-s1of1-12-2-\d+$/);
    expect(machine.doneEvals()).toEqual(EVALS);
    expect(machine.api.counts().received).toBe(2 * REQUESTS_PER_EVAL);
    const ofDone = EVALS.slice(0, 2).flatMap((key) => [...(bodies.get(key) ?? [])]);
    expect(ofDone).toHaveLength(2 * REQUESTS_PER_EVAL);
    expect(machine.api.requests.filter(({ bodySha256 }) => ofDone.includes(bodySha256))).toEqual([]);

    machine.forgetState();
    machine.api.forget();
    const later = await machine.run({ runId: '13' });
    expect(later.exitCode, logOf(later)).toBe(0);
    expect(later.outputs).toMatchObject(
      countsOfAll(0, 4, {
        'restored-key': resumed.outputs['saved-key'] ?? '',
        'saved-key': '',
        'requests-sent': '0',
      }),
    );
    expect(machine.api.counts().received).toBe(0);
    expect(later.lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^oaievalset-action [\d.]+, evals [\w.]+, Python 3\.[\d.]+, engine warm$/),
        expect.stringMatching(/^Reused: 2 evals that run 12 completed, the last one at \d{4}-.* UTC$/),
        expect.stringMatching(/^Reused: 2 evals that attempt 2 of run 12 completed, the last one at /),
      ]),
    );
    expect(later.lines.at(-1)).toMatch(
      /^Passed: all 4 evals are done \(4 reused\)\. The next run reuses .* the checkpoint oaievalset-\S+-12-2-\d+\.$/,
    );
    expect(machine.cache.entries()).toHaveLength(2);
    expect(machine.doneEvals()).toEqual(EVALS);
  });

  test('resume: a state directory newer than the checkpoint is merged with it, and nothing of either is lost', async (context) => {
    const machine = await machineHeldAfter(context, 2);
    const first = await machine.runUntil({ held: 1 }, (main) => main.kill('SIGKILL'));
    expect(first.post?.exitCode, logOf(first)).toBe(0);
    expect(machine.cache.entries()).toHaveLength(1);

    // The same machine again, one eval further, and this time there is no cache service to save to.
    machine.api.release();
    machine.api.holdWhen(() => machine.doneEvals().length >= 3);
    const second = await machine.runUntil({ held: 1 }, (main) => main.kill('SIGKILL'), {
      cache: false,
      runAttempt: 2,
    });
    expect(machine.doneEvals(), logOf(second)).toEqual(EVALS.slice(0, 3));
    forgetEvals(machine, EVALS[0] ?? '');

    machine.api.release();
    machine.api.forget();
    const merged = await machine.run({ runAttempt: 3 });
    expect(merged.exitCode, logOf(merged)).toBe(0);
    expect(merged.outputs).toMatchObject(countsOfAll(1, 3));
    expect(machine.api.counts().received).toBe(REQUESTS_PER_EVAL);
    expect([...machine.doneEvals()].sort()).toEqual([...EVALS].sort());
    expect(
      machine
        .records()
        .map((record) => record.eval)
        .sort(),
    ).toEqual([...EVALS].sort());
    for (const key of EVALS) expect(existsSync(machine.path(`resume/logs/${key}.jsonl`)), key).toBe(true);
  });
});

describe.concurrent('a job that is cancelled', () => {
  testRows(1, ['SIGINT', 'SIGTERM'] as const)(
    'resume: %s stops the running eval, saves what is done and fails the step as incomplete',
    async (signal, context) => {
      const machine = await machineHeldAfter(context, 2);
      const result = await machine.runUntil({ held: 1 }, (main) =>
        signal === 'SIGINT' ? main.cancel() : main.kill(signal),
      );
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(annotations(result)).toEqual([
        expect.stringMatching(
          /^error: .*2 of 4 evals are done.*test-includes, test-includes-ignore-case.*Re-run the failed jobs.*\[INCOMPLETE\]$/s,
        ),
      ]);
      expect(result.outputs).toMatchObject(countsOfAll(2, 0, { failed: '0', pending: '2' }));
      expect(result.orphans).toEqual([]);
      expect(result.lines).toContainEqual(expect.stringContaining(`Received ${signal}`));
      expect(machine.doneEvals()).toEqual(EVALS.slice(0, 2));
      expect(machine.cache.entries().map(({ key }) => key)).toEqual([result.outputs['saved-key']]);
      expect(result.post?.exitCode).toBe(0);
      expect(result.post?.lines, 'main has saved: post has nothing to do').toEqual([]);

      machine.forgetState();
      machine.api.release();
      machine.api.forget();
      const resumed = await machine.run({ runAttempt: 2 });
      expect(resumed.outputs, logOf(resumed)).toMatchObject(countsOfAll(2, 2));
      expect(machine.api.counts().received).toBe(2 * REQUESTS_PER_EVAL);
    },
  );
});
