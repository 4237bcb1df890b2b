/** Which responses of an unfinished eval are recorded, and which attempts replay them. */
import { describe, expect, test, vi } from 'vitest';
import { EVAL, type Program, ProgramEngine, singleEval } from '../../helpers/single-eval.ts';
import { apiFaults } from '../../stand-ins/api-faults.ts';

const failsAfterResponse: Program = async ({ ask }) => {
  await ask('x');
  return 1;
};

describe('recorded responses: of the same run', () => {
  test('recorded responses: the next attempt replays them, and a completed eval keeps none', async () => {
    const engine = new ProgramEngine(async ({ attempt, ask, report }) => {
      await ask('x');
      if (attempt === 1) return 1;
      report();
      return 0;
    });
    const { execute, api, recordedCount } = await singleEval(engine, { attempts: 2 });
    expect(await execute()).toMatchObject({
      status: 'fresh',
      record: { requests: { sent: 0, replayed: 1 } },
    });
    expect(api.counts().received).toBe(1);
    expect(recordedCount()).toBe(0);
  });

  test('recorded responses: every attempt of the run that paid for them replays them', async () => {
    const engine = new ProgramEngine(failsAfterResponse);
    const { execute, api, recordedCount, log } = await singleEval(engine, { attempts: 3 });
    expect((await execute()).status).toBe('failed');
    expect(engine.attempts).toBe(3);
    expect(api.counts().received).toBe(1);
    expect(recordedCount()).toBe(1);
    expect(log.lines).toContainEqual(expect.stringMatching(/^Its 1 recorded response is kept/));
  });

  test('recorded responses: an eval that creates state at the API sends all requests in every attempt', async () => {
    const engine = new ProgramEngine(async ({ ask, post }) => {
      await ask('x');
      await post('/conversations', {});
      return 1;
    });
    const { execute, api, log } = await singleEval(engine, { attempts: 2 });
    expect((await execute()).status).toBe('failed');
    const sent = ['/v1/chat/completions', '/v1/conversations'];
    expect(api.requests.map(({ path }) => path)).toEqual([...sent, ...sent]);
    expect(log.lines).toContainEqual(expect.stringContaining('(POST /conversations)'));
    await execute({ attempts: 1 });
    expect(
      api.requests.map(({ path }) => path),
      'in the next run as well',
    ).toEqual([...sent, ...sent, ...sent]);
  });
});

describe('recorded responses: of an earlier run', () => {
  test.each([
    ['the last of several attempts', 2],
    ['an additional attempt', 1],
  ])(
    'recorded responses: if an eval fails while it replays them, %s requests them again, once',
    async (_, attempts) => {
      const engine = new ProgramEngine(failsAfterResponse);
      const { execute, api, recordedCount, log } = await singleEval(engine);
      expect((await execute()).status).toBe('failed');
      expect((await execute({ attempts })).status).toBe('failed');
      expect(engine.attempts).toBe(3);
      expect(api.counts().received).toBe(2);
      expect(log.lines).toContainEqual(
        expect.stringMatching(/^Its last attempt does not use recorded responses/),
      );
      expect(recordedCount()).toBe(1);

      // It failed in the same way without them, so they are not the cause.
      expect((await execute({ attempts })).status).toBe('failed');
      expect(api.counts().received).toBe(2);
    },
  );

  test.each([
    ['FileNotFoundError: [Errno 2] No such file', 'eval_sample', 1],
    ['ModuleNotFoundError: No module named "x"', 'eval_sample', 1],
    ['MemoryError', 'eval_sample', 1],
    ['ValueError: after the last sample', 'run', 1],
    ['ValueError: of a sample', 'eval_sample', 2],
    ['openai.NotFoundError: Error code: 404', 'run', 2],
  ])('recorded responses: after %s in %s, a request is sent %i times', async (exception, name, received) => {
    const engine = new ProgramEngine(async ({ ask, say }) => {
      await ask('x');
      for (const line of [
        'Traceback (most recent call last):',
        `  File "own.py", line 7, in ${name}`,
        '    f()',
        exception,
      ])
        say(line);
      return 1;
    });
    const { execute, api } = await singleEval(engine);
    await execute();
    expect(await execute({ attempts: 2 })).toMatchObject({ reason: `it ended with ${exception}` });
    expect(api.counts().received).toBe(received);
  });

  test.each<[string, Program]>([
    [
      'was killed',
      async ({ ask }) => {
        await ask('x');
        return 'SIGKILL';
      },
    ],
    [
      'replayed none of them',
      async ({ ask, attempt }) => {
        if (attempt === 1) await ask('x');
        return 1;
      },
    ],
  ])('recorded responses: an eval that %s does not request them again', async (_, program) => {
    const engine = new ProgramEngine(program);
    const { execute, api } = await singleEval(engine);
    await execute();
    expect((await execute({ attempts: 2 })).status).toBe('failed');
    expect(engine.attempts).toBe(3);
    expect(api.counts().received).toBe(1);
  });
});

