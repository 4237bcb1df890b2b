/** Jobs and steps that run one eval set with one model at the same time: none loses what it has paid for to another. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../../helpers/evals-venv.ts';
import type { RunResult } from '../../helpers/runner.ts';
import type { Cleanup } from '../../helpers/temporary-directory.ts';
import { logOf, type MachineRun, TestMachine } from '../../helpers/test-machine.ts';
import { LONG, SOAK } from '../../helpers/test-rows.ts';
import { startCacheService } from '../../stand-ins/cache-service.ts';

/** test-basic has four evals of three requests each, and these jobs stop after two. */
const DONE_BEFORE = 2;
const REQUESTS_OF_THE_REST = 6;

let python: string;
beforeAll(async () => {
  python = await evalsPython();
});

const warnings = (result: RunResult) =>
  result.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message);

/** All are cancelled at the same time, on machines of their own, when none has found anything; then all are re-run. */
async function cancelledAndRerun(
  context: Cleanup,
  users: readonly MachineRun[],
): Promise<{ readonly first: RunResult[]; readonly second: RunResult[] }> {
  const cache = await startCacheService();
  context.onTestFinished(() => cache.close());
  const jobs = users.map((user) => ({
    ...user,
    runId: '7',
    cache: false,
    env: { ...user.env, ...cache.env },
  }));
  const machines = await Promise.all(
    users.map(() => TestMachine.make(context, { python, model: 'gpt-4', api: {} })),
  );
  const running = machines.map((machine, index) => {
    machine.api.holdWhen(() => machine.doneEvals().length >= DONE_BEFORE);
    return machine.start(jobs[index]);
  });
  await Promise.all(
    machines.map((machine, index) => Promise.race([machine.api.untilHeld(), running[index]?.ended])),
  );
  for (const { main } of running) (await main).kill('SIGTERM');
  const first = await Promise.all(running.map(({ ended }) => ended));
  const second: RunResult[] = [];
  for (const [index, machine] of machines.entries()) {
    machine.forgetState();
    machine.api.release();
    machine.api.forget();
    const result = await machine.run({ ...jobs[index], runAttempt: 2 });
    expect(machine.api.counts().received, logOf(result)).toBe(REQUESTS_OF_THE_REST);
    second.push(result);
  }
  return { first, second };
}

describe.concurrent('users of one eval set', () => {
  test(
    'users of one set (jobs and steps of a run, legs of a matrix): each resumes from its own checkpoint',
    SOAK,
    async (context) => {
      const users: MachineRun[] = [
        {},
        { inputs: { args: '--seed 1' } },
        { env: { GITHUB_JOB: 'nightly' } },
        { env: { GITHUB_ACTION: '__self_2' } },
        { inputs: { matrix: '{\n  "ref": "a"\n}' } },
        { inputs: { matrix: '{\n  "ref": "b"\n}' } },
      ];
      const { first, second } = await cancelledAndRerun(context, users);
      expect(first.flatMap(warnings)).toEqual([]);
      const saved = first.map(({ outputs }) => outputs['saved-key']);
      expect(new Set(saved).size).toBe(users.length);
      expect(second.map(({ outputs }) => outputs['restored-key'])).toEqual(saved);
      for (const result of second) {
        expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '2', reused: '2' });
      }
      expect(second.flatMap(warnings)).toEqual([]);
    },
  );

  test('renamed job: it resumes from the checkpoint of its old name', LONG, async (context) => {
    const machine = await TestMachine.make(context, {
      python,
      model: 'dummy',
      evalSet: 'small',
      inputs: SMALL,
    });
    const before = await machine.run({ env: { GITHUB_JOB: 'evals' }, runId: '7' });
    machine.forgetState();
    const renamed = await machine.run({ env: { GITHUB_JOB: 'run-evals' }, runId: '8' });
    expect(renamed.outputs, logOf(renamed)).toMatchObject({
      complete: 'true',
      reused: '2',
      'restored-key': before.outputs['saved-key'],
    });
    expect(renamed.lines).toContainEqual(
      expect.stringContaining('of another job or step with the same request'),
    );
  });

  test('checkpoint key: post saves under the key of its main step', async (context) => {
    const machine = await TestMachine.make(context, { python, model: 'gpt-4', api: {} });
    machine.api.holdWhen(() => machine.doneEvals().length >= DONE_BEFORE);
    const job = { env: { GITHUB_JOB: 'main' }, inputs: { args: '--seed 1' }, runId: '7' };
    const killed = await machine.runUntil({ held: 1 }, (main) => main.kill('SIGKILL'), job);
    expect(killed.post?.exitCode, logOf(killed)).toBe(0);
    const [saved] = machine.cache.entries().map(({ key }) => key);
    machine.forgetState();
    machine.api.release();
    const resumed = await machine.run({ ...job, runAttempt: 2 });
    expect(resumed.outputs, logOf(resumed)).toMatchObject({ reused: '2', 'restored-key': saved });
    expect(resumed.outputs['saved-key']?.replace(/-7-2-\d+$/, '')).toBe(saved?.replace(/-7-1-\d+$/, ''));
  });
});

const SMALL = { 'registry-path': join(import.meta.dirname, '../../fixtures/reuse/registry') };
