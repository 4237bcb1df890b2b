/**
 * The action against plain `oaievalset` and `oaieval`: the same evals, the same interpreter, the same stand-in for the model
 * API in a process of its own, in turns, in one run. The action is its shipped files, run as a runner runs them, main and
 * post; every run of it starts with nothing, and with an empty cache service, unless it says otherwise.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { statePaths } from '../src/progress/paths.ts';
import { readRecordFile } from '../src/record/record-file.ts';
import { EVALS_VERSION, evalsPython } from '../test/helpers/evals-venv.ts';
import { type RunningAction, type RunResult, runAction } from '../test/helpers/runner.ts';
import { startCacheService } from '../test/stand-ins/cache-service.ts';
import type { Counts, Question } from './api-process.ts';
import {
  type Aim,
  aim,
  aims,
  type BenchOptions,
  inTurns,
  median,
  NO_AIM,
  Program,
  type Row,
  type Section,
  section,
  spread,
} from './measure.ts';
import { type Cost, costOf, peakMemory } from './processes.ts';
import type { ScaleCost, ScaleTask } from './scale-process.ts';

/** A set of evals' own. */
const SET = 'raven-matrices';
const SET_EVAL = 'raven-matrices-symbolic-center-single';
const SET_ARGS = ['--max_samples', '5'];
const PARALLEL = ['4', '8'] as const;

/** A set of one eval, whose registry is made here. */
const LARGE = 'bench-large';
const LARGE_KEY = `${LARGE}.dev.v0`;
const IN_FLIGHT = 32;

const SLOW = 0.5;

const TEST_PYTHON = process.env.EVALS_TEST_PYTHON || 'python3';

/** `oaievalset` knows no other place, nor does `oaieval` for its record files. */
const SHARED = '/tmp/oaievalset';
const RECORDS = '/tmp/evallogs';

interface Runs {
  readonly plain: Cost[];
  readonly action: Cost[];
}

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = {
  set: wholeSet,
  memory,
  large: (bench) => largeEval(bench, 0),
  slow: slowEval,
  'no-op': noOp,
  resume: resumeAfterKill,
  scale,
};

