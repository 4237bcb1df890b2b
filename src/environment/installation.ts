import type { InstallerLog } from './installer-log.ts';
import {
  type EnvironmentRequest,
  type NeededModules,
  type PythonEnvironment,
  prepareEnvironment,
} from './prepare-environment.ts';

/** The Python environment of a run. It is prepared when it is first asked for, and grows when the evals need more. */
export class Installation {
  readonly #request: EnvironmentRequest;
  readonly #log: InstallerLog;
  #modules: NeededModules = [];
  #prepared: Promise<PythonEnvironment> | undefined;

  constructor(request: EnvironmentRequest, log: InstallerLog) {
    this.#request = request;
    this.#log = log;
  }

  /** @throws ActionError, as `prepareEnvironment` does */
  environment(): Promise<PythonEnvironment> {
    this.#prepared ??= prepareEnvironment(this.#request, this.#log, this.#modules);
    return this.#prepared;
  }

  /**
   * Installs the locked packages that have these modules. All of them, when that was tried before for the same modules.
   *
   * @returns whether the environment is another one now
   * @throws ActionError INSTALL_FAILED
   */
  async add(modules: readonly string[]): Promise<boolean> {
    if (modules.length === 0 || (await this.environment()).isComplete) return false;
    const before = this.#modules === 'all' ? [] : this.#modules;
    const isNew = modules.some((name) => !before.includes(name));
    this.#modules = isNew ? [...new Set([...before, ...modules])].sort() : 'all';
    this.#prepared = undefined;
    await this.environment();
    return true;
  }
}
