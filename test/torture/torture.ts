/**
 * Interrupts the action repeatedly, at random moments, in every way in which a job can end, and checks each time that
 * nothing that was paid for is lost. It runs the shipped action on a real eval set. The model API and the cache service are
 * stand-ins.
 *
 *     npm run torture -- --seed 1 --rounds 200
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { evalsPython } from '../helpers/evals-venv.ts';
import { mulberry32 } from '../helpers/random.ts';
import type { TestMachine } from '../helpers/test-machine.ts';
import type { CacheFault } from '../stand-ins/cache-service.ts';
import type { ModelRequest } from '../stand-ins/model-request.ts';
import {
  drawInterruption,
  type Interrupted,
  type InterruptedRun,
  type Random,
  remainingProcesses,
  runInterrupted,
} from './interruption.ts';
import { type Inventory, inventory, newestCheckpoint, sum } from './inventory.ts';
import { EVALS, type Faults, REQUESTS, THREADS, withMachine } from './many-set.ts';
import { ProgressChecker } from './progress-checker.ts';

export interface TortureOptions {
  /** The same seed draws the same interruptions. */
  readonly seed: number;
  /** How many times to run the action. */
  readonly rounds: number;
  /** Called with one line for each round. */
  readonly log: (line: string) => void;
}

export interface TortureReport {
  readonly rounds: number;
  /** How many times the eval set was completed. */
  readonly completed: number;
  /** How many times each interruption happened. */
  readonly interruptions: Readonly<Record<string, number>>;
  readonly responsesPaid: number;
  /** Recorded responses that were requested again, because they were lost with the machine after its last checkpoint. */
  readonly responsesLostWithMachine: number;
  /** Everything that must not happen. */
  readonly problems: readonly string[];
}

const CACHE_FAULTS: readonly CacheFault[] = [
  { status: 403 },
  { status: 409 },
  { destroy: true },
  { delayMs: 1500 },
  { truncateAfter: 100 },
  { cutRequestAfter: 100 },
];

export async function torture(options: TortureOptions): Promise<TortureReport> {
  const python = await evalsPython();
  const checker = new ProgressChecker(python);
  const rounds = new Rounds(options, checker);
  try {
    while (rounds.areLeft)
      await withMachine(python, (machine, faults) => rounds.untilComplete(machine, faults));
  } finally {
    checker.stop();
  }
  return rounds.report();
}

/** One run of the action, and what the state directory held before and after it. */
interface Round extends InterruptedRun, Interrupted {
  readonly before: Inventory;
  readonly after: Inventory;
  /** How many responses were paid for that the gateway can record. */
  readonly paid: number;
}

class Rounds {
  readonly #options: TortureOptions;
  readonly #checker: ProgressChecker;
  readonly #random: Random;
  readonly #problems: string[] = [];
  readonly #interruptions: Record<string, number> = {};
  #done = 0;
  #completed = 0;
  #paid = 0;
  #lostWithMachine = 0;
  /** The metrics of the first completed set, which all others must have, too. */
  #metrics: string | undefined;

  constructor(options: TortureOptions, checker: ProgressChecker) {
    this.#options = options;
    this.#checker = checker;
    this.#random = mulberry32(options.seed);
  }

  get areLeft(): boolean {
    return this.#done < this.#options.rounds;
  }

  report(): TortureReport {
    return {
      rounds: this.#done,
      completed: this.#completed,
      interruptions: this.#interruptions,
      responsesPaid: this.#paid,
      responsesLostWithMachine: this.#lostWithMachine,
      problems: this.#problems,
    };
  }

  /** Runs the action on a machine, one attempt after the other, until the set is complete. */
  async untilComplete(machine: TestMachine, faults: Faults): Promise<void> {
    let before = inventory(machine.stateDirectory);
    for (let attempt = 1; this.areLeft; attempt += 1) {
      const round = await this.#run(machine, faults, attempt, before);
      await this.#check(machine, round);
      this.#options.log(summary(this.#done, round, faults.now !== undefined));
      if (round.after.done.size === EVALS) {
        this.#completed += 1;
        this.#checkComplete(round);
        return;
      }
      before = round.after;
      if (round.interruption === 'the machine vanishes' || this.#random() < 0.2) {
        machine.forgetState();
        before = newestCheckpoint(machine);
        this.#lostWithMachine += round.after.responses - before.responses;
      }
    }
  }