export async function evalsetBench(options: BenchOptions): Promise<Section> {
  const unknown = options.parts.find((part) => !Object.hasOwn(PARTS, part));
  if (unknown) throw new Error(`There is no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
  const bench = await Bench.make(options);
  try {
    const rows: Row[] = [];
    for (const [name, part] of Object.entries(PARTS)) {
      if (options.parts.length > 0 && !options.parts.includes(name)) continue;
      rows.push(...(await part(bench)));
    }
    const head = ['what', 'plain evals', 'the action', 'compared'];
    return section('Eval sets', explained(options), head, rows);
  } finally {
    bench.remove();
  }
}

function explained({ pairs }: BenchOptions): string {
  return [
    `Medians of ${pairs} pairs, and from the least to the most. CPU seconds are user and system time of all processes,`,
    'the stand-ins left out. What the action takes holds its main and its post step.',
  ].join('\n');
}

/** Everything that one run of the benchmark has in common. */
class Bench {
  readonly pairs: number;
  readonly samples: number;
  readonly registry: string;
  readonly #python: string;
  readonly #root: string;
  /** Taken for a chat model by its first letters, and used by nobody else. */
  readonly #model = `gpt-4-${randomUUID()}`;

  private constructor({ pairs, samples }: BenchOptions, python: string, root: string) {
    this.pairs = pairs;
    this.samples = samples;
    this.#python = python;
    this.#root = root;
    this.registry = join(root, 'registry');
  }

  static async make(options: BenchOptions): Promise<Bench> {
    const python = await evalsPython();
    const bench = new Bench(options, python, mkdtempSync(join(tmpdir(), 'oaievalset-bench-')));
    writeRegistry(bench.registry, options.samples);
    return bench;
  }

  get model(): string {
    return this.#model;
  }

  get largeSamples(): string {
    return join(this.registry, 'data/bench/large.jsonl');
  }

  directory(): string {
    return mkdtempSync(join(this.#root, 'run-'));
  }

  async withApi<T>(latency: number, work: (api: Api) => Promise<T>): Promise<T> {
    const program = new Program('api-process.ts', [String(latency), this.largeSamples]);
    try {
      const { url } = await program.message<{ url: string }>();
      return await work(new Api(program, url));
    } finally {
      await program.stop();
    }
  }

  /** Runs `oaieval` or `oaievalset` to its end, or until `endWhen` resolves. Returns what it printed. */
  async plain(
    api: Api,
    command: 'oaieval' | 'oaievalset',
    args: readonly string[],
    endWhen?: Promise<unknown>,
  ): Promise<string> {
    const bin = dirname(this.#python);
    const { PATH, HOME, LANG } = process.env;
    const env = { HOME, LANG, PATH: [bin, PATH].join(delimiter), ...api.env };
    const cwd = this.directory();
    const child = spawn(join(bin, command), [this.model, ...args], {
      env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    }
    void endWhen?.then(() => child.kill('SIGKILL'));
    const [code, signal] = await once(child, 'close');
    if (endWhen ? signal !== 'SIGKILL' : code !== 0)
      throw new Error(`${command} ended with ${code}:\n${printed}`);
    return printed;
  }

  /** Runs main and post, or main alone until `killWhen` resolves. */
  async action(api: Api, run: ActionRun): Promise<RunResult> {
    const directory = run.directory ?? this.directory();
    const cache = run.cache === false ? undefined : await startCacheService();
    let running: RunningAction | undefined;
    void run.killWhen?.then(() => running?.kill('SIGKILL'));
    try {
      const result = await runAction({
        directory,
        stateDirectory: run.stateDirectory ?? join(directory, 'state'),
        inputs: { model: this.model, python: this.#python, ...run.inputs },
        // Without a tool cache of the runner the venv of the tests is found.
        env: { ...api.env, ...cache?.env, RUNNER_TOOL_CACHE: '' },
        ...(run.mainOnly ? { phase: 'main' } : {}),
        onLine: (_, its) => {
          running = its;
        },
      });
      const complete = result.exitCode === 0 && result.outputs.complete === 'true';
      if (run.killWhen ? result.signal !== 'SIGKILL' : !complete)
        throw new Error(`the action ended with ${result.exitCode}:\n${result.lines.join('\n')}`);
      return result;
    } finally {
      await cache?.close();
    }
  }

  remove(): void {
    for (const directory of [this.#root, ...this.#left(SHARED), ...this.#left(RECORDS)])
      rmSync(directory, { recursive: true, force: true });
  }

  forgetShared(): void {
    for (const path of this.#left(SHARED)) rmSync(path, { recursive: true, force: true });
  }

  #left(directory: string): string[] {
    if (!existsSync(directory)) return [];
    return readdirSync(directory)
      .filter((name) => name.includes(this.model))
      .map((name) => join(directory, name));
  }
}

interface ActionRun {
  readonly inputs: Readonly<Record<string, string>>;
  /** Where the runner lives; a new place when left out. */
  readonly directory?: string;
  readonly stateDirectory?: string;
  /** False: a job without a cache service. */
  readonly cache?: boolean;
  readonly mainOnly?: boolean;
  readonly killWhen?: Promise<unknown>;
}

class Api {
  readonly #program: Program;
  readonly env: Readonly<Record<string, string>>;

  constructor(program: Program, url: string) {
    this.#program = program;
    this.env = { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: url };
  }

  ask(question: Question): Promise<Counts> {
    return this.#program.ask<Counts>(question);
  }

  /** Runs work, and checks that it has sent so many requests. */
  async expecting<T>(requests: number, work: () => Promise<T>): Promise<T> {
    await this.ask('forget');
    const value = await work();
    const { received } = await this.ask('counts');
    if (received !== requests) throw new Error(`${received} requests were sent, not ${requests}`);
    return value;
  }

  /** What a process that was killed had sent is no more under way. */
  async settled(): Promise<void> {
    while ((await this.ask('counts')).open > 0);
  }
}

/** One eval of so many small chats, each with an answer that the stand-in gives nine times in ten. */
function writeRegistry(registry: string, samples: number): void {
  for (const directory of ['eval_sets', 'evals', 'data/bench'])
    mkdirSync(join(registry, directory), { recursive: true });
  writeFileSync(join(registry, 'eval_sets/bench.yaml'), `${LARGE}:\n  evals:\n    - ${LARGE}\n`);
  writeFileSync(
    join(registry, 'evals/bench.yaml'),
    [
      `${LARGE}:`,
      `  id: ${LARGE_KEY}`,
      '  metrics: [accuracy]',
      `${LARGE_KEY}:`,
      '  class: evals.elsuite.basic.match:Match',
      '  args:',
      '    samples_jsonl: bench/large.jsonl',
      '',
    ].join('\n'),
  );
  const lines = Array.from({ length: samples }, (_, index) => {
    const system =
      'You are asked about countries. Answer with one word, the name of a city, and nothing else.';
    const input = [
      { role: 'system', content: system },
      { role: 'user', content: `What is the capital of country number ${index}?` },
    ];
    return `${JSON.stringify({ input, ideal: `City${index}` })}\n`;
  });
  writeFileSync(join(registry, 'data/bench/large.jsonl'), lines.join(''));
}

async function wholeSet(bench: Bench): Promise<Row[]> {
  const plain: Cost[] = [];
  const action = new Map<string, Cost[]>(PARALLEL.map((parallel) => [parallel, []]));
  let evals = 0;
  await bench.withApi(200, async (api) => {
    const counts = new Set<number>();
    const counted = async <T>(work: () => Promise<T>) => {
      await api.ask('forget');
      const run = await costOf(work);
      counts.add((await api.ask('counts')).received);
      if (counts.size > 1)
        throw new Error(`not the same is sent each time: ${[...counts].join(', ')} requests`);
      return run;
    };
    await inTurns(
      bench.pairs,
      async () => {
        plain.push(await counted(() => bench.plain(api, 'oaievalset', [SET, ...SET_ARGS, '--no-resume'])));
        bench.forgetShared();
      },
      ...PARALLEL.map((parallel) => async () => {
        const run = await counted(() => bench.action(api, { inputs: setInputs(parallel) }));
        evals = Number(run.value.outputs.fresh);
        action.get(parallel)?.push(run);
      }),
    );
  });
  return PARALLEL.map((parallel) => {
    const ours = action.get(parallel) ?? [];
    const what = `\`${SET}\`, ${evals} evals of 5 samples, API at 200 ms, ${parallel} evals at a time`;
    // 4 at a time wait for seven answers, one after the other: with start and end 2.7 s, whatever the work between takes.
    const wanted = parallel === '8' ? fasterBy(12, plain, ours) : NO_AIM;
    return [what, shown(plain), shown(ours), times(plain, ours), wanted];
  });
}

