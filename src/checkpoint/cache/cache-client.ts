import { join } from 'node:path';
import { actionRoot } from '../../action-root.ts';
import { ARCHIVES, FILES, inPrivateDirectory, PROGRAMS } from '../private-directory.ts';
import { clientEnvironment, toolEnvironment } from './child-environment.ts';
import type { Limit } from './limit.ts';
import { type CacheTrouble, failed, STOPPED, type WorkerResponse } from './outcome.ts';
import type { WorkerRequest } from './protocol.ts';
import { findTools, type Packing, pathFor, type Tools } from './tools.ts';
import { runWorker } from './worker-process.ts';

export interface CacheClientOptions {
  /** The job's environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly temporaryDirectory: string;
  /** A secret that no child may get; empty: there is none. */
  readonly encryptionKey: string;
  readonly workerPath: string | undefined;
}

/** GitHub's cache client in a child process for each request, and the tools that it packs with. */
export class CacheClient {
  /** Texts that must not be in a message. */
  readonly secrets: readonly string[];
  /** The environment of tar. */
  readonly toolEnvironment: NodeJS.ProcessEnv;
  readonly #env: NodeJS.ProcessEnv;
  readonly #temporaryDirectory: string;
  readonly #program: string;
  #tools: Tools | undefined;

  constructor({
    env,
    temporaryDirectory,
    encryptionKey,
    workerPath = join(actionRoot(), 'dist/cache-worker/index.js'),
  }: CacheClientOptions) {
    this.secrets = [env.ACTIONS_RUNTIME_TOKEN ?? '', encryptionKey];
    this.#env = clientEnvironment(env, encryptionKey);
    this.toolEnvironment = toolEnvironment(this.#env);
    this.#temporaryDirectory = temporaryDirectory;
    this.#program = workerPath;
  }

  /** Whether the job has a cache service. The client knows that too, but only in a process of its own. */
  get hasService(): boolean {
    return Boolean(this.#env.ACTIONS_RESULTS_URL || this.#env.ACTIONS_CACHE_URL);
  }

  /** What this machine packs with. It is tried once; a failure is `unavailable`, and says what to install. */
  async packing(limit: Limit): Promise<Packing | CacheTrouble> {
    if (!this.#tools) {
      const found = await this.#inDirectory(limit, (directory) =>
        findTools(this.toolEnvironment, join(directory, FILES), limit.stop),
      );
      if ('kind' in found) return found;
      this.#tools = found;
    }
    if ('packing' in this.#tools) return this.#tools.packing;
    return { kind: 'unavailable', cause: this.#tools.problem, canBeFixed: true };
  }

  /** @param directory the private directory of the operation */
  async request(
    request: WorkerRequest,
    directory: string,
    packing: Packing,
    limit: Limit,
  ): Promise<WorkerResponse> {
    const { timeoutMs, late, signal } = limit;
    const cwd = join(directory, FILES);
    const run = await runWorker(request, {
      program: this.#program,
      cwd,
      env: await this.#environment(directory, cwd, packing),
      late,
      signal,
    });
    return { run, timeoutMs, secrets: this.secrets };
  }

  async requestWithoutFiles(
    request: WorkerRequest,
    packing: Packing,
    limit: Limit,
  ): Promise<WorkerResponse | CacheTrouble> {
    return this.#inDirectory(limit, (directory) => this.request(request, directory, packing, limit));
  }

  /**
   * The client names the files of an archive relative to GITHUB_WORKSPACE, finds them relative to the working directory,
   * and leaves temporary directories behind in RUNNER_TEMP. All three are in the private directory of the operation.
   */
  async #environment(directory: string, workspace: string, packing: Packing): Promise<NodeJS.ProcessEnv> {
    const path = this.#env.PATH ?? '';
    const preferred = this.#tools && 'packing' in this.#tools ? this.#tools.preferred : packing;
    return {
      ...this.#env,
      PATH: packing === preferred ? path : await pathFor(packing, path, join(directory, PROGRAMS)),
      GITHUB_WORKSPACE: workspace,
      RUNNER_TEMP: join(directory, ARCHIVES),
      // Only this log has the responses of the storage. cause.ts reads it; it is not shown.
      AZURE_LOG_LEVEL: 'info',
    };
  }

  #inDirectory<T>(limit: Limit, work: (directory: string) => Promise<T>): Promise<T | CacheTrouble> {
    if (limit.signal?.aborted) return Promise.resolve(failed(STOPPED));
    return inPrivateDirectory(this.#temporaryDirectory, limit, this.secrets, work);
  }
}
