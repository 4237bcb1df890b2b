/** `runEvals` with an engine that starts no process: the test decides when, and how, each eval ends. */
import { writeFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { startGateway } from '../../src/gateway/gateway.ts';
import { providerUrls } from '../../src/gateway/providers.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { ParallelEvals } from '../../src/model/parallel-evals.ts';
import type { PlannedEval } from '../../src/model/plan.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import type { Exit } from '../../src/process/group.ts';
import { Journals } from '../../src/progress/journals.ts';
import { statePaths } from '../../src/progress/paths.ts';
import { State } from '../../src/progress/state.ts';
import { openBudget } from '../../src/run/budget.ts';
import { type RunOptions, runEvals } from '../../src/run/run-evals.ts';
import { owner, planned, temporaryDirectory } from './builders.ts';
import { silentLog } from './silent-log.ts';

const sized = (key: string, samples: number): PlannedEval => ({ ...planned(key), samples });

export const SMALL = sized('small.v0', 1);
export const LARGE = sized('large.v0', 50);
export const MIDDLE = sized('middle.v0', 7);
/** Not in the order of their sizes. */
export const SET = [SMALL, LARGE, MIDDLE];

export const THIS_RUN = { repository: 'o/r', id: '1', attempt: 1 };

export function openState(directory = temporaryDirectory()): State {
  return State.open({ paths: statePaths(directory, 'gpt-4', 'set'), owner, log: silentLog });
}

export interface ScheduledRunOptions extends Partial<RunOptions> {
  readonly decisions?: readonly Decision[];
  readonly maxRequestsInFlight?: number;
}

export async function scheduledRun(
  parallelEvals: ParallelEvals,
  { decisions = SET.map(toRun), maxRequestsInFlight = 1, ...options }: ScheduledRunOptions = {},
) {
  const engine = new HandledEngine();
  const events: RunEvent[] = [];
  const gateway = await startGateway({
    env: {},
    urls: providerUrls({}),
    maxRequestsInFlight,
    log: silentLog,
  });
  onTestFinished(() => gateway.close());
  const state = options.state ?? openState();
  const outcomes = runEvals(decisions, {
    state,
    engine,
    threads: undefined,
    usualThreads: 10,
    parallelEvals,
    timeouts: { evalTimeoutMs: undefined, stallTimeoutMs: 600_000 },
    listener: {
      logOf: () => silentLog,
      onEvent(event) {
        events.push(event);
        engine.changed();
      },
    },
    command: { args: [], registryPaths: [] },
    run: THIS_RUN,
    attempts: 1,
    exitOnError: false,
    gateway,
    notHere: [],
    sampleResume: false,
    journals: new Journals(state.paths),
    budget: openBudget({
      timeMs: undefined,
      tokens: undefined,
      cost: undefined,
      beganAt: 0,
      records: [],
      evals: [],
      sampleResume: false,
    }),
    stopped: new AbortController().signal,
    deadline: new AbortController().signal,
    ...options,
  });
  outcomes.catch(() => {});
  return { engine, events, outcomes, state };
}

/** Records each start, and ends an eval when the test says so. */
class HandledEngine implements Engine {
  /** Names of the evals, in the order in which they were started. */
  readonly started: string[] = [];
  readonly #running = new Map<string, { readonly record: string; end(exit: Exit): void }>();
  readonly #waiting: (() => void)[] = [];

  start({ args }: Parameters<Engine['start']>[0]): ReturnType<Engine['start']> {
    const { promise: exit, resolve: end } = Promise.withResolvers<Exit>();
    const name = (args[1] ?? '').split('.')[0] ?? '';
    this.started.push(name);
    this.#running.set(name, { record: args.at(-1) ?? '', end });
    this.changed();
    return { pid: process.pid, exit, signal: (signal) => signal === 'SIGINT' && end({ code: null, signal }) };
  }

  async close(): Promise<void> {}

  changed(): void {
    for (const check of this.#waiting.splice(0)) check();
  }

  /** Waits until the condition is true. It is checked at each start of an eval and at each event. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The eval exits with code 1. */
  fail(name: string): void {
    this.#running.get(name)?.end({ code: 1, signal: null });
  }

  /** The eval reports, and exits with code 0. */
  succeed(name: string): void {
    const running = this.#running.get(name);
    writeFileSync(running?.record ?? '', '{"final_report": {"accuracy": 1}}\n');
    running?.end({ code: 0, signal: null });
  }
}

export function toRun(each: PlannedEval): Decision {
  return { kind: 'run', eval: each, reason: { kind: 'never-completed' } };
}

/** Each eval with its status, and why. */
export async function describeOutcomes(outcomes: Promise<readonly Outcome[]>): Promise<string[]> {
  return (await outcomes).map(
    (outcome) => `${outcome.eval.name} ${outcome.status}${'reason' in outcome ? `: ${outcome.reason}` : ''}`,
  );
}
