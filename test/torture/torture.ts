/**
 * Ends the step repeatedly, at random moments, in every way that a job can end, and checks each time that what was paid for
 * is still there. The step is the shipped action on a real eval set; model API and cache service are stand-ins.
 *
 *     npm run torture -- --seed 1 --rounds 200
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evalsPython } from '../helpers/evals-venv.ts';
import { processesWith, signal } from '../helpers/processes.ts';
import { mulberry32 } from '../helpers/random.ts';
import type { RunningAction, RunResult } from '../helpers/runner.ts';
import type { TestMachine } from '../helpers/test-machine.ts';
import { until } from '../helpers/waiting.ts';
import type { CacheFault } from '../stand-ins/cache-service.ts';
import type { ModelRequest } from '../stand-ins/model-request.ts';
import { inventory, newestCheckpoint, sum } from './inventory.ts';
import { EVALS, type Faults, REQUESTS, THREADS, withMachine } from './many-set.ts';
import { ProgressChecker } from './progress-checker.ts';

export interface TortureOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Called with one line for each round. */
  readonly say: (line: string) => void;
}

/** What happened, and everything that should not have. */
export interface TortureReport {
  readonly rounds: number;
  /** Eval sets that came to their end. */
  readonly completed: number;
  /** How often each thing was done to the step. */
  readonly deeds: Readonly<Record<string, number>>;
  readonly answersPaid: number;
  /** Answers on disk that were asked for again because the machine, and what it had not saved, was lost. */
  readonly answersLostWithMachine: number;
  readonly problems: readonly string[];
}

const MARKER = 'OAIEVALSET_TORTURE';

type Deed =
  | 'nothing'
  | 'kill -9 node'
  | 'kill -9 host'
  | 'kill -9 an eval'
  | 'cancel'
  | 'cancel twice'
  | 'the machine vanishes';

const DEEDS: readonly (readonly [Deed, number])[] = [
  ['nothing', 10],
  ['kill -9 node', 25],
  ['kill -9 host', 12],
  ['kill -9 an eval', 13],
  ['cancel', 15],
  ['cancel twice', 10],
  ['the machine vanishes', 15],
];

const CACHE_FAULTS: readonly CacheFault[] = [
  { status: 403 },
  { status: 409 },
  { destroy: true },
  { delayMs: 1500 },
  { truncateAfter: 100 },
  { cutRequestAfter: 100 },
];

