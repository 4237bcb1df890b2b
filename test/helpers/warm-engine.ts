/** Machines that run the sets of fixtures/warm-engine, and the processes of their runs. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { ModelRequest } from '../stand-ins/model-request.ts';
import { evalsPython } from './evals-venv.ts';
import { type ProcessInfo, processesWith, signal } from './processes.ts';
import type { RunningAction, RunResult } from './runner.ts';
import type { Cleanup } from './temporary-directory.ts';
import { type MachineOptions, type MachineRun, TestMachine } from './test-machine.ts';
import { until } from './waiting.ts';

const fixtures = join(import.meta.dirname, '../fixtures/warm-engine');

/** The parts of command lines by which our processes are recognized. */
const HOST = '/__main__.py host ';
const LEASH = '/__main__.py oaieval ';
const MAIN = '/dist/main/index.js';

/** Linux only: the tests read /proc, and elsewhere the warm engine is not the default. */
export const onLinux = describe.runIf(process.platform === 'linux');

/** The evals of the set `warm-talking`. Each sends three requests, one after the other. */
export const TALKING = ['warm-talk-a', 'warm-talk-b', 'warm-talk-c', 'warm-talk-d'];

export const engines = ['warm', 'oaieval'] as const;

/** A machine whose processes all have a mark in their environment. */
export interface MarkedMachine {
  readonly machine: TestMachine;
  readonly mark: string;
}

/** Makes a machine that runs a set of fixtures/warm-engine with the warm engine, four evals at a time. */
export async function machineFor(
  { onTestFinished }: Cleanup,
  evalSet: string,
  { inputs, env, ...rest }: Partial<MachineOptions> = {},
): Promise<MarkedMachine> {
  const id = randomUUID();
  const mark = `OAIEVALSET_TEST=${id}`;
  // Registered first, so that it runs last. It kills the processes that a failed test leaves running.
  onTestFinished(() => {
    for (const { pid } of processesWith(mark)) signal(pid, 'SIGKILL');
  });
  const machine = await TestMachine.make(
    { onTestFinished },
    {
      python: await evalsPython(),
      model: 'gpt-3.5-turbo',
      evalSet,
      api: {},
      env: {
        PYTHONPATH: join(fixtures, 'modules'),
        PYTHONDONTWRITEBYTECODE: '1',
        OAIEVALSET_TEST: id,
        ...env,
      },
      inputs: {
        engine: 'warm',
        'parallel-evals': '4',
        attempts: '1',
        'registry-path': join(fixtures, 'registry'),
        ...inputs,
      },
      ...rest,
    },
  );
  return { machine, mark };
}

/** The hosts from which evals are forked, and the forked processes. */
export function warm(mark: string): { readonly hosts: ProcessInfo[]; readonly children: ProcessInfo[] } {
  const all = processesWith(mark).filter(({ command }) => command.includes(HOST));
  const pids = new Set(all.map(({ pid }) => pid));
  return {
    hosts: all.filter(({ parent }) => !pids.has(parent)),
    children: all.filter(({ parent }) => pids.has(parent)),
  };
}

/** The processes of evals that run in their own Python. */
export function ownPythons(mark: string): ProcessInfo[] {
  return processesWith(mark).filter(({ command }) => command.includes(LEASH));
}

/** The processes of evals with either engine. */
export function evalsOf(mark: string): ProcessInfo[] {
  return [...ownPythons(mark), ...warm(mark).children];
}

/** The process of main, if it is running. */
export function mainProcess(mark: string): ProcessInfo | undefined {
  return processesWith(mark).find(({ command }) => command.includes(MAIN));
}

/** The process of main. @throws if it is not running */
export function theMainProcess(mark: string): ProcessInfo {
  const found = mainProcess(mark);
  if (!found) throw new Error('The action is not running.');
  return found;
}

/** The only host. @throws if there is none, or more than one */
export function theHost(mark: string): ProcessInfo {
  const { hosts } = warm(mark);
  const [host] = hosts;
  if (!host || hosts.length > 1) throw new Error(`There are ${hosts.length} hosts instead of one.`);
  return host;
}

export async function untilNoneIsLeft(mark: string): Promise<void> {
  await until('no process is running', () => processesWith(mark).length === 0);
}

/** Starts the action without a cache service, and waits until the API holds this many responses back. */
export function startUntilHeld(
  machine: TestMachine,
  held: number,
  run: MachineRun = {},
): Promise<{ readonly main: RunningAction; readonly ended: Promise<RunResult> }> {
  return machine.startUntil({ held }, { cache: false, ...run });
}

/** Whether a request of `warm-talking` is this one of its eval. The first is 0. */
export const asksFor = (question: number) => (request: ModelRequest) =>
  JSON.stringify(request.body).includes(`question ${question}`);

/** The SHA-256 of the body of each request that got a response. */
export const answered = (machine: TestMachine): string[] =>
  machine.api.requests.filter(({ status }) => status === 200).map(({ bodySha256 }) => bodySha256);

/** The messages of the warnings that the warm engine was lost. */
export const lost = (result: RunResult): string[] =>
  result.annotations.filter(({ title }) => title === 'Warm engine lost').map(({ message }) => message);

/** The first line of the cause of each failed eval, by its name. */
export const failures = (result: RunResult): Record<string, string> =>
  Object.fromEntries(
    result.annotations.flatMap(({ level, title, message }) => {
      const [, name] = /^Eval (\S+) failed$/.exec(title ?? '') ?? [];
      return level === 'error' && name ? [[name, message.split('\n')[0] ?? '']] : [];
    }),
  );
