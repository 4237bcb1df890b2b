/** The machine of one test, with its own runner, state directory, cache service and model API. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CacheService,
  type CacheServiceOptions,
  startCacheService,
} from '../stand-ins/cache-service.ts';
import { type ModelApi, type ModelApiOptions, startModelApi } from '../stand-ins/model-api.ts';
import { readManifest } from './action-manifest.ts';
import { type RunningAction, type RunOptions, type RunResult, runAction } from './runner.ts';
import { type Cleanup, temporaryDirectory } from './temporary-directory.ts';
import { until } from './waiting.ts';

export interface MachineOptions {
  readonly python: string;
  readonly model?: string;
  readonly evalSet?: string;
  /** The inputs of every run, which a run may override. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The default is a directory of this machine, not `/tmp/oaievalset`, which all tests would share. */
  readonly stateDirectory?: string;
  readonly cache?: CacheServiceOptions;
  /** Without it, the environment names no API. Models such as `dummy` need none. */
  readonly api?: ModelApiOptions;
}

export type MachineRun = Partial<Omit<RunOptions, 'stateDirectory'>> & {
  /** False: a job without a cache service. */
  readonly cache?: boolean;
};

/** A known point of a run, at which it waits because the API holds responses back. */
export interface RunPoint {
  /** The API holds back at least this many responses. */
  readonly held: number;
  /** The API has sent exactly this many, and holds all later ones. Without it, the test decides which are held. */
  readonly answered?: number;
}

/** The fields of a completion record in `completions.jsonl` that tests read. */
export interface SavedRecord {
  readonly eval: string;
  readonly argv: readonly string[];
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly requests: { readonly sent: number; readonly replayed: number } | null;
  readonly tokens: { readonly total: number };
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
    if (!this.#api) throw new Error('This machine has no model API: pass the option api.');
    return this.#api;
  }

  /**
   * The path of a file of this model and eval set, such as `progress.txt` or `resume/completions.jsonl`.
   * @param shard such as `2/3`; undefined: the whole set
   */
  path(name: string, shard?: string): string {
    const base = shard === undefined ? '' : `shard-${shard.replace('/', '-of-')}`;
    return join(this.stateDirectory, base, `${this.model}.${this.evalSet}.${name}`);
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
      inputs: { ...this.#inputsOf(rest.action), ...inputs },
      env: {
        OPENAI_API_KEY: 'x',
        ...(this.#api ? { OPENAI_BASE_URL: this.#api.url } : {}),
        ...(cache ? this.cache.env : {}),
        ...options.env,
        ...env,
      },
    });
  }

  /** The inputs of every run, without those that another action of this repository does not have. */
  #inputsOf(action: string | undefined): Record<string, string> {
    const { python, inputs } = this.#options;
    const all = {
      model: this.model,
      'eval-set': this.evalSet,
      python,
      // With one eval at a time, evals run in the order of the set. Tests that need more override this.
      'parallel-evals': '1',
      ...inputs,
    };
    if (action === undefined) return all;
    const { inputs: known } = readManifest(readFileSync(join(action, 'action.yml'), 'utf8'));
    return Object.fromEntries(Object.entries(all).filter(([name]) => name in known));
  }

  /** Starts main and post. `main` resolves with a handle as soon as the action prints a line. */
  start(run: MachineRun = {}): { readonly main: Promise<RunningAction>; readonly ended: Promise<RunResult> } {
    const { promise: main, resolve, reject } = Promise.withResolvers<RunningAction>();
    main.catch(() => {});
    const ended = this.run({ ...run, onLine: (_line, running) => resolve(running) });
    ended.then(() => reject(new Error('The action ended before it printed a line.')), reject);
    return { main, ended };
  }

  /** Starts the action and waits for a point. Rejects with the output if the action ends before that point. */
  async startUntil(
    { held, answered }: RunPoint,
    run: MachineRun = {},
  ): Promise<{ readonly main: RunningAction; readonly ended: Promise<RunResult> }> {
    if (answered !== undefined) this.api.holdAfter(answered);
    const { main, ended } = this.start(run);
    const reached = answered === undefined ? this.api.untilHeld(held) : this.untilAnswered(answered, held);
    const early = await Promise.race([reached, ended]);
    if (early)
      throw new Error(`The action ended before the API held ${held} responses back:\n${logOf(early)}`);
    return { main: await main, ended };
  }

  /** Runs the action until a point, calls `act` there, and waits for the end of the action. */
  async runUntil(
    point: RunPoint,
    act: (main: RunningAction) => unknown,
    run: MachineRun = {},
  ): Promise<RunResult> {
    const { main, ended } = await this.startUntil(point, run);
    await act(main);
    return ended;
  }

  /** Resolves when the API has sent `answered` responses, and holds back at least `held`. */
  async untilAnswered(answered: number, held: number): Promise<void> {
    await this.api.untilHeld(held);
    await until(`the API has sent ${answered} responses`, () => this.api.counts().answered === answered);
  }

  /** Resolves when no client waits for a response that is held back, because the clients have ended. */
  untilNoneHeld(): Promise<boolean> {
    return until('no client waits for a response that is held back', () => this.api.counts().held === 0);
  }

  /** Removes the state directory, so that the next job starts like one on a new hosted runner. */
  forgetState(): void {
    rmSync(this.stateDirectory, { recursive: true, force: true });
  }

  /** The keys of the evals in the progress file, in its order. */
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

  /** The names of quarantined files in the state directory. */
  quarantined(): string[] {
    if (!existsSync(this.stateDirectory)) return [];
    return readdirSync(this.stateDirectory, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.rejected-[^/]*$/.test(name),
    );
  }

  /** The journal segments that are not sealed. */
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

/** The error and warning annotations of main and post, as `level: message`. */
export function annotations(result: RunResult): string[] {
  return [...result.annotations, ...(result.post?.annotations ?? [])]
    .filter(({ level }) => level !== 'notice')
    .map(({ level, message }) => `${level}: ${message}`);
}

/**
 * The evals that run again according to the log, with the reason that it gives.
 * @param evalSet the evals of the set, which the log does not name if all of them run again for one reason
 */
export function runsAgain(result: RunResult, evalSet: readonly string[] = []): Record<string, string> {
  const lines = result.lines.flatMap((line) => {
    const [, , all] = /^All (\d+) evals run again: (.*)$/.exec(line) ?? [];
    if (all !== undefined) return evalSet.map((name) => [name, all] as const);
    const [, why = '', names] = /^\d+ evals run again, (.*): ([^:]+)$/.exec(line) ?? [];
    if (names !== undefined) return names.split(', ').map((name) => [name, why] as const);
    const [, name, reason] = /^(\S+): runs again, (.*)$/.exec(line) ?? [];
    return name === undefined || reason === undefined ? [] : [[name, reason] as const];
  });
  return Object.fromEntries(lines);
}