function setInputs(parallel: string): Record<string, string> {
  return { 'eval-set': SET, args: SET_ARGS.join(' '), 'parallel-evals': parallel };
}

/** Apart from what is timed: looking costs time. */
async function memory(bench: Bench): Promise<Row[]> {
  return await bench.withApi(200, async (api) => {
    const plain: number[] = [];
    const action = new Map<string, number[]>(PARALLEL.map((parallel) => [parallel, []]));
    await inTurns(
      bench.pairs,
      async () => {
        plain.push(await peakMemory(() => bench.plain(api, 'oaieval', [SET_EVAL, ...SET_ARGS])));
      },
      ...PARALLEL.map((parallel) => async () => {
        const work = () => bench.action(api, { inputs: setInputs(parallel) });
        action.get(parallel)?.push(await peakMemory(work));
      }),
    );
    return PARALLEL.map((parallel) => {
      const ours = action.get(parallel) ?? [];
      const ratios = ours.map((bytes, index) => bytes / (plain[index] ?? 0));
      return [
        `most memory of its Python processes (PSS), against one \`oaieval\`, ${parallel} evals at a time`,
        megabytes(plain),
        megabytes(ours),
        `${spread(ratios, '', 2)} times as much`,
        aim('<', 2, 'times as much', ratios),
      ];
    });
  });
}

