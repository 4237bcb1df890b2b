/** In what order evals are started, and what is said while they run. The engine here starts nothing: it notes, and waits. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { startGateway } from '../../../src/gateway/gateway.ts';
import { providerUrls } from '../../../src/gateway/providers.ts';
import type { AttemptRecord } from '../../../src/model/attempt-record.ts';
import type { Decision } from '../../../src/model/decision.ts';
import type { Outcome } from '../../../src/model/outcome.ts';
import { NO_DEPENDENCIES, type Plan, type PlannedEval } from '../../../src/model/plan.ts';
import { noTraffic, type Traffic } from '../../../src/model/traffic.ts';
import type { Exit } from '../../../src/process/group.ts';
import { Journal } from '../../../src/progress/journal.ts';
import { Journals } from '../../../src/progress/journals.ts';
import { type StatePaths, statePaths } from '../../../src/progress/paths.ts';
import { savedPlan } from '../../../src/progress/saved-plan.ts';
import { State } from '../../../src/progress/state.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { summarize } from '../../../src/report/results.ts';
import { type Budget, openBudget } from '../../../src/run/budget.ts';
import { outcomesOnDisk, trafficOnDisk } from '../../../src/run/outcomes-on-disk.ts';
import { type RunOptions, runEvals } from '../../../src/run/run-evals.ts';
import {
  completion,
  owner,
  planned,
  recordingLog,
  sha256,
  temporaryDirectory,
} from '../../helpers/builders.ts';
import { silentLog } from '../../helpers/silent-log.ts';

const sized = (key: string, samples: number): PlannedEval => ({ ...planned(key), samples });
const SET = [sized('small.v0', 1), sized('large.v0', 50), sized('middle.v0', 7)];

const PLAN: Plan = {
  evals: SET,
  digest: undefined,
  dependencies: NO_DEPENDENCIES,
  evalsVersion: '3.0.1',
  warnings: [],
  needsApiKey: false,
};

const toRun = SET.map((each): Decision => ({ kind: 'run', eval: each, reason: { kind: 'never-completed' } }));

/** Runs the set with so many evals at a time. */
async function run(
  parallelEvals: number,
  { decisions = toRun, ...options }: Partial<RunOptions> & { readonly decisions?: Decision[] } = {},
) {
  const started: string[] = [];
  const changed: (() => void)[] = [];
  const running = new Map<string, (exit: Exit) => void>();
  const records = new Map<string, string>();
  const engine: Engine = {
    start({ args }) {
      const { promise: exit, resolve } = Promise.withResolvers<Exit>();
      const name = (args[1] ?? '').split('.')[0] ?? '';
      started.push(name);
      running.set(name, resolve);
      records.set(name, args.at(-1) ?? '');
      for (const tell of changed.splice(0)) tell();
      return { exit, signal: (signal) => signal === 'SIGINT' && resolve({ code: null, signal }) };
    },
    async close() {},
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((resolve) => changed.push(resolve));
  };
  const log = recordingLog();
  const gateway = await startGateway({
    env: {},
    urls: providerUrls({}),
    maxRequestsInFlight: 1,
    log: silentLog,
  });
  onTestFinished(() => gateway.close());
  const paths = statePaths(temporaryDirectory(), 'gpt-4', 'set');
  const state = options.state ?? State.open({ paths, owner, log: silentLog });
  const outcomes = runEvals(decisions, {
    state,
    engine,
    threads: undefined,
    parallelEvals,
    limits: { evalTimeout: undefined, stallTimeout: 600_000 },
    log: {
      ...log,
      info(message) {
        log.info(message);
        for (const tell of changed.splice(0)) tell();
      },
    },
    command: { model: 'gpt-4', args: [], registryPaths: [] },
    run: { repository: 'o/r', id: '1', attempt: 1 },
    attempts: 1,
    exitOnError: false,
    gateway,
    sampleResume: false,
    journals: new Journals(state.paths),
    budget: openBudget({
      timeMs: undefined,
      tokens: undefined,
      beganAt: 0,
      records: [],
      sampleResume: false,
    }),
    stopped: new AbortController().signal,
    deadline: new AbortController().signal,
    ...options,
  });
  outcomes.catch(() => {});
  const end = (name: string): void => running.get(name)?.({ code: 1, signal: null });
  /** Ends as an eval that reports. */
  const succeed = (name: string): void => {
    writeFileSync(records.get(name) ?? '', '{"final_report": {"accuracy": 1}}\n');
    running.get(name)?.({ code: 0, signal: null });
  };
  return { started, until, end, succeed, outcomes, lines: log.lines, paths };
}

