/** What the post step knows about a run whose process has ended. */
import { expect, test } from 'vitest';
import type { AttemptRecord } from '../../../src/model/attempt-record.ts';
import { NO_DEPENDENCIES, type Plan, type PlannedEval } from '../../../src/model/plan.ts';
import { noTraffic } from '../../../src/model/traffic.ts';
import { savedPlan } from '../../../src/progress/saved-plan.ts';
import type { State } from '../../../src/progress/state.ts';
import { attemptCounts, outcomesOnDisk, trafficOnDisk } from '../../../src/run/outcomes-on-disk.ts';
import { completion, owner, temporaryDirectory } from '../../helpers/builders.ts';
import { resultsOf } from '../../helpers/finished-run.ts';
import { LARGE, openState, SET, SMALL, scheduledRun, THIS_RUN } from '../../helpers/scheduled-run.ts';

const PLAN: Plan = {
  evals: SET,
  leftOut: [],
  digest: undefined,
  dependencies: NO_DEPENDENCIES,
  evalsVersion: '3.0.1',
  warnings: [],
  needsApiKey: false,
};

function stateWithPlan(directory = temporaryDirectory()): State {
  const state = openState(directory);
  state.savePlan(savedPlan(PLAN, owner));
  return state;
}

function attempt(of: PlannedEval, changes: Partial<AttemptRecord>): AttemptRecord {
  return {
    version: 1,
    eval: of.key,
    argv: [...of.command],
    attempt: 1,
    status: 'failed',
    willRetry: false,
    cause: 'exit',
    reason: 'oaieval exited with code 1',
    lastLines: [],
    traffic: noTraffic,
    adaptations: [],
    run: THIS_RUN,
    started: '2026-01-01T00:00:00.000Z',
    ended: '2026-01-01T00:01:00.000Z',
    ...changes,
  };
}

test('outcomes on disk: the results after a kill equal those of a run that ended', async () => {
  const directory = temporaryDirectory();
  const stop = new AbortController();
  const { engine, outcomes } = await scheduledRun(1, {
    state: stateWithPlan(directory),
    stopped: stop.signal,
  });
  await engine.until(() => engine.started.includes('small'));
  engine.succeed('small');
  await engine.until(() => engine.started.includes('large'));
  engine.fail('large');
  await engine.until(() => engine.started.includes('middle'));
  stop.abort(new Error('the job was cancelled'));
  const inMemory = await outcomes;
  expect(inMemory.map(({ status }) => status)).toEqual(['fresh', 'failed', 'pending']);

  const later = openState(directory);
  const onDisk = outcomesOnDisk(SET, later, THIS_RUN);
  const traffic = trafficOnDisk(later, THIS_RUN);
  expect(resultsOf(onDisk, { traffic })).toEqual(resultsOf(inMemory));
  expect([...attemptCounts(later, THIS_RUN).values()]).toEqual([1, 1, 1]);
  expect(onDisk).toEqual(inMemory);
});

test('outcomes on disk: an eval is pending after an attempt that was to be retried, or of another run', () => {
  const state = stateWithPlan();
  state.recordAttempt(attempt(SMALL, { willRetry: true }));
  state.recordAttempt(attempt(LARGE, { run: { ...THIS_RUN, id: '0' } }));
  expect(outcomesOnDisk(SET, state, THIS_RUN).map(({ status }) => status)).toEqual([
    'pending',
    'pending',
    'pending',
  ]);
});

test('outcomes on disk: a result about no sample is not reused', () => {
  const state = stateWithPlan();
  for (const each of SET) state.complete(completion(each, { samples: each === LARGE ? 0 : 3 }));
  expect(outcomesOnDisk(SET, state, { ...THIS_RUN, id: '2' }).map(({ status }) => status)).toEqual([
    'reused',
    'pending',
    'reused',
  ]);
});

test('outcomes on disk: a result that its run decided not to reuse is pending until the eval has run', () => {
  const state = stateWithPlan();
  for (const each of SET) state.complete(completion(each));
  const decisions = {
    [LARGE.key]: { kind: 'run', reason: 'its result is older than max-age', parts: [] },
    [SMALL.key]: { kind: 'reuse', reason: '', parts: [] },
  } as const;
  const statuses = (run: typeof THIS_RUN) =>
    outcomesOnDisk(SET, state, run, { decisions }).map(({ eval: { key }, status }) => [key, status]);
  expect(statuses({ ...THIS_RUN, id: '2' })).toEqual(
    SET.map(({ key }) => [key, key === LARGE.key ? 'pending' : 'reused']),
  );
  const { run } = completion(LARGE);
  expect(statuses({ ...THIS_RUN, ...run })).toEqual(SET.map(({ key }) => [key, 'fresh']));
});
