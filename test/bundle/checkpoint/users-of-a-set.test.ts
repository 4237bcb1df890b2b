/** Jobs and steps that run one eval set with one model at the same time: none loses what it has paid for to another. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../../helpers/evals-venv.ts';
import type { RunResult } from '../../helpers/runner.ts';
import { Bed, type BedRun, logOf } from '../bed.ts';

/** test-basic has four evals of three requests each, and these jobs stop after two. */
const DONE_BEFORE = 2;
const REQUESTS_OF_THE_REST = 6;

let python: string;
beforeAll(async () => {
  python = await evalsPython();
});

const warnings = (result: RunResult) =>
  result.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message);

/** Both are cancelled at the same time, on machines of their own, when neither has found anything; then both are re-run. */
async function cancelledAndRerun(
  context: Parameters<typeof Bed.make>[0],
  users: readonly [BedRun, BedRun],
): Promise<{ readonly first: RunResult[]; readonly second: RunResult[] }> {
  const beds = await Promise.all(users.map(() => Bed.make(context, { python, model: 'gpt-4', api: {} })));
  const [{ cache }] = beds as [Bed, Bed];
  const jobs = users.map((user) => ({
    ...user,
    runId: '7',
    cache: false,
    env: { ...user.env, ...cache.env },
  }));
  const running = beds.map((bed, index) => {
    bed.api.holdWhen(() => bed.doneEvals().length >= DONE_BEFORE);
    return bed.start(jobs[index]);
  });
  await Promise.all(beds.map((bed, index) => Promise.race([bed.api.untilHeld(), running[index]?.ended])));
  for (const { main } of running) (await main).kill('SIGTERM');
  const first = await Promise.all(running.map(({ ended }) => ended));
  const second: RunResult[] = [];
  for (const [index, bed] of beds.entries()) {
    bed.forgetState();
    bed.api.release();
    bed.api.forget();
    const result = await bed.run({ ...jobs[index], runAttempt: 2 });
    expect(bed.api.counts().received, logOf(result)).toBe(REQUESTS_OF_THE_REST);
    second.push(result);
  }
  return { first, second };
}

describe.concurrent('users of one eval set', () => {
  test.for<[string, [BedRun, BedRun]]>([
    ['legs of a matrix over args', [{ inputs: { args: '--seed 1' } }, { inputs: { args: '--seed 2' } }]],
    ['two jobs of a run', [{ env: { GITHUB_JOB: 'main' } }, { env: { GITHUB_JOB: 'nightly' } }]],
    ['two steps of a job', [{ env: { GITHUB_ACTION: '__self' } }, { env: { GITHUB_ACTION: '__self_2' } }]],
    [
      'legs of a matrix that no other input shows',
      [{ inputs: { matrix: '{\n  "ref": "a"\n}' } }, { inputs: { matrix: '{\n  "ref": "b"\n}' } }],
    ],
  ])('%s: each resumes from its own checkpoint', async ([, users], context) => {
    const { first, second } = await cancelledAndRerun(context, users);
    expect(first.flatMap(warnings)).toEqual([]);
    const saved = first.map(({ outputs }) => outputs['saved-key']);
    expect(new Set(saved).size).toBe(2);
    expect(second.map(({ outputs }) => outputs['restored-key'])).toEqual(saved);
    for (const result of second) {
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '2', reused: '2' });
    }
    expect(second.flatMap(warnings)).toEqual([]);
  });

  test('a job that was renamed resumes from what it saved under its old name', async (context) => {
    const bed = await Bed.make(context, { python, model: 'dummy', evalSet: 'small', inputs: SMALL });
    const before = await bed.run({ env: { GITHUB_JOB: 'evals' }, runId: '7' });
    bed.forgetState();
    const renamed = await bed.run({ env: { GITHUB_JOB: 'run-evals' }, runId: '8' });
    expect(renamed.outputs, logOf(renamed)).toMatchObject({
      complete: 'true',
      reused: '2',
      'restored-key': before.outputs['saved-key'],
    });
    expect(renamed.lines).toContainEqual(
      expect.stringContaining('of another job or step that asked for the same'),
    );
  });

  test('a job whose post step saves uses the keys of its main step', async (context) => {
    const bed = await Bed.make(context, { python, model: 'gpt-4', api: {} });
    bed.api.holdWhen(() => bed.doneEvals().length >= DONE_BEFORE);
    const job = { env: { GITHUB_JOB: 'main' }, inputs: { args: '--seed 1' }, runId: '7' };
    const killed = await bed.runUntilHeld((main) => main.kill('SIGKILL'), job);
    expect(killed.post?.exitCode, logOf(killed)).toBe(0);
    const [saved] = bed.cache.entries().map(({ key }) => key);
    bed.forgetState();
    bed.api.release();
    const resumed = await bed.run({ ...job, runAttempt: 2 });
    expect(resumed.outputs, logOf(resumed)).toMatchObject({ reused: '2', 'restored-key': saved });
    expect(resumed.outputs['saved-key']?.replace(/-7-2-\d+$/, '')).toBe(saved?.replace(/-7-1-\d+$/, ''));
  });
});

const SMALL = { 'registry-path': join(import.meta.dirname, '../../fixtures/reuse/registry') };