test('of several at a time the longest are started first, and told in the order of the set', async () => {
  const { started, until, end, outcomes } = await run(2);
  await until(() => started.length === 2);
  expect(started).toEqual(['large', 'middle']);
  end('large');
  await until(() => started.length === 3);
  expect(started).toEqual(['large', 'middle', 'small']);
  end('middle');
  end('small');
  expect((await outcomes).map(({ eval: { name } }) => name)).toEqual(['small', 'large', 'middle']);
});

test('one at a time they run in the order of the set', async () => {
  const { started, until, end, outcomes } = await run(1);
  for (const [index, { name }] of SET.entries()) {
    await until(() => started.length === index + 1);
    end(name);
  }
  await outcomes;
  expect(started).toEqual(['small', 'large', 'middle']);
});

test('how far the run is, is said again and again while it lasts', async () => {
  const { until, end, outcomes, lines } = await run(2, { heartbeat: 1 });
  const said = (pattern: RegExp): boolean => lines.some((line) => pattern.test(line));
  await until(() =>
    said(
      /^0 of 3 evals have ended; running: large \(0 of 50 answers, for .*\), middle \(0 of 7 answers, for .*\)/,
    ),
  );
  end('large');
  await until(() => said(/^1 of 3 evals have ended; running: middle .*, small /));
  end('middle');
  end('small');
  await outcomes;
});

/** Each eval, how it stands, and why. */
const standing = async (outcomes: Promise<Outcome[]>): Promise<string[]> =>
  (await outcomes).map(
    (outcome) => `${outcome.eval.name} ${outcome.status}${'reason' in outcome ? `: ${outcome.reason}` : ''}`,
  );

describe('what ends a run before its evals have', () => {
  test('a run that was stopped before it began starts none', async () => {
    const stopped = AbortSignal.abort(new Error('the job was cancelled'));
    const { started, outcomes } = await run(2, { stopped });
    expect(await standing(outcomes)).toEqual([
      'small pending: the job was cancelled',
      'large pending: the job was cancelled',
      'middle pending: the job was cancelled',
    ]);
    expect(started).toEqual([]);
  });

  test('stopped while evals run: what runs is ended, and no other begins', async () => {
    const stopping = new AbortController();
    const { started, until, outcomes } = await run(2, { stopped: stopping.signal });
    await until(() => started.length === 2);
    stopping.abort(new Error('the job was cancelled'));
    expect(new Set((await standing(outcomes)).map((line) => line.split(' ').slice(1).join(' ')))).toEqual(
      new Set(['pending: the job was cancelled']),
    );
    expect(started).toEqual(['large', 'middle']);
  });

  test('exit-on-error: what runs may end, and no other begins', async () => {
    const { started, until, end, succeed, outcomes, lines } = await run(2, { exitOnError: true });
    await until(() => started.length === 2);
    end('large');
    await until(() => lines.includes('The last 0 lines that large printed:'));
    succeed('middle');
    expect(await standing(outcomes)).toEqual([
      'small pending: exit-on-error stopped the run when large failed',
      'large failed: oaieval exited with code 1',
      'middle fresh',
    ]);
    expect(started).toEqual(['large', 'middle']);
  });

  test('without it the others run', async () => {
    const { started, until, end, outcomes } = await run(1);
    for (const [index, { name }] of SET.entries()) {
      await until(() => started.length === index + 1);
      end(name);
    }
    expect((await outcomes).map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
  });

  test('what does not fit into the budget, besides what runs, is not started; the others are', async () => {
    const asked: string[] = [];
    const budget: Budget = {
      exhausted: new AbortController().signal,
      reasonToSkip({ name }, running = []) {
        asked.push(`${name} besides ${running.map(({ key }) => key).join(' and ') || 'nothing'}`);
        return name === 'middle' ? 'it took too long before' : undefined;
      },
      spend() {},
      close() {},
    };
    const { started, until, succeed, outcomes, lines } = await run(2, { budget });
    await until(() => started.length === 2);
    for (const name of started) succeed(name);
    expect(await standing(outcomes)).toEqual([
      'small fresh',
      'large fresh',
      'middle pending: it took too long before',
    ]);
    expect(asked).toEqual(['large besides nothing', 'middle besides large.v0', 'small besides large.v0']);
    expect(lines).toContain('middle is not started: it took too long before');
  });

  test('a result that cannot be recorded ends the run: what runs is ended, and nothing more is begun', async () => {
    const { started, until, succeed, outcomes, paths } = await run(2);
    await until(() => started.length === 2);
    mkdirSync(join(paths.resume, 'completions.jsonl'), { recursive: true });
    succeed('large');
    await expect(outcomes).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
    expect(started).toEqual(['large', 'middle']);
  });
});

describe('what lies in the state before a run', () => {
  const kept = (paths: StatePaths, of: PlannedEval): number => {
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
    ['answers of evals that run are kept, of others they are not', true, [1, 0]],
    ['without sample-resume no answers are', false, [0, 0]],
  ])('%s', async (_, sampleResume, expected) => {
    const gone = planned('gone.v0');
    const stopped = AbortSignal.abort(new Error('the job was cancelled'));
    const at = statePaths(temporaryDirectory(), 'gpt-4', 'set');
    const [first = gone] = SET;
    for (const each of [first, gone]) kept(at, each);
    const state = State.open({ paths: at, owner, log: silentLog });
    await (await run(1, { state, stopped, sampleResume })).outcomes;
    expect([kept(at, first), kept(at, gone)]).toEqual(expected);
  });

  test('an eval that is to run again is not done until it is', async () => {
    const at = statePaths(temporaryDirectory(), 'gpt-4', 'set');
    const state = State.open({ paths: at, owner, log: silentLog });
    const [first = planned('none.v0')] = SET;
    state.complete(completion(first));
    expect(state.isDone(first.command)).toBe(true);
    const stopped = AbortSignal.abort(new Error('the job was cancelled'));
    await (await run(1, { state, stopped })).outcomes;
    expect(state.isDone(first.command)).toBe(false);
    expect(State.open({ paths: at, owner, log: silentLog }).isDone(first.command)).toBe(false);
  });

  test('a result under other arguments counts for these as well, where they change nothing', async () => {
    const at = statePaths(temporaryDirectory(), 'gpt-4', 'set');
    const state = State.open({ paths: at, owner, log: silentLog });
    const [first = planned('none.v0')] = SET;
    const other = planned(first.key, 'v1', ['--debug']);
    state.complete(completion(other));
    const { outcomes } = await run(1, {
      state,
      decisions: [{ kind: 'reuse', eval: first, record: completion(other) }],
    });
    expect(await standing(outcomes)).toEqual(['small reused']);
    expect([state.isDone(first.command), state.isDone(other.command)]).toEqual([true, true]);
  });
});