async function largeRuns(bench: Bench, api: Api): Promise<Runs> {
  const runs: Runs = { plain: [], action: [] };
  const records: string[] = [];
  const states: string[] = [];
  await inTurns(
    bench.pairs,
    async () => {
      const record = join(bench.directory(), 'record.jsonl');
      const plain = () => costOf(() => plainLarge(bench, api, record));
      runs.plain.push(await api.expecting(bench.samples, plain));
      records.push(record);
    },
    async () => {
      const directory = bench.directory();
      const ours = () => costOf(() => bench.action(api, { inputs: largeInputs(bench), directory }));
      runs.action.push(await api.expecting(bench.samples, ours));
      states.push(join(directory, 'state'));
    },
  );
  for (const [pair, record] of records.entries()) await sameAccuracy(record, states[pair] ?? '', bench.model);
  return runs;
}

function plainLarge(bench: Bench, api: Api, record: string, endWhen?: Promise<unknown>): Promise<string> {
  const args = [LARGE_KEY, '--registry_path', bench.registry, '--record_path', record];
  return bench.plain(api, 'oaieval', args, endWhen);
}

function largeInputs({ registry }: Bench, args = ''): Record<string, string> {
  return { 'eval-set': LARGE, 'registry-path': registry, args };
}

async function sameAccuracy(record: string, stateDirectory: string, model: string): Promise<void> {
  const plain = (await readRecordFile(record))?.finalReport?.accuracy;
  const { completions } = statePaths(stateDirectory, model, LARGE);
  const ours = (JSON.parse(await readFile(completions, 'utf8')) as { metrics: Record<string, unknown> })
    .metrics;
  if (plain === undefined || plain === 0 || ours.accuracy !== plain)
    throw new Error(`the accuracy is ${plain} with oaieval, ${ours.accuracy} with the action`);
}

async function largeEval(bench: Bench, latency: number): Promise<Row[]> {
  const { plain, action } = await bench.withApi(latency, (api) => largeRuns(bench, api));
  return [
    [
      `one eval of ${whole(bench.samples)} samples, API at ${latency} ms`,
      shown(plain),
      shown(action),
      times(plain, action),
      fasterBy(2.5, plain, action),
    ],
  ];
}

/** Against what nobody can be faster than who has so many requests in flight, and has to start first. */
async function slowEval(bench: Bench): Promise<Row[]> {
  return await bench.withApi(SLOW * 1000, async (api) => {
    const { plain, action } = await largeRuns(bench, api);
    const starts: number[] = [];
    for (let pair = 0; pair < bench.pairs; pair += 1) {
      const run = () => bench.action(api, { inputs: largeInputs(bench, '--max_samples 1') });
      starts.push((await costOf(run)).seconds - SLOW);
    }
    const least = (bench.samples * SLOW) / IN_FLIGHT + median(starts);
    const ratios = action.map(({ seconds }) => seconds / least);
    const what = `one eval of ${whole(bench.samples)} samples, API at ${SLOW * 1000} ms`;
    return [
      [what, shown(plain), shown(action), times(plain, action), NO_AIM],
      [
        `the same against the least that ${IN_FLIGHT} requests in flight and its own start take (${least.toFixed(1)} s, of which start ${spread(starts, ' s')})`,
        '',
        '',
        `${spread(ratios, '', 2)} times as long`,
        aim('≤', 1.25, 'times as long', ratios),
      ],
    ];
  });
}

/** One state that both of them read: the action has done everything in the place of `oaievalset`. */
async function noOp(bench: Bench): Promise<Row[]> {
  return await bench.withApi(0, async (api) => {
    const rows: Row[] = [];
    for (const [python, inputs] of Object.entries(environments())) {
      mkdirSync(SHARED, { recursive: true });
      const directory = bench.directory();
      const run = {
        inputs: { ...setInputs('4'), ...inputs },
        directory,
        stateDirectory: SHARED,
        cache: false,
        mainOnly: true,
      };
      await bench.action(api, run);
      const { plain, action } = await api.expecting(0, () => nothingToDo(bench, api, run));
      bench.forgetShared();
      const what = `\`${SET}\` when all of it is done, main step alone, ${python}`;
      const cpu = action.map((run) => run.cpu);
      const wanted = aims(fasterBy(3, plain, action), aim('<', 0.4, 's of CPU', cpu));
      rows.push([what, shown(plain, 2), shown(action, 2), times(plain, action), wanted]);
    }
    return rows;
  });
}

