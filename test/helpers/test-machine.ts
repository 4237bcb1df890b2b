/** One machine for one test: a runner's directory, a state directory, a cache service and a model API of its own. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CacheService,
  type CacheServiceOptions,
  startCacheService,
} from '../stand-ins/cache-service.ts';
import { type ModelApi, type ModelApiOptions, startModelApi } from '../stand-ins/model-api.ts';
import { type RunningAction, type RunOptions, type RunResult, runAction } from './runner.ts';
import { type Cleanup, temporaryDirectory } from './temporary-directory.ts';
import { until } from './waiting.ts';

export interface MachineOptions {
  readonly python: string;
  readonly model?: string;
  readonly evalSet?: string;
  /** Defaults of every run. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** One of its own when left out: `/tmp/oaievalset` is shared by the whole machine. */
  readonly stateDirectory?: string;
  readonly cache?: CacheServiceOptions;
  /** When left out, the environment names no API: for models that answer by themselves. */
  readonly api?: ModelApiOptions;
}

export type MachineRun = Partial<Omit<RunOptions, 'directory' | 'stateDirectory'>> & {
  /** False: a job without a cache service. */
  readonly cache?: boolean;
};

/** A known point of a run: the API holds responses back there, so that the run waits. */
export interface RunPoint {
  /** The API holds at least this many responses back. */
  readonly held: number;
  /** And has given exactly this many: all that follow are held. Left out, the test says what is held. */
  readonly answered?: number;
}

/** A completion record as `completions.jsonl` holds it; only what tests look at. */
export interface SavedRecord {
  readonly eval: string;
  readonly argv: readonly string[];
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly ended: string;
}

export class TestMachine {
  readonly directory: string;
  readonly stateDirectory: string;
  readonly cache: CacheService;
  readonly #options: MachineOptions;
  readonly #api: ModelApi | undefined;

  private constructor(
    directory: string,
    options: MachineOptions,
    cache: CacheService,
    api: ModelApi | undefined,
  ) {
    this.directory = directory;
    this.stateDirectory = options.stateDirectory ?? join(directory, 'state');
    this.cache = cache;
    this.#options = options;
    this.#api = api;
  }

  static async make(cleanup: Cleanup, options: MachineOptions): Promise<TestMachine> {
    const directory = temporaryDirectory(cleanup);
    const cache = await startCacheService(options.cache);
    cleanup.onTestFinished(() => cache.close());
    const api = options.api && (await startModelApi(options.api));
    if (api) cleanup.onTestFinished(() => api.close());
    return new TestMachine(directory, options, cache, api);
  }

  get api(): ModelApi {
    if (!this.#api) throw new Error('this machine has no model API');
    return this.#api;
  }

  /** Where one of the files of the (model, eval set) is: `progress.txt`, `resume/completions.jsonl`. */
  path(name: string): string {
    return join(this.stateDirectory, `${this.model}.${this.evalSet}.${name}`);
  }

  get model(): string {
    return this.#options.model ?? 'dummy';
  }

  get evalSet(): string {
    return this.#options.evalSet ?? 'test-basic';
  }

  run(run: MachineRun = {}): Promise<RunResult> {
    const { cache = true, inputs, env, ...rest } = run;
    const options = this.#options;
    return runAction({
      directory: this.directory,
      stateDirectory: this.stateDirectory,
      ...rest,
      inputs: {
        model: this.model,
        'eval-set': this.evalSet,
        python: options.python,
        // One eval at a time, in the order of the set: a test knows what has run when. Others set their own number.
        'parallel-evals': '1',
        ...options.inputs,
        ...inputs,
      },
      env: {
        OPENAI_API_KEY: 'x',
        ...(this.#api ? { OPENAI_BASE_URL: this.#api.url } : {}),
        ...(cache ? this.cache.env : {}),
        ...options.env,
        ...env,
      },
    });
  }

  /** Runs main and post, and gives a handle on main as soon as it prints. */
  start(run: MachineRun = {}): { readonly main: Promise<RunningAction>; readonly ended: Promise<RunResult> } {
    const { promise: main, resolve, reject } = Promise.withResolvers<RunningAction>();
    main.catch(() => {});
    const ended = this.run({ ...run, onLine: (_line, running) => resolve(running) });
    ended.then(() => reject(new Error('the action ended before it printed a line')), reject);
    return { main, ended };
  }

  /** Starts the action and waits for a point. An action that ends before it fails the test with its output. */
  async startUntil(
    { held, answered }: RunPoint,
    run: MachineRun = {},
  ): Promise<{ readonly main: RunningAction; readonly ended: Promise<RunResult> }> {
    if (answered !== undefined) this.api.holdAfter(answered);
    const { main, ended } = this.start(run);
    const reached = answered === undefined ? this.api.untilHeld(held) : this.untilAnswered(answered, held);
    const early = await Promise.race([reached, ended]);
    if (early) throw new Error(`the action ended before ${held} responses were held:\n${logOf(early)}`);
    return { main: await main, ended };
  }

  /** Runs the action until a point, does something to it there, and waits for its end. */
  async runUntil(
    point: RunPoint,
    act: (main: RunningAction) => unknown,
    run: MachineRun = {},
  ): Promise<RunResult> {
    const { main, ended } = await this.startUntil(point, run);
    await act(main);
    return ended;
  }

  /** Resolves when the API has given this many responses, and holds at least this many back. */
  async untilAnswered(answered: number, held: number): Promise<void> {
    await this.api.untilHeld(held);
    await until(`the API has given ${answered} responses`, () => this.api.counts().answered === answered);
  }

  /** Resolves when no client waits for a response that is held back: what sent the requests is gone. */
  untilNoneHeld(): Promise<boolean> {
    return until('no client waits for a response any more', () => this.api.counts().held === 0);
  }

  /** Makes it a machine that knows nothing: as a new job on a hosted runner. */
  forgetState(): void {
    rmSync(this.stateDirectory, { recursive: true, force: true });
  }

  /** Eval keys of the progress file, in its order. Every line has to be what `oaievalset` can read. */
  doneEvals(): string[] {
    const path = this.path('progress.txt');
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as string[])[2] ?? '');
  }

  records(): SavedRecord[] {
    const path = this.path('resume/completions.jsonl');
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as SavedRecord);
  }

  /** Names of what is quarantined in the state directory. */
  quarantined(): string[] {
    if (!existsSync(this.stateDirectory)) return [];
    return readdirSync(this.stateDirectory, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.rejected-[^/]*$/.test(name),
    );
  }

  /** Segments of journals in which an eval is recording. None when the state was sealed. */
  openSegments(): string[] {
    const live = this.path('live');
    if (!existsSync(live)) return [];
    return readdirSync(live, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /^journal\/.*\.jsonl$/.test(name),
    );
  }
}

/** The output of main and post, for the message of an assertion. */
export function logOf(result: RunResult): string {
  return [...result.lines, '--- post', ...(result.post?.lines ?? [])].join('\n');
}

/** Error and warning annotations of main and post, `level: message`. */
export function annotations(result: RunResult): string[] {
  return [...result.annotations, ...(result.post?.annotations ?? [])]
    .filter(({ level }) => level !== 'notice')
    .map(({ level, message }) => `${level}: ${message}`);
}

/** Evals that the log says run again, with the reason behind `runs again, `. */
export function runsAgain(result: RunResult): Record<string, string> {
  const lines = result.lines.flatMap((line) => {
    const [, name, why] = /^(\S+): runs again, (.*)$/.exec(line) ?? [];
    return name === undefined || why === undefined ? [] : [[name, why] as const];
  });
  return Object.fromEntries(lines);
}
