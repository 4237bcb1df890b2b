import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { evalsPython } from '../../test/helpers/evals-venv.ts';
import { type RunningAction, type RunResult, runAction } from '../../test/helpers/runner.ts';
import { startCacheService } from '../../test/stand-ins/cache-service.ts';
import type { BenchOptions } from '../measure.ts';
import { Api } from './api.ts';
import { largeSamples, writeLargeRegistry } from './large-registry.ts';

/** Where `oaievalset` keeps its progress files, and `oaieval` its record files. Neither can be changed. */
export const OAIEVALSET_DIRECTORY = '/tmp/oaievalset';
const RECORDS_DIRECTORY = '/tmp/evallogs';

/** One run of the action. */
export interface ActionRun {
  readonly inputs: Readonly<Record<string, string>>;
  /** A directory with action.yml and dist/. The default is this repository. */
  readonly action?: string;
  /** Where the runner keeps its workspace and temporary files. The default is a new directory. */
  readonly directory?: string;
  /** The default is a directory of that runner. */
  readonly stateDirectory?: string;
  /** False: a job without a cache service. */
  readonly cache?: boolean;
  readonly mainOnly?: boolean;
  /** Further variables of the machine. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kills main with SIGKILL when it resolves. */
  readonly killWhen?: Promise<unknown>;
}

/** What all parts share: the interpreter, the model's name, a registry with a large eval, and how to run things. */
export class Bench {
  readonly options: BenchOptions;
  readonly registry: string;
  /** No other process uses this name. Because of its first letters, evals takes it for a chat model. */
  readonly model = `gpt-4-${randomUUID()}`;
  readonly #python: string;
  readonly #root: string;

  private constructor(options: BenchOptions, python: string, root: string) {
    this.options = options;
    this.#python = python;
    this.#root = root;
    this.registry = join(root, 'registry');
  }

  static async make(options: BenchOptions): Promise<Bench> {
    const root = mkdtempSync(join(tmpdir(), 'oaievalset-bench-'));
    const bench = new Bench(options, await evalsPython(), root);
    writeLargeRegistry(bench.registry, options.samples);
    return bench;
  }

  get pairs(): number {
    return this.options.pairs;
  }

  /** Samples of the large eval. */
  get samples(): number {
    return this.options.samples;
  }

  /** Makes a new directory that is removed with the bench. */
  directory(): string {
    return mkdtempSync(join(this.#root, 'run-'));
  }

  /** Gives `work` an API with this latency. */
  withApi<T>(latencyMs: number, work: (api: Api) => Promise<T>): Promise<T> {
    return Api.use(latencyMs, largeSamples(this.registry), work);
  }

  /** Runs `oaieval` or `oaievalset` to its end, or until `killWhen` resolves. @returns its output */
  async plain(
    api: Api,
    command: 'oaieval' | 'oaievalset',
    args: readonly string[],
    killWhen?: Promise<unknown>,
  ): Promise<string> {
    const bin = dirname(this.#python);
    const { PATH, HOME, LANG } = process.env;
    const child = spawn(join(bin, command), [this.model, ...args], {
      env: { HOME, LANG, PATH: [bin, PATH].join(delimiter), ...api.env },
      cwd: this.directory(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    void killWhen?.then(() => child.kill('SIGKILL'));
    const [code, signal] = await once(child, 'close');
    if (killWhen ? signal !== 'SIGKILL' : code !== 0)
      throw new Error(`${command} ended with ${signal ?? `code ${code}`}:\n${output}`);
    return output;
  }

  /** Runs main and post to their ends, and checks that the set is complete; or runs main until `killWhen` resolves. */
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
        // Without a tool cache the action uses the venvs that the tests have made.
        env: { ...api.env, ...cache?.env, RUNNER_TOOL_CACHE: '', ...run.env },
        ...(run.action === undefined ? {} : { action: run.action }),
        ...(run.mainOnly ? { phase: 'main' } : {}),
        onLine: (_, current) => {
          running = current;
        },
      });
      const complete = result.exitCode === 0 && result.outputs.complete === 'true';
      if (run.killWhen ? result.signal !== 'SIGKILL' : !complete)
        throw new Error(
          `The action ended with ${result.signal ?? `code ${result.exitCode}`}:\n${result.lines.join('\n')}`,
        );
      return result;
    } finally {
      await cache?.close();
    }
  }

  /** Removes what `oaievalset` knows about this model. */
  forgetProgress(): void {
    this.#removeFrom(OAIEVALSET_DIRECTORY);
  }

  /** Removes everything that the benchmark has written. */
  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
    for (const directory of [OAIEVALSET_DIRECTORY, RECORDS_DIRECTORY]) this.#removeFrom(directory);
  }

  #removeFrom(directory: string): void {
    if (!existsSync(directory)) return;
    for (const name of readdirSync(directory).filter((each) => each.includes(this.model)))
      rmSync(join(directory, name), { recursive: true, force: true });
  }
}