  async #run(machine: TestMachine, faults: Faults, runAttempt: number, before: Inventory): Promise<Round> {
    this.#done += 1;
    const interruption = drawInterruption(this.#random);
    // If a restore fails after the machine was lost, everything is lost: there, only saves have faults.
    const savesOnly = !existsSync(machine.stateDirectory);
    faults.now = this.#random() < 0.2 ? cacheTrouble(this.#pick(CACHE_FAULTS), savesOnly) : undefined;
    const parallel = this.#pick(['1', '2', '4']);
    const run = { interruption, runAttempt, parallel, marker: `${this.#options.seed}-${this.#done}` };
    const sent = machine.api.requests.length;
    const interrupted = await runInterrupted(machine, run, this.#random);
    const paid = machine.api.requests.slice(sent).filter(isPaidAndRecorded).length;
    this.#count(interruption);
    if (faults.now) this.#count('cache trouble');
    this.#paid += paid;
    const remaining = await remainingProcesses(run.marker);
    const after = inventory(machine.stateDirectory);
    const round = { ...run, ...interrupted, before, after, paid };
    if (remaining.length > 0)
      this.#problem(round, `${remaining.length} processes are still running: ${remaining.join(', ')}`);
    return round;
  }

  async #check(machine: TestMachine, round: Round): Promise<void> {
    const { before, after, paid, result } = round;
    const error = await this.#checker.load(machine.path('progress.txt'));
    if (error) this.#problem(round, `oaievalset cannot load the progress file: ${error}`);
    for (const key of before.done)
      if (!after.done.has(key)) this.#problem(round, `${key} was complete before the run, but not after it`);
    for (const problem of after.wrong) this.#problem(round, problem);
    // Each thread has one request in flight, whose response may have been sent but not recorded when a signal came.
    const mayBeLost = round.strikes * Number(round.parallel) * THREADS;
    const most = before.responses + paid;
    if (after.responses < most - mayBeLost || after.responses > most)
      this.#problem(
        round,
        `${after.responses} responses are recorded, but ${before.responses} were recorded before, ${paid} were paid for, and at most ${mayBeLost} may be lost`,
      );
    if (round.interruption === 'nothing' && result.outputs.complete !== 'true')
      this.#problem(
        round,
        `the set is not complete, although nothing interrupted the run:\n${result.lines.slice(-15).join('\n')}`,
      );
  }

  #checkComplete(round: Round): void {
    const { responses } = round.after;
    const metrics = JSON.stringify(round.after.metrics);
    this.#metrics ??= metrics;
    if (!metrics.includes('"many-talks.dev.v0":[["accuracy",1]]'))
      this.#problem(round, 'a sample used the conversation of another sample');
    if (metrics !== this.#metrics)
      this.#problem(round, `the metrics are ${metrics}, but were ${this.#metrics} before`);
    const expected = sum(Object.values(REQUESTS));
    if (responses !== expected)
      this.#problem(round, `the complete set has ${responses} responses instead of ${expected}`);
  }

  #count(what: string): void {
    this.#interruptions[what] = (this.#interruptions[what] ?? 0) + 1;
  }

  #problem({ interruption, parallel }: InterruptedRun, text: string): void {
    const where = `seed ${this.#options.seed}, round ${this.#done} (${interruption}, parallel-evals ${parallel})`;
    this.#problems.push(`${where}: ${text}`);
    this.#options.log(`PROBLEM ${where}: ${text}`);
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }
}

function summary(number: number, { interruption, after, paid }: Round, cacheTrouble: boolean): string {
  return [
    String(number).padStart(4),
    interruption.padEnd(22),
    (cacheTrouble ? 'cache trouble' : '').padEnd(13),
    `${after.done.size}/${EVALS} evals, ${after.responses} responses recorded, ${paid} paid`,
  ].join(' ');
}

/**
 * Faults that a client overcomes by retries: a status is permanent, and all other faults happen once in each step. The tests
 * of src/checkpoint check how long the client retries.
 */
function cacheTrouble(fault: CacheFault, savesOnly: boolean): Faults['now'] {
  const seen = new Map<string, number>();
  return ({ step }) => {
    if (savesOnly && (step === 'lookup' || step === 'download')) return undefined;
    const nth = (seen.get(step) ?? 0) + 1;
    seen.set(step, nth);
    return 'status' in fault || nth === 1 ? fault : undefined;
  };
}

/** The gateway records only chat completions. Conversations have state at the API. */
function isPaidAndRecorded({ status, aborted, path }: ModelRequest): boolean {
  return status === 200 && !aborted && path === '/v1/chat/completions';
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '1' }, rounds: { type: 'string', default: '200' } },
  });
  const report = await torture({
    seed: Number(values.seed),
    rounds: Number(values.rounds),
    log: (line) => console.log(line),
  });
  console.log(JSON.stringify(report, null, 2));
  process.exitCode = report.problems.length > 0 ? 1 : 0;
}