describe('recorded responses: in flight when the eval ends', () => {
  /** Ends while its request is in flight. */
  function leavingEval() {
    const leave = Promise.withResolvers<void>();
    const engine = new ProgramEngine(async ({ ask }) => {
      ask('x').catch(() => {});
      await leave.promise;
      return 1;
    });
    return { engine, leave: () => leave.resolve() };
  }

  test('recorded responses: responses in flight are waited for, and recorded', async () => {
    const { engine, leave } = leavingEval();
    const { execute, api, log, recordedCount } = await singleEval(engine);
    const debug = vi.spyOn(log, 'debug');
    api.holdAfter(0);
    const ended = execute();
    await api.untilHeld(1);
    leave();
    const waits = 'Waiting for 1 response to requests that were already sent to the API.';
    await vi.waitFor(() => expect(debug).toHaveBeenCalledWith(waits), { timeout: 30_000 });
    api.release();
    expect((await ended).status).toBe('failed');
    expect(recordedCount()).toBe(1);
  });

  test('recorded responses: after the deadline, responses in flight are not waited for', async () => {
    const { engine, leave } = leavingEval();
    const { execute, api, recordedCount } = await singleEval(engine, { deadline: AbortSignal.abort() });
    api.holdAfter(0);
    const ended = execute();
    await api.untilHeld(1);
    leave();
    expect((await ended).status).toBe('failed');
    expect(recordedCount()).toBe(0);
  });

  test('recorded responses: the next attempt shares a request that is still in flight', async () => {
    const leave = Promise.withResolvers<void>();
    const engine = new ProgramEngine(async ({ ask }) => {
      await ask('x');
      ask('y').catch(() => {});
      await leave.promise;
      return 1;
    });
    const { execute, api } = await singleEval(engine, { attempts: 2, deadline: AbortSignal.abort() });
    api.holdWhen(({ body }) => JSON.stringify(body).includes('"y"'));
    const ended = execute();
    await api.untilHeld(1);
    leave.resolve();
    expect((await ended).status).toBe('failed');
    expect(engine.attempts).toBe(2);
    expect(api.counts().received).toBe(2);
  });
});

test('recorded responses: a report that was made without a response is not a result', async () => {
  const engine = new ProgramEngine(async ({ ask, report }) => {
    await ask('y');
    await ask('x');
    report();
    return 0;
  });
  const { execute, api, state } = await singleEval(engine, {
    faults: ({ body }) => (JSON.stringify(body).includes('"x"') ? apiFaults.serverError() : undefined),
  });
  expect(await execute()).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining(
      '1 of its requests got no response from the API, but it reported a result: 500',
    ),
  });
  expect(state.isDone(EVAL.command)).toBe(false);
  api.setFaults();
  expect((await execute()).status).toBe('fresh');
});
