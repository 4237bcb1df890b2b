/** How often an eval runs, and what ends it. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Engine, EngineLost, MAX_LOSSES } from '../../../src/engine/engine.ts';
import { hang, ProgramEngine, singleEval } from '../../helpers/single-eval.ts';

const cancelled = () => AbortSignal.abort(new Error('the job was cancelled'));

describe('executeEval: attempts', () => {
  test.each([
    [1, 'failed', 1],
    [2, 'failed', 2],
    [3, 'fresh', 3],
    [5, 'fresh', 3],
  ])(
    'executeEval: with %i attempts, an eval that completes at the third is %s after %i',
    async (attempts, status, made) => {
      const engine = new ProgramEngine(async ({ attempt, report }) => {
        if (attempt < 3) return 1;
        report();
        return 0;
      });
      const { execute } = await singleEval(engine, { attempts });
      expect((await execute()).status).toBe(status);
      expect(engine.attempts).toBe(made);
    },
  );
});

describe('executeEval: an engine that loses the eval', () => {
  /** Loses the first evals, and completes the others. */
  function losingEngine(losses: number): { readonly engine: Engine; starts(): number } {
    const completing = new ProgramEngine(async ({ report }) => {
      report();
      return 0;
    });
    let starts = 0;
    const engine: Engine = {
      start(execution) {
        starts += 1;
        if (starts > losses) return completing.start(execution);
        return { exit: Promise.reject(new EngineLost('the host has ended')), signal() {} };
      },
      async close() {},
    };
    return { engine, starts: () => starts };
  }

  test('executeEval: an eval that its engine loses runs again, which does not count as an attempt', async () => {
    const { engine, starts } = losingEngine(MAX_LOSSES);
    const { execute, log, state } = await singleEval(engine);
    expect(await execute()).toMatchObject({ status: 'fresh' });
    expect(starts()).toBe(MAX_LOSSES + 1);
    const lines = log.lines.filter((line) => line.includes('does not count as an attempt'));
    expect(lines).toHaveLength(MAX_LOSSES);
    expect(state.attempts.map(({ attempt, status }) => [attempt, status])).toEqual([[1, 'completed']]);
  });

  test('executeEval: an engine that loses an eval more often than it may ends the run', async () => {
    const { engine, starts } = losingEngine(Number.POSITIVE_INFINITY);
    const { execute } = await singleEval(engine, { attempts: 5 });
    await expect(execute()).rejects.toBeInstanceOf(EngineLost);
    expect(starts()).toBe(MAX_LOSSES + 1);
  });
});

describe('executeEval: an eval that is stopped', () => {
  test('executeEval: an eval that takes longer than eval-timeout has failed, and is retried', async () => {
    const engine = new ProgramEngine((context) => {
      if (context.attempt === 1) return hang(context);
      context.report();
      return Promise.resolve(0);
    });
    const { execute, log } = await singleEval(engine, {
      attempts: 2,
      timeouts: { evalTimeoutMs: 1, stallTimeoutMs: 600_000 },
    });
    expect((await execute()).status).toBe('fresh');
    expect(engine.attempts).toBe(2);
    expect(log.lines).toContainEqual(
      expect.stringMatching(/^attempt 1 of 2: it took longer than the eval-timeout of .*; retrying$/),
    );
  });

  test('executeEval: a run that was stopped before the eval starts leaves it pending', async () => {
    const { execute } = await singleEval(new ProgramEngine(hang), { stopped: cancelled() });
    expect(await execute()).toMatchObject({ status: 'pending', reason: 'the job was cancelled' });
  });

  test.each([
    ['eval-timeout', { evalTimeoutMs: 1, stallTimeoutMs: 600_000 }, 'it took longer than the eval-timeout'],
    [
      'stall-timeout',
      { evalTimeoutMs: undefined, stallTimeoutMs: 1 },
      'it did nothing for the stall-timeout',
    ],
  ])('executeEval: after %s, the reason has the last line of the eval', async (_, timeouts, why) => {
    const engine = new ProgramEngine((context) => {
      context.say('Running…');
      return hang(context);
    });
    const { execute } = await singleEval(engine, { timeouts });
    expect(await execute()).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(
        new RegExp(`^${why} of .*; it sent no request, and the last line it printed, .* ago, was: Running…$`),
      ),
    });
  });

  test('executeEval: the process group of an ended eval is killed, and receives no signal later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const engine = new ProgramEngine(hang);
    const { execute } = await singleEval(engine, { stopped: cancelled() });
    await execute();
    vi.advanceTimersByTime(1_000_000);
    expect(engine.signals).toEqual(['SIGINT', 'SIGKILL']);
  });
});