describe('outcomes on disk', () => {
  const thisRun = { repository: 'o/r', id: '1', attempt: 1 };
  const summaryOf = (outcomes: readonly Outcome[], traffic: Traffic) =>
    renderMarkdown(summarize('gpt-4', 'set', outcomes, traffic), {
      repository: 'o/r',
      serverUrl: 'https://github.com',
    });

  test('outcomes on disk: the summary after a kill is that of a run that ended', async () => {
    const at = statePaths(temporaryDirectory(), 'gpt-4', 'set');
    const open = () => State.open({ paths: at, owner, log: silentLog });
    const state = open();
    state.savePlan(savedPlan(PLAN, owner));
    const stop = new AbortController();
    const { until, started, end, succeed, outcomes } = await run(1, { state, stopped: stop.signal });
    await until(() => started.includes('small'));
    succeed('small');
    await until(() => started.includes('large'));
    end('large');
    await until(() => started.includes('middle'));
    stop.abort(new Error('the job was cancelled'));
    const inMemory = await outcomes;
    expect(inMemory.map(({ status }) => status)).toEqual(['fresh', 'failed', 'pending']);

    const later = open();
    const onDisk = outcomesOnDisk(later, thisRun);
    expect(summaryOf(onDisk, trafficOnDisk(later, thisRun))).toBe(summaryOf(inMemory, noTraffic));
    expect(onDisk).toEqual(inMemory);
  });

  test('outcomes on disk: a failed attempt that was to be tried again leaves the eval pending', () => {
    const state = State.open({
      paths: statePaths(temporaryDirectory(), 'gpt-4', 'set'),
      owner,
      log: silentLog,
    });
    state.savePlan(savedPlan(PLAN, owner));
    const [small, large] = SET;
    if (!small || !large) throw new Error('the set has three evals');
    state.recordAttempt(attempt(small, { willRetry: true }));
    state.recordAttempt(attempt(large, { run: { repository: 'o/r', id: '0', attempt: 1 } }));
    expect(outcomesOnDisk(state, thisRun).map(({ status }) => status)).toEqual([
      'pending',
      'pending',
      'pending',
    ]);
  });

  test('outcomes on disk: a result about no sample is not reused', () => {
    const state = State.open({
      paths: statePaths(temporaryDirectory(), 'gpt-4', 'set'),
      owner,
      log: silentLog,
    });
    state.savePlan(savedPlan(PLAN, owner));
    for (const each of SET) state.complete(completion(each, { samples: each.key === 'large.v0' ? 0 : 3 }));
    expect(outcomesOnDisk(state, { ...thisRun, id: '2' }).map(({ status }) => status)).toEqual([
      'reused',
      'pending',
      'reused',
    ]);
  });
});

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
    run: { repository: 'o/r', id: '1', attempt: 1 },
    started: '2026-01-01T00:00:00.000Z',
    ended: '2026-01-01T00:01:00.000Z',
    ...changes,
  };
}
