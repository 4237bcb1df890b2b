/** In what order evals are started, and what is said while they run. The engine here starts nothing: it notes, and waits. */
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../src/gateway/gateway.ts';
import { providerUrls } from '../../src/gateway/providers.ts';
import type { PlannedEval } from '../../src/plan/plan.ts';
import type { Decision } from '../../src/plan/reconcile.ts';
import type { Exit } from '../../src/process/group.ts';
import { statePaths } from '../../src/progress/paths.ts';
import { State } from '../../src/progress/state.ts';
import { openBudget } from '../../src/run/budget.ts';
import type { Engine } from '../../src/run/engine.ts';
import { runEvals } from '../../src/run/run-evals.ts';
import { owner, planned, recordingLog, temporaryDirectory } from '../helpers/builders.ts';
import { silentLog } from '../helpers/silent-log.ts';

const sized = (key: string, samples: number): PlannedEval => ({ ...planned(key), samples });
const SET = [sized('small.v0', 1), sized('large.v0', 50), sized('middle.v0', 7)];

/** Runs the set with so many evals at a time. */
async function run(parallelEvals: number, heartbeat?: number) {
  const started: string[] = [];
  const changed: (() => void)[] = [];
  const running = new Map<string, (exit: Exit) => void>();
  const engine: Engine = {
    start({ args }) {
      const { promise: exit, resolve } = Promise.withResolvers<Exit>();
      const name = (args[1] ?? '').split('.')[0] ?? '';
      started.push(name);
      running.set(name, resolve);
      for (const tell of changed.splice(0)) tell();
      return { exit, signal() {} };
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
  const state = State.open({ paths, owner, log: silentLog });
  const decisions = SET.map(
    (each): Decision => ({ kind: 'run', eval: each, reason: { kind: 'never-completed' } }),
  );
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
    model: 'gpt-4',
    oaievalArgs: [],
    run: { repository: 'o/r', id: '1', attempt: 1 },
    attempts: 1,
    exitOnError: false,
    gateway,
    sampleResume: false,
    journals: new Set(),
    budget: openBudget({
      time: undefined,
      tokens: undefined,
      since: 0,
      spentTokens: () => 0,
      records: [],
      sampleResume: false,
    }),
    stopped: new AbortController().signal,
    hurry: new AbortController().signal,
    ...(heartbeat === undefined ? {} : { heartbeat }),
  });
  const end = (name: string): void => running.get(name)?.({ code: 1, signal: null });
  return { started, until, end, outcomes, lines: log.lines };
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
  const { until, end, outcomes, lines } = await run(2, 1);
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
