/** The scheduler: in what order evals start, what stops them, what it emits, and what it does to the state. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PlannedEval } from '../../../src/model/plan.ts';
import { Journal } from '../../../src/progress/journal.ts';
import type { StatePaths } from '../../../src/progress/paths.ts';
import type { Budget } from '../../../src/run/budget.ts';
import { completion, planned, sha256, temporaryDirectory } from '../../helpers/builders.ts';
import {
  describeOutcomes,
  LARGE,
  MIDDLE,
  openState,
  SET,
  SMALL,
  scheduledRun,
  toRun,
} from '../../helpers/scheduled-run.ts';

const cancelled = () => AbortSignal.abort(new Error('the job was cancelled'));

describe('scheduler: order', () => {
  test('scheduler: of several at a time the longest start first; outcomes are in the order of the set', async () => {
    const { engine, outcomes } = await scheduledRun(2);
    await engine.until(() => engine.started.length === 2);
    expect(engine.started).toEqual(['large', 'middle']);
    engine.fail('large');
    await engine.until(() => engine.started.length === 3);
    expect(engine.started).toEqual(['large', 'middle', 'small']);
    engine.fail('middle');
    engine.fail('small');
    expect((await outcomes).map(({ eval: { name } }) => name)).toEqual(['small', 'large', 'middle']);
  });

  test('scheduler: one at a time, evals run in the order of the set, also after one that failed', async () => {
    const { engine, outcomes } = await scheduledRun(1);
    for (const [index, { name }] of SET.entries()) {
      await engine.until(() => engine.started.length === index + 1);
      engine.fail(name);
    }
    expect((await outcomes).map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect(engine.started).toEqual(['small', 'large', 'middle']);
  });
});

describe('scheduler: events', () => {
  test('scheduler: emits the start and the end of each eval, counted after those that are reused', async () => {
    const reused = planned('old.v0');
    const { engine, events, outcomes } = await scheduledRun(1, {
      decisions: [{ kind: 'reuse', eval: reused, record: completion(reused) }, toRun(SMALL), toRun(LARGE)],
    });
    await engine.until(() => engine.started.includes('small'));
    engine.succeed('small');
    await engine.until(() => engine.started.includes('large'));
    engine.fail('large');
    await outcomes;
    expect(events).toEqual([
      { kind: 'eval-started', eval: SMALL, started: 2, total: 3 },
      {
        kind: 'eval-ended',
        outcome: expect.objectContaining({ status: 'fresh', eval: SMALL }),
        tookMs: expect.any(Number),
        ended: 2,
        total: 3,
      },
      { kind: 'eval-started', eval: LARGE, started: 3, total: 3 },
      {
        kind: 'eval-ended',
        outcome: {
          status: 'failed',
          eval: LARGE,
          reason: 'it exited with code 1; it printed nothing',
          lastLines: [],
        },
        tookMs: expect.any(Number),
        ended: 3,
        total: 3,
      },
    ]);
  });

  test('scheduler: a heartbeat says what runs and how far the run is, while it lasts', async () => {
    const { engine, events, outcomes } = await scheduledRun(2, { heartbeatMs: 1 });
    const beats = () => events.filter((event) => event.kind === 'heartbeat');
    await engine.until(() => beats().some(({ running }) => running.length === 2));
    engine.succeed('large');
    await engine.until(() => beats().some(({ settled }) => settled === 1));
    engine.fail('middle');
    engine.fail('small');
    await outcomes;
    const waiting = {
      responses: 0,
      replayed: 0,
      runningMs: expect.any(Number),
      waitsFor: { kind: 'requests' },
    };
    expect(beats().find(({ running }) => running.length === 2)).toEqual({
      kind: 'heartbeat',
      running: [
        { name: 'large', samples: 50, ...waiting },
        { name: 'middle', samples: 7, ...waiting },
      ],
      settled: 0,
      total: 3,
      leftMs: undefined,
      trouble: undefined,
    });
    const later = beats().find(({ settled }) => settled === 1);
    expect(later?.running.map(({ name }) => name)).toEqual(['middle', 'small']);
    expect(later?.leftMs).toBeGreaterThanOrEqual(0);
  });
});

describe('scheduler: what ends a run before its evals have ended', () => {
  test('scheduler: a run that was stopped before it began starts no eval', async () => {
    const { engine, events, outcomes } = await scheduledRun(2, { stopped: cancelled() });
    expect(await describeOutcomes(outcomes)).toEqual([
      'small pending: the job was cancelled',
      'large pending: the job was cancelled',
      'middle pending: the job was cancelled',
    ]);
    expect(engine.started).toEqual([]);
    expect(events).toEqual(
      [LARGE, MIDDLE, SMALL].map((each) => ({
        kind: 'eval-not-started',
        eval: each,
        cause: 'stopped',
        reason: 'the job was cancelled',
      })),
    );
  });

  test('scheduler: when the run is stopped, running evals are stopped and no other starts', async () => {
    const stopping = new AbortController();
    const { engine, outcomes } = await scheduledRun(2, { stopped: stopping.signal });
    await engine.until(() => engine.started.length === 2);
    stopping.abort(new Error('the job was cancelled'));
    expect(await describeOutcomes(outcomes)).toEqual([
      'small pending: the job was cancelled',
      'large pending: the job was cancelled',
      'middle pending: the job was cancelled',
    ]);
    expect(engine.started).toEqual(['large', 'middle']);
  });

  test('scheduler: with exit-on-error running evals may finish, and no other starts', async () => {
    const { engine, events, outcomes } = await scheduledRun(2, { exitOnError: true });
    await engine.until(() => engine.started.length === 2);
    engine.fail('large');
    await engine.until(() => events.some(({ kind }) => kind === 'eval-not-started'));
    engine.succeed('middle');
    expect(await describeOutcomes(outcomes)).toEqual([
      'small pending: exit-on-error stopped the run when large failed',
      'large failed: it exited with code 1; it printed nothing',
      'middle fresh',
    ]);
    expect(engine.started).toEqual(['large', 'middle']);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'eval-not-started', eval: SMALL, cause: 'exit-on-error' }),
    );
  });

  test('scheduler: an eval that does not fit into the budget besides those that run is not started', async () => {
    const checked: string[] = [];
    const budget: Budget = {
      exhausted: new AbortController().signal,
      reasonToSkip({ name }, running = []) {
        checked.push(`${name} besides ${running.map(({ key }) => key).join(' and ') || 'nothing'}`);
        return name === 'middle' ? 'it took 2 h 0 min last time' : undefined;
      },
      requests: undefined,
      spend() {},
      close() {},
    };
    const { engine, events, outcomes } = await scheduledRun(2, { budget });
    await engine.until(() => engine.started.length === 2);
    for (const name of engine.started) engine.succeed(name);
    expect(await describeOutcomes(outcomes)).toEqual([
      'small fresh',
      'large fresh',
      'middle pending: it took 2 h 0 min last time',
    ]);
    expect(checked).toEqual(['large besides nothing', 'middle besides large.v0', 'small besides large.v0']);
    expect(events).toContainEqual({
      kind: 'eval-not-started',
      eval: MIDDLE,
      cause: 'budget',
      reason: 'it took 2 h 0 min last time',
    });
  });

  test('scheduler: a result that cannot be recorded stops the run, and every started eval ends', async () => {
    const { engine, events, outcomes, state } = await scheduledRun(2);
    await engine.until(() => engine.started.length === 2);
    mkdirSync(join(state.paths.resume, 'completions.jsonl'), { recursive: true });
    engine.succeed('large');
    await expect(outcomes).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
    expect(engine.started).toEqual(['large', 'middle']);
    const ended = events.filter((event) => event.kind === 'eval-ended');
    expect(ended.map(({ outcome }) => `${outcome.eval.name} ${outcome.status}`).sort()).toEqual([
      'large pending',
      'middle pending',
    ]);
  });
});

describe('scheduler: the state before a run', () => {
  /** Records one response for the eval, unless its journal has one. @returns how many there were */
  const recordedBefore = (paths: StatePaths, of: PlannedEval): number => {
    const { value: fingerprint, parts } = of.fingerprint;
    const { journal } = Journal.open(paths, { eval: of.key, repository: 'o/r', fingerprint, parts });
    const { size } = journal;
    if (size === 0)
      journal.append(sha256('x'), 0, {
        status: 200,
        type: 'text/plain',
        body: Buffer.from('x'),
        usage: { prompt: 0, completion: 0, cached: 0, reasoning: 0 },
      });
    journal.seal();
    journal.close();
    return size;
  };

  test.each([
    ['keeps the responses of evals that run or are left out, and removes all others', true, [1, 1, 0]],
    ['keeps only the responses of evals that are left out without sample-resume', false, [0, 1, 0]],
  ])('scheduler: %s', async (_, sampleResume, expected) => {
    const [leftOut, gone] = [planned('left-out.v0'), planned('gone.v0')];
    const state = openState();
    for (const each of [SMALL, leftOut, gone]) recordedBefore(state.paths, each);
    const { outcomes } = await scheduledRun(1, {
      state,
      notHere: [leftOut.key],
      stopped: cancelled(),
      sampleResume,
    });
    await outcomes;
    expect([SMALL, leftOut, gone].map((each) => recordedBefore(state.paths, each))).toEqual(expected);
  });

  test('scheduler: an eval that is to run again is not completed until it ends', async () => {
    const directory = temporaryDirectory();
    const state = openState(directory);
    state.complete(completion(SMALL));
    expect(state.isDone(SMALL.command)).toBe(true);
    const { outcomes } = await scheduledRun(1, { state, stopped: cancelled() });
    await outcomes;
    expect(state.isDone(SMALL.command)).toBe(false);
    expect(openState(directory).isDone(SMALL.command)).toBe(false);
  });

  test('scheduler: a result under other arguments that change nothing counts for these as well', async () => {
    const state = openState();
    const other = planned(SMALL.key, 'v1', ['--debug']);
    state.complete(completion(other));
    const { outcomes } = await scheduledRun(1, {
      state,
      decisions: [{ kind: 'reuse', eval: SMALL, record: completion(other) }],
    });
    expect(await describeOutcomes(outcomes)).toEqual(['small reused']);
    expect([state.isDone(SMALL.command), state.isDone(other.command)]).toEqual([true, true]);
  });
});
