/** One machine for one test: a runner's directory, a state directory, a cache service and a model API of its own. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningAction, type RunOptions, type RunResult, runAction } from '../helpers/runner.ts';
import {
  type CacheService,
  type CacheServiceOptions,
  startCacheService,
} from '../stand-ins/cache-service.ts';
import { type ModelApi, type ModelApiOptions, startModelApi } from '../stand-ins/model-api.ts';

/** What a concurrent test has to use instead of the global hook. */
interface Cleanup {
  readonly onTestFinished: (work: () => void | Promise<void>) => void;
}

export interface BedOptions {
  readonly python: string;
  readonly model?: string;
  readonly evalSet?: string;
  /** Defaults of every run. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** A place of its own unless said otherwise: `/tmp/oaievalset` is shared by the whole machine. */
  readonly stateDirectory?: string;
  readonly cache?: CacheServiceOptions;
  /** Left out, the environment names no API: for models that answer by themselves. */
  readonly api?: ModelApiOptions;
}

export type BedRun = Partial<Omit<RunOptions, 'directory' | 'stateDirectory'>> & {
  /** False: a job without a cache service. */
  readonly cache?: boolean;
};

/** A completion record as `completions.jsonl` holds it; only what tests look at. */
export interface KeptRecord {
  readonly eval: string;
  readonly argv: readonly string[];
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly ended: string;
}

export class Bed {
  readonly directory: string;
  readonly stateDirectory: string;
  readonly cache: CacheService;
  readonly #options: BedOptions;
  readonly #api: ModelApi | undefined;

  private constructor(
    directory: string,
    options: BedOptions,
    cache: CacheService,
    api: ModelApi | undefined,
  ) {
    this.directory = directory;
    this.stateDirectory = options.stateDirectory ?? join(directory, 'state');
    this.cache = cache;
    this.#options = options;
    this.#api = api;
  }

  static async make({ onTestFinished }: Cleanup, options: BedOptions): Promise<Bed> {
    const directory = scratch({ onTestFinished });
    const cache = await startCacheService(options.cache);
    onTestFinished(() => cache.close());
    const api = options.api && (await startModelApi(options.api));
    if (api) onTestFinished(() => api.close());
    return new Bed(directory, options, cache, api);
  }

  get api(): ModelApi {
    if (!this.#api) throw new Error('this bed has no model API');
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

  run(run: BedRun = {}): Promise<RunResult> {
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
        // One at a time, in the order of the set, tests know what has run when; what runs side by side has its own.
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
  start(run: BedRun = {}): { readonly main: Promise<RunningAction>; readonly ended: Promise<RunResult> } {
    const { promise: main, resolve, reject } = Promise.withResolvers<RunningAction>();
    main.catch(() => {});
    const ended = this.run({ ...run, onLine: (_line, running) => resolve(running) });
    ended.then(() => reject(new Error('the action ended without a word')), reject);
    return { main, ended };
  }

  /**
   * Runs the action until an answer is held back, does something to it then, and waits for its end. An action that ends
   * before any answer is held fails the test with its output.
   */
  async runUntilHeld(act: (main: RunningAction) => void, run: BedRun = {}): Promise<RunResult> {
    const { main, ended } = this.start(run);
    const first = await Promise.race([this.api.untilHeld(), ended]);
    if (first) throw new Error(`the action ended before an answer was held:\n${first.lines.join('\n')}`);
    act(await main);
    return ended;
  }

  /** A machine that knows nothing: as a new job on a hosted runner. */
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

  records(): KeptRecord[] {
    const path = this.path('resume/completions.jsonl');
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as KeptRecord);
  }

  /** Names of what was set aside in the state directory. */
  rejected(): string[] {
    if (!existsSync(this.stateDirectory)) return [];
    return readdirSync(this.stateDirectory, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.rejected-[^/]*$/.test(name),
    );
  }
}

/** A new directory that is removed when the test ends. Its path holds no links, as a runner's. */
export function scratch({ onTestFinished }: Cleanup): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'oaievalset-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/** The output of main and post, for the message of an assertion. */
export function logOf(result: RunResult): string {
  return [...result.lines, '--- post', ...(result.post?.lines ?? [])].join('\n');
}

/** Evals that the log says run again, with the reason behind `runs again, `. */
export function runsAgain(result: RunResult): Record<string, string> {
  const lines = result.lines.flatMap((line) => {
    const [, name, why] = /^(\S+): runs again, (.*)$/.exec(line) ?? [];
    return name === undefined || why === undefined ? [] : [[name, why] as const];
  });
  return Object.fromEntries(lines);
}
