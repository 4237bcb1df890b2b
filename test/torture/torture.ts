/**
 * Ends the step in every way that a job can end, at random moments, again and again, and looks after each time whether what
 * was paid for is still there. The step is the shipped action on a real eval set; model API and cache service are stand-ins.
 *
 *     npm run torture -- --seed 1 --rounds 200
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { zstdDecompressSync } from 'node:zlib';
import { evalsPython } from '../helpers/evals-venv.ts';
import { isRunning } from '../helpers/processes.ts';
import type { RunningAction, RunResult } from '../helpers/runner.ts';
import { TestMachine } from '../helpers/test-machine.ts';
import type { CacheFault, CacheRequest } from '../stand-ins/cache-service.ts';
import { conversations } from '../stand-ins/conversations.ts';
import type { ModelRequest } from '../stand-ins/model-request.ts';

export interface TortureOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Told of each round. */
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

const SAMPLES = 40;
const EVALS = 5;
/** Requests of each eval of the set: the model-graded one asks for an answer, then for a grade. */
const REQUESTS: Readonly<Record<string, number>> = {
  'many-match.dev.v0': SAMPLES,
  'many-includes.dev.v0': SAMPLES,
  'many-fuzzy.dev.v0': SAMPLES,
  'many-graded.dev.v0': 2 * SAMPLES,
  // It keeps conversations at the API: none of its answers is recorded, and it starts over each time.
  'many-talks.dev.v0': 0,
};
const TALKS_SAMPLES = 12;
const FIXTURE = join(import.meta.dirname, '../fixtures/many-samples');
const TALKS = join(import.meta.dirname, '../fixtures/conversations');
const MARKER = 'OAIEVALSET_TORTURE';

/** Milliseconds around a kill in which an answer may be on its way. */
const INSTANT = 300;

const questions = Array.from({ length: SAMPLES }, (_, i) => ({
  input: [{ role: 'user', content: `What is ${i} times 7 — as a number?` }],
  ideal: String(i * 7),
}));

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
          const { result, instants } = await runWith(machine, deed, random, attempt, parallel, marker);
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
          const unsure = paid.filter((request) => instants.some((at) => isNear(request, at))).length;
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

// ------------------------------------------------------------------------------------------------------- one round

interface Faults {
  now: ((request: CacheRequest) => CacheFault | undefined) | undefined;
}

