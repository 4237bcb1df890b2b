/** The ways in which a job can end early, and how one of them happens to a run at a random moment. */
import { join } from 'node:path';
import { processesWith, signal } from '../helpers/processes.ts';
import type { RunningAction, RunResult } from '../helpers/runner.ts';
import type { TestMachine } from '../helpers/test-machine.ts';
import { until } from '../helpers/waiting.ts';

export type Random = () => number;

export type Interruption =
  | 'nothing'
  | 'kill -9 node'
  | 'kill -9 host'
  | 'kill -9 an eval'
  | 'cancel'
  | 'cancel twice'
  | 'the machine vanishes';

/** How often each of them is drawn, of a hundred times. */
const WEIGHTS: readonly (readonly [Interruption, number])[] = [
  ['nothing', 10],
  ['kill -9 node', 25],
  ['kill -9 host', 12],
  ['kill -9 an eval', 13],
  ['cancel', 15],
  ['cancel twice', 10],
  ['the machine vanishes', 15],
];

/** The variable by which the processes of a run are found. */
const MARKER = 'OAIEVALSET_TORTURE';

export function drawInterruption(random: Random): Interruption {
  let left = random() * 100;
  for (const [interruption, weight] of WEIGHTS) {
    left -= weight;
    if (left < 0) return interruption;
  }
  return 'nothing';
}

export interface InterruptedRun {
  readonly interruption: Interruption;
  readonly runAttempt: number;
  /** The value of `parallel-evals`. */
  readonly parallel: string;
  /** A text that no other run has. */
  readonly marker: string;
}

export interface Interrupted {
  readonly result: RunResult;
  /** How many signals were sent. */
  readonly strikes: number;
}

/** Runs the action, and interrupts it at a random moment. */
export async function runInterrupted(
  machine: TestMachine,
  run: InterruptedRun,
  random: Random,
): Promise<Interrupted> {
  const early = random() < 0.2;
  const delayMs = random() * (early ? 3500 : 400);
  // Unless it comes early, the interruption waits for this many requests.
  const requests = machine.api.requests.length + Math.ceil(random() * 150);
  const strike = new Strike(run, random());
  let timer: NodeJS.Timeout | undefined;
  const startTimer = (): void => {
    timer = setTimeout(() => strike.now(), delayMs);
  };
  const result = await machine.run({
    inputs: {
      'registry-path': join(machine.directory, 'registry'),
      'parallel-evals': run.parallel,
      attempts: '3',
      'checkpoint-interval': '1s',
    },
    env: { [MARKER]: run.marker },
    runAttempt: run.runAttempt,
    ...(run.interruption === 'the machine vanishes' ? { phase: 'main' } : {}),
    leaveOrphans: true,
    onLine: (_line, running) => {
      const isFirst = strike.running === undefined;
      strike.running = running;
      if (!isFirst || run.interruption === 'nothing') return;
      // The delay alone would not do: on a busy machine the start takes longer than any delay.
      if (early) startTimer();
      else void machine.api.untilReceived(requests).then(startTimer);
    },
  });
  clearTimeout(timer);
  return { result, strikes: strike.count };
}

/** Sends the signals of an interruption. */
class Strike {
  count = 0;
  /** The phase that is running. */
  running: RunningAction | undefined;
  readonly #run: InterruptedRun;
  /** At least 0 and below 1: which eval is killed, and when a second signal follows. */
  readonly #choice: number;

  constructor(run: InterruptedRun, choice: number) {
    this.#run = run;
    this.#choice = choice;
  }

  /** Interrupts main. It does nothing if main has ended. */
  now(): void {
    const main = this.running;
    if (main?.phase !== 'main') return;
    this.count += 1;
    const { interruption } = this.#run;
    if (interruption === 'cancel') main.cancel();
    if (interruption === 'cancel twice') {
      main.kill('SIGINT');
      setTimeout(() => this.#again(), this.#choice * 1500);
    }
    if (interruption === 'kill -9 node' || interruption === 'the machine vanishes') main.kill('SIGKILL');
    if (interruption === 'kill -9 host') kill(this.#processes(main).host);
    if (interruption === 'kill -9 an eval') {
      const { evals } = this.#processes(main);
      kill(evals[Math.floor(this.#choice * evals.length)]);
    }
  }

  #again(): void {
    this.count += 1;
    if (this.running?.phase === 'main') this.running.kill('SIGTERM');
  }

  /** The process ids of the warm host and of the evals that it has forked. */
  #processes(main: RunningAction): { readonly host: number | undefined; readonly evals: readonly number[] } {
    const all = processesWith(`${MARKER}=${this.#run.marker}`);
    const host = all.find(
      ({ command, parent }) => command.includes('__main__.py host') && parent === main.pid,
    )?.pid;
    const evals = all.filter(({ pid, parent }) => parent === host && pid !== main.pid).map(({ pid }) => pid);
    return { host, evals };
  }
}

function kill(pid: number | undefined): void {
  if (pid !== undefined) signal(pid, 'SIGKILL');
}

/** The processes of a run that still exist after they had time to notice that their parent has ended. */
export async function remainingProcesses(marker: string): Promise<string[]> {
  const remaining = () => processesWith(`${MARKER}=${marker}`);
  await until('no process is running', () => remaining().length === 0, 30_000).catch(() => {});
  return remaining().map(({ pid, command }) => `${pid} ${command.slice(0, 120)}`);
}