function environments(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  // Behind a shim (pyenv's) no plan is recalled.
  const program = ['-c', 'import sys; print(sys.executable)'];
  const python = execFileSync(TEST_PYTHON, program, { encoding: 'utf8' }).trim();
  return {
    'evals of its own `python`': {},
    '`evals-version`': { python, 'evals-version': EVALS_VERSION },
  };
}

async function nothingToDo(bench: Bench, api: Api, run: ActionRun): Promise<Runs> {
  const runs: Runs = { plain: [], action: [] };
  const totals = new Set<string | undefined>();
  await inTurns(
    bench.pairs,
    async () => {
      const plain = await costOf(() => bench.plain(api, 'oaievalset', [SET, ...SET_ARGS]));
      const [, done, total] = /(\d+)\/(\d+) evals already completed/.exec(plain.value) ?? [];
      if (done === undefined || done !== total) throw new Error(`not all was done:\n${plain.value}`);
      totals.add(total);
      runs.plain.push(plain);
    },
    async () => {
      const action = await costOf(() => bench.action(api, run));
      totals.add(action.value.outputs.reused);
      runs.action.push(action);
    },
  );
  if (totals.size !== 1) throw new Error(`not all was reused: ${[...totals].join(', ')}`);
  return runs;
}

async function resumeAfterKill(bench: Bench): Promise<Row[]> {
  return await bench.withApi(100, async (api) => {
    const plain: (Cost & Counts)[] = [];
    const action: (Cost & Counts)[] = [];
    const half: Question = `answered ${bench.samples / 2}`;
    const again = async (work: () => Promise<unknown>) => {
      await api.settled();
      await api.ask('forget');
      return { ...(await costOf(work)), ...(await api.ask('counts')) };
    };
    await inTurns(
      bench.pairs,
      async () => {
        const record = join(bench.directory(), 'record.jsonl');
        await api.ask('forget');
        await plainLarge(bench, api, record, api.ask(half));
        plain.push(await again(() => plainLarge(bench, api, record)));
      },
      async () => {
        const run = { inputs: largeInputs(bench), directory: bench.directory() };
        await api.ask('forget');
        await bench.action(api, { ...run, mainOnly: true, killWhen: api.ask(half) });
        action.push(await again(() => bench.action(api, run)));
      },
    );
    const received = (runs: readonly Counts[]) => runs.map((run) => run.received);
    return [
      [
        `the second run of one eval of ${whole(bench.samples)} samples that was killed at ${whole(bench.samples / 2)} answers, API at 100 ms`,
        shown(plain),
        shown(action),
        times(plain, action),
        NO_AIM,
      ],
      [
        'requests that the second run sends',
        spread(received(plain), '', 0),
        spread(received(action), '', 0),
        '',
        NO_AIM,
      ],
    ];
  });
}

const FILES = 16;
const FILE_SIZE = 64 * 1024 ** 2;

/** Evals of a set: what takes time in proportion takes five times as long for the second. */
const SIZES = [2000, 10_000] as const;
const SCALE = SIZES[1] / SIZES[0];

const SCALED: Readonly<Record<Exclude<ScaleTask, 'write' | 'fingerprint'>, string>> = {
  plan: 'making the plan of {} evals from what Python says',
  recall: 'saving the plan of {} evals, reading and recalling it',
  open: 'reading the state of {} evals, deciding what is to do, and in which order',
  removed: 'the same of {} evals whose lines were all removed from the progress file',
  append: 'completing {} evals, of which each waits for the disk twice',
  merge: 'merging a checkpoint of {} evals into a state where a quarter is done and a quarter removed',
};

async function scale(bench: Bench): Promise<Row[]> {
  return [...(await largeSets(bench)), await largeFiles(bench)];
}