export async function torture({ seed, rounds, say }: TortureOptions): Promise<TortureReport> {
  const random = mulberry32(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const python = await evalsPython();
  const checker = new ProgressChecker(python);
  const problems: string[] = [];
  const deeds: Record<string, number> = {};
  let [completed, answersPaid, answersLostWithMachine, round] = [0, 0, 0, 0];
  let reference: string | undefined;

  try {
    while (round < rounds) {
      await withMachine(python, async (machine, faults) => {
        /** What the next round has to find: on the machine, or in the newest checkpoint when the machine is lost. */
        let held = inventory(machine.stateDirectory);
        for (let attempt = 1; round < rounds; attempt += 1) {
          round += 1;
          const deed = weighted(DEEDS, random());
          // Trouble while restoring after a loss would excuse everything.
          const lost = !existsSync(machine.stateDirectory);
          faults.now = random() < 0.2 ? cacheTrouble(pick(CACHE_FAULTS), lost) : undefined;
          const parallel = pick(['1', '2', '4']);
          const marker = `${seed}-${round}`;
          const from = machine.api.requests.length;
          const { result, strikes } = await runWith(machine, deed, random, attempt, parallel, marker);
          deeds[deed] = (deeds[deed] ?? 0) + 1;
          if (faults.now) deeds['cache trouble'] = (deeds['cache trouble'] ?? 0) + 1;
          const problem = (text: string): void => {
            problems.push(`seed ${seed}, round ${round} (${deed}, parallel ${parallel}): ${text}`);
          };

          const left = await remaining(marker);
          if (left.length > 0) problem(`${left.length} processes are left: ${left.join(', ')}`);
          const now = inventory(machine.stateDirectory);
          const why = await checker.load(machine.path('progress.txt'));
          if (why) problem(`oaievalset cannot load the progress file: ${why}`);
          for (const key of held.done)
            if (!now.done.has(key)) problem(`${key} was done, and is not any more`);
          for (const text of now.wrong) problem(text);

          const asked = machine.api.requests.slice(from);
          const paid = asked.filter(
            (request) => request.status === 200 && !request.aborted && isQuestion(request),
          );
          // Each thread has one request in flight, whose response may be given and not yet recorded when it is struck.
          const unsure = strikes * Number(parallel) * THREADS;
          answersPaid += paid.length;
          const expected = held.answers + paid.length;
          if (now.answers < expected - unsure)
            problem(`${now.answers} answers are kept, where ${held.answers} were and ${paid.length} came`);
          if (now.answers > expected)
            problem(`${now.answers} answers are kept, more than the ${expected} there were`);
          if (deed === 'nothing' && result.outputs.complete !== 'true')
            problem(`it was left alone, and is not complete:\n${result.lines.slice(-15).join('\n')}`);
          say(
            `${String(round).padStart(4)} ${deed.padEnd(22)} ${faults.now ? 'cache trouble' : '             '} ` +
              `${now.done.size}/${EVALS} evals, ${now.answers} answers kept, ${paid.length} paid`,
          );
          held = now;
          if (now.done.size === EVALS) {
            completed += 1;
            const metrics = JSON.stringify(now.metrics);
            reference ??= metrics;
            if (!metrics.includes('"many-talks.dev.v0":[["accuracy",1]]'))
              problem('a sample was given the conversation of another one');
            if (metrics !== reference) problem(`the metrics are ${metrics}, where they were ${reference}`);
            if (now.answers !== sum(Object.values(REQUESTS))) problem(`${now.answers} answers at the end`);
            return;
          }
          if (deed === 'the machine vanishes' || random() < 0.2) {
            machine.forgetState();
            held = newestCheckpoint(machine);
            answersLostWithMachine += now.answers - held.answers;
          }
        }
      });
    }
  } finally {
    checker.stop();
  }
  return { rounds: round, completed, deeds, answersPaid, answersLostWithMachine, problems };
}

/**
 * Trouble that passes: the client tries some of it again for minutes, within the bounds that the tests of the
 * checkpoint room check.
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

async function runWith(
  machine: TestMachine,
  deed: Deed,
  random: () => number,
  runAttempt: number,
  parallel: string,
  marker: string,
): Promise<{ result: RunResult; strikes: number }> {
  let strikes = 0;
  const early = random() < 0.2;
  const delay = random() * (early ? 3500 : 400);
  /** Requests after which the step is struck, unless that is before the first of them. */
  const requests = machine.api.requests.length + Math.ceil(random() * 150);
  const choice = random();
  let main: RunningAction | undefined;
  const strike = (): void => {
    if (main?.phase !== 'main') return;
    strikes += 1;
    const processes = processesWith(`${MARKER}=${marker}`).filter(({ pid }) => pid !== main?.pid);
    const host = processes.find(
      ({ command, parent }) => command.includes('__main__.py host') && parent === main?.pid,
    );
    const evals = processes.filter(({ parent }) => parent === host?.pid);
    const victim = evals[Math.floor(choice * evals.length)];
    if (deed === 'kill -9 node' || deed === 'the machine vanishes') main.kill('SIGKILL');
    else if (deed === 'kill -9 host' && host !== undefined) signal(host.pid, 'SIGKILL');
    else if (deed === 'kill -9 an eval' && victim !== undefined) signal(victim.pid, 'SIGKILL');
    else if (deed === 'cancel') main.cancel();
    else if (deed === 'cancel twice') {
      main.kill('SIGINT');
      setTimeout(() => {
        strikes += 1;
        if (main?.phase === 'main') main.kill('SIGTERM');
      }, choice * 1500);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const result = await machine.run({
    inputs: {
      'registry-path': join(machine.directory, 'registry'),
      'parallel-evals': parallel,
      attempts: '3',
      'checkpoint-interval': '1s',
    },
    env: { [MARKER]: marker },
    runAttempt,
    ...(deed === 'the machine vanishes' ? { phase: 'main' } : {}),
    leaveOrphans: true,
    onLine: (_line, running) => {
      if (main) {
        if (running.phase !== main.phase) main = running;
        return;
      }
      main = running;
      if (deed === 'nothing') return;
      const soon = (): void => {
        timer = setTimeout(strike, delay);
      };
      // On a loaded machine the start takes longer than any delay.
      if (early) soon();
      else void machine.api.untilReceived(requests).then(soon);
    },
  });
  clearTimeout(timer);
  return { result, strikes };
}

/** Whether its answer is recorded. */
const isQuestion = ({ path }: ModelRequest) => path === '/v1/chat/completions';

/** What is still there when it has had time to notice that its parent is gone. */
async function remaining(marker: string): Promise<string[]> {
  const none = () => processesWith(`${MARKER}=${marker}`).length === 0;
  await until('no process is left', none, 30_000).catch(() => {});
  return processesWith(`${MARKER}=${marker}`).map(({ pid, command }) => `${pid} ${command.slice(0, 120)}`);
}

function weighted<T>(items: readonly (readonly [T, number])[], at: number): T {
  let left = at * sum(items.map(([, weight]) => weight));
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return items[0]?.[0] as T;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '1' }, rounds: { type: 'string', default: '200' } },
  });
  const report = await torture({
    seed: Number(values.seed),
    rounds: Number(values.rounds),
    say: (line) => console.log(line),
  });
  console.log(JSON.stringify(report, null, 2));
  process.exitCode = report.problems.length > 0 ? 1 : 0;
}