async function withMachine(
  python: string,
  work: (machine: TestMachine, faults: Faults) => Promise<void>,
): Promise<void> {
  const cleanups: (() => void | Promise<void>)[] = [];
  const faults: Faults = { now: undefined };
  try {
    const machine = await TestMachine.make(
      { onTestFinished: (cleanup) => cleanups.push(cleanup) },
      {
        python,
        model: 'gpt-4',
        evalSet: 'many',
        api: {
          latencyMs: 60,
          faults: conversations().faults,
          knowledge: new Map(questions.map((q) => [q.input[0]?.content ?? '', q.ideal])),
        },
        cache: { faults: (request) => faults.now?.(request) },
        env: { EVALS_THREADS: '4', PYTHONPATH: TALKS },
      },
    );
    const registry = join(machine.directory, 'registry');
    cpSync(FIXTURE, registry, { recursive: true });
    mkdirSync(join(registry, 'data/many'), { recursive: true });
    writeFileSync(
      join(registry, 'data/many/samples.jsonl'),
      questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
    );
    addTalks(registry);
    await work(machine, faults);
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

/** Adds an eval that keeps conversations to the set. */
function addTalks(registry: string): void {
  const samples = questions.slice(0, TALKS_SAMPLES).map((question) => `${JSON.stringify(question)}\n`);
  writeFileSync(join(registry, 'data/many/talks.jsonl'), samples.join(''));
  const entries = {
    'many-talks': { id: 'many-talks.dev.v0', metrics: ['accuracy'] },
    'many-talks.dev.v0': { class: 'talks:Talk', args: { samples_jsonl: 'many/talks.jsonl' } },
  };
  writeFileSync(join(registry, 'evals/talks.yaml'), JSON.stringify(entries));
  const set = join(registry, 'eval_sets/many.yaml');
  writeFileSync(set, `${readFileSync(set, 'utf8').trimEnd()}\n    - many-talks\n`);
}

/**
 * Trouble that passes: the client tries some of it again for minutes, within the bounds that tests of the checkpoint room
 * look after.
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
): Promise<{ result: RunResult; instants: number[] }> {
  const instants: number[] = [];
  const early = random() < 0.2;
  const delay = random() * (early ? 3500 : 400);
  /** Requests after which the step is struck, unless that is before the first of them. */
  const requests = machine.api.requests.length + Math.ceil(random() * 150);
  const choice = random();
  let main: RunningAction | undefined;
  const strike = (): void => {
    if (main?.phase !== 'main') return;
    instants.push(Date.now());
    const processes = processesOf(marker).filter((pid) => pid !== main?.pid);
    const host = processes.find((pid) => commandOf(pid).includes('host.py') && parentOf(pid) === main?.pid);
    const evals = processes.filter((pid) => parentOf(pid) === host);
    const victim = evals[Math.floor(choice * evals.length)];
    if (deed === 'kill -9 node' || deed === 'the machine vanishes') main.kill('SIGKILL');
    else if (deed === 'kill -9 host' && host !== undefined) kill(host);
    else if (deed === 'kill -9 an eval' && victim !== undefined) kill(victim);
    else if (deed === 'cancel') main.cancel();
    else if (deed === 'cancel twice') {
      main.kill('SIGINT');
      setTimeout(() => {
        instants.push(Date.now());
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
  // An eval that is ended for any reason may leave answers on their way.
  if (deed === 'cancel' || deed === 'cancel twice') instants.push(...instants.map((at) => at + INSTANT));
  return { result, instants };
}

function isNear({ receivedAt, answeredAt = 0 }: ModelRequest, at: number): boolean {
  return receivedAt <= at + INSTANT && answeredAt >= at - INSTANT;
}

/** Whether its answer is recorded. */
const isQuestion = ({ path }: ModelRequest) => path === '/v1/chat/completions';

// --------------------------------------------------------------------------------------------------- what is there

interface Inventory {
  readonly done: ReadonlySet<string>;
  /** Answers that need not be asked for again: those of evals that are done, and those in journals. */
  readonly answers: number;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly wrong: readonly string[];
}

/** Reads a state directory without the code that wrote it. */
function inventory(stateDirectory: string): Inventory {
  const stem = join(stateDirectory, 'gpt-4.many');
  const lines = (path: string) =>
    existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  const wrong: string[] = [];
  const records = new Map<string, { metrics: Record<string, unknown> }>();
  lines(`${stem}.resume/completions.jsonl`).forEach((line, index, all) => {
    try {
      const record = JSON.parse(line) as { eval: string; metrics: Record<string, unknown> };
      records.set(record.eval, record);
    } catch {
      // The last one may be torn, which the next run heals.
      if (index < all.length - 1) wrong.push(`line ${index + 1} of completions.jsonl is no JSON`);
    }
  });
  const done = new Set(lines(`${stem}.progress.txt`).map((line) => (JSON.parse(line) as string[])[2] ?? ''));
  const metrics: Record<string, unknown> = {};
  for (const key of [...done].sort()) {
    const record = records.get(key);
    if (!record) wrong.push(`${key} is done without a completion record`);
    const log = `${stem}.resume/logs/${key}.jsonl`;
    if (!lines(log).some((line) => line.includes('"final_report"')))
      wrong.push(`${key} is done, and its record file has no final report`);
    metrics[key] = Object.entries(record?.metrics ?? {})
      .filter(([name]) => !name.endsWith('_std'))
      .sort();
  }
  let answers = sum([...done].map((key) => REQUESTS[key] ?? 0));
  const kept = new Map<string, Set<string>>();
  for (const root of [`${stem}.resume/journal`, `${stem}.live/journal`]) {
    if (!existsSync(root)) continue;
    for (const key of readdirSync(root)) {
      if (done.has(key)) continue;
      const answersOf = kept.get(key) ?? new Set();
      kept.set(key, answersOf);
      for (const segment of readdirSync(join(root, key))) {
        for (const line of lines(join(root, key, segment))) {
          const id = /"key":"([0-9a-f]{64})","n":(\d+)/.exec(line);
          if (id && line.endsWith('}')) answersOf.add(`${id[1]}/${id[2]}`);
        }
      }
    }
  }
  answers += sum([...kept.values()].map((each) => each.size));
  return { done, answers, metrics, wrong };
}

function newestCheckpoint(machine: TestMachine): Inventory {
  const newest = machine.cache.entries().at(-1);
  const directory = mkdtempSync(join(tmpdir(), 'torture-checkpoint-'));
  try {
    if (newest)
      execFileSync('tar', ['-xf', '-', '-C', directory], { input: zstdDecompressSync(newest.archive) });
    return inventory(join(directory, 'tmp/oaievalset'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Asks the real `oaievalset` whether it can load a progress file. */
class ProgressChecker {
  readonly #child;
  readonly #lines;

  constructor(python: string) {
    const program = [
      'import contextlib, io, sys',
      'from evals.cli.oaievalset import Progress',
      'for path in sys.stdin:',
      '    try:',
      '        with contextlib.redirect_stdout(io.StringIO()):',
      '            Progress(path.strip()).load()',
      '        print("", flush=True)',
      '    except Exception as error:',
      '        print(type(error).__name__, str(error).replace("\\n", " "), flush=True)',
    ].join('\n');
    this.#child = spawn(python, ['-c', program], {
      env: { ...process.env, OPENAI_API_KEY: 'unused' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#lines = createInterface({ input: this.#child.stdout });
  }

  /** @returns why not; empty when it can */
  async load(path: string): Promise<string> {
    if (!existsSync(path)) return '';
    const answer = once(this.#lines, 'line');
    this.#child.stdin.write(`${path}\n`);
    return String((await answer)[0]);
  }

  stop(): void {
    this.#child.kill();
  }
}

// ------------------------------------------------------------------------------------------------------- processes

function processesOf(marker: string): number[] {
  const wanted = `${MARKER}=${marker}`;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && read(`/proc/${pid}/environ`).split('\0').includes(wanted))
    .filter(isRunning);
}

/** What is still there when it has had time to notice that its parent is gone. */
async function remaining(marker: string): Promise<string[]> {
  for (let tries = 0; ; tries += 1) {
    const left = processesOf(marker);
    if (left.length === 0 || tries >= 100) return left.map((pid) => `${pid} ${commandOf(pid).slice(0, 120)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const commandOf = (pid: number) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
const parentOf = (pid: number) => Number(/\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1]);

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was quicker.
  }
}

// --------------------------------------------------------------------------------------------------------- chance

/** Small, seeded, good enough to pick moments. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function weighted<T>(items: readonly (readonly [T, number])[], at: number): T {
  let left = at * sum(items.map(([, weight]) => weight));
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return items[0]?.[0] as T;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

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