async function largeSets(bench: Bench): Promise<Row[]> {
  const states = new Map<number, string>();
  for (const size of SIZES) {
    const directory = bench.directory();
    await scaled('write', directory, String(size));
    states.set(size, directory);
  }
  const rows: Row[] = [];
  for (const [task, what] of Object.entries(SCALED)) {
    const costs = new Map<number, ScaleCost[]>(SIZES.map((size) => [size, []]));
    const runs = SIZES.map((size) => async () => {
      costs.get(size)?.push(await scaled(task as ScaleTask, states.get(size) ?? '', String(size)));
    });
    await inTurns(bench.pairs, ...runs);
    const [few = [], many = []] = SIZES.map((size) => costs.get(size) ?? []);
    const seconds = (of: readonly ScaleCost[]) => of.map((cost) => cost.seconds);
    const memory = many.map((cost) => cost.memory);
    const grown = median(seconds(many)) / median(seconds(few));
    rows.push([
      what.replace('{}', SIZES.map(whole).join(' and ')),
      '',
      `${spread(seconds(few), ' s', 2)} and ${spread(seconds(many), ' s', 2)}, ${megabytes(memory)}`,
      `${grown.toFixed(1)} times as long for ${SCALE} times as many`,
      aims(
        aim('<', 1.5 * SCALE, 'times as long', grown),
        // Completions are written as evals end, not all at once.
        ...(task === 'append' ? [] : [aim('<', 2, 's', seconds(many))]),
        aim(
          '<',
          300,
          'MB',
          memory.map((bytes) => bytes / 1024 ** 2),
        ),
      ),
    ]);
  }
  return rows;
}

async function largeFiles(bench: Bench): Promise<Row> {
  const directory = bench.directory();
  const line = `${JSON.stringify({ input: 'x'.repeat(400), ideal: 'y'.repeat(80) })}\n`;
  const content = Buffer.alloc(FILE_SIZE, line);
  const files = Array.from({ length: FILES }, (_, index) => {
    const path = join(directory, `${index}.jsonl`);
    content.write(String(index).padStart(8, '0'), 12);
    writeFileSync(path, content);
    return path;
  });
  const hashed: number[] = [];
  const fingerprinted: number[] = [];
  const rate = (seconds: number) => (FILES * FILE_SIZE) / 1e6 / seconds;
  // The first run reads what the disk has still to write; none is to be the first.
  await scaled('fingerprint', directory, ...files);
  await inTurns(
    bench.pairs,
    async () => {
      const sum = () => once(spawn('sha256sum', files, { stdio: 'ignore' }), 'close');
      hashed.push(rate((await costOf(sum)).seconds));
    },
    async () => {
      fingerprinted.push(rate((await scaled('fingerprint', directory, ...files)).seconds));
    },
  );
  rmSync(directory, { recursive: true });
  const ratios = fingerprinted.map((mine, index) => mine / (hashed[index] ?? 0));
  return [
    'fingerprints of 1 GB of data files in the page cache, against `sha256sum`',
    spread(hashed, ' MB/s', 0),
    spread(fingerprinted, ' MB/s', 0),
    `${spread(ratios, '', 2)} times as fast`,
    aim('≥', 1, 'times as fast', ratios),
  ];
}

async function scaled(task: ScaleTask, ...args: string[]): Promise<ScaleCost> {
  const program = new Program('scale-process.ts', [task, ...args]);
  const cost = await program.message<ScaleCost>();
  await program.stop();
  return cost;
}

function shown(costs: readonly Cost[], digits = 1): string {
  const seconds = costs.map((cost) => cost.seconds);
  const cpu = median(costs.map((cost) => cost.cpu));
  return `${spread(seconds, ' s', digits)}, CPU ${cpu.toFixed(digits)} s`;
}

function times(plain: readonly Cost[], ours: readonly Cost[]): string {
  return `${spread(speedups(plain, ours))} times as fast`;
}

function fasterBy(factor: number, plain: readonly Cost[], ours: readonly Cost[]): Aim {
  return aim('≥', factor, 'times as fast', speedups(plain, ours));
}

function speedups(plain: readonly Cost[], ours: readonly Cost[]): number[] {
  return ours.map(({ seconds }, pair) => (plain[pair]?.seconds ?? Number.NaN) / seconds);
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const megabytes = (bytes: readonly number[]) =>
  spread(
    bytes.map((each) => each / 1024 ** 2),
    ' MB',
    0,
  );
