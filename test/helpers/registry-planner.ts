/** Plans of registries, as src/plan/read-registry-plan.ts reads them with the evals that the tests use. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ActionError } from '../../src/errors.ts';
import { shortLivedPlanner } from '../../src/plan/planner.ts';
import { type RegistryRequest, readRegistryPlan } from '../../src/plan/read-registry-plan.ts';
import type { RegisteredEval, RegistryPlan } from '../../src/plan/registry-plan.ts';
import { ForkedPython } from './forked-python.ts';

export const registries = join(import.meta.dirname, '../fixtures/registries');
export const registry = (name: string): string => join(registries, name);
export const modules = registry('modules');

/** A set of evals whose class does not say how many completion functions it accepts. */
export const ANY_COUNT_SET = 'schelling_point';

const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...withoutKey } = process.env;

export const envWithoutKey: NodeJS.ProcessEnv = withoutKey;
export const usualEnv: NodeJS.ProcessEnv = {
  ...withoutKey,
  PYTHONPATH: modules,
  PYTHONDONTWRITEBYTECODE: '1',
};

/** What a test may change of the usual request. */
export interface RequestChanges extends Partial<Omit<RegistryRequest, 'planner'>> {
  /** An interpreter that is started for this plan. Without it, the process is forked from one that has imported evals. */
  readonly python?: string;
  readonly workingDirectory?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export class RegistryPlanner {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'registry-planner-')));
  readonly temporaryDirectory = this.newDirectory('temporary-');
  readonly #forked: ForkedPython;
  readonly #elsewhere = this.newDirectory('elsewhere-');
  readonly #shared = new Map<string, Promise<RegistryPlan>>();

  private constructor(forked: ForkedPython) {
    this.#forked = forked;
  }

  static async start(): Promise<RegistryPlanner> {
    return new RegistryPlanner(await ForkedPython.start());
  }

  async close(): Promise<void> {
    await this.#forked.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get python(): string {
    return this.#forked.python;
  }

  newDirectory(prefix: string): string {
    return mkdtempSync(join(this.directory, prefix));
  }

  /** A new directory with these files. */
  newFiles(files: Readonly<Record<string, string>>): string {
    const directory = this.newDirectory('files-');
    for (const [name, text] of Object.entries(files)) {
      const path = join(directory, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return directory;
  }

  async plan(evalSet: string, changes: RequestChanges = {}): Promise<RegistryPlan> {
    const { python, workingDirectory: cwd = this.#elsewhere, env = usualEnv, ...rest } = changes;
    return await readRegistryPlan({
      planner: python ? shortLivedPlanner({ python, cwd, env }) : this.#forked.planner({ cwd, env }),
      model: 'dummy',
      judgeModel: '',
      evalSet,
      include: [],
      exclude: [],
      args: [],
      registryPaths: [],
      chatFallback: false,
      sharesRegistry: false,
      temporaryDirectory: this.temporaryDirectory,
      ...rest,
    });
  }

  /** The plan of a registry that no test changes, made once. */
  async sharedPlan(evalSet: string, changes: RequestChanges = {}): Promise<RegistryPlan> {
    const id = JSON.stringify([evalSet, changes]);
    const plan = this.#shared.get(id) ?? this.plan(evalSet, changes);
    this.#shared.set(id, plan);
    return await plan;
  }

  /** The error of a set that must not run. */
  async refusal(evalSet: string, changes: RequestChanges = {}): Promise<ActionError> {
    const error = await this.plan(evalSet, changes).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof ActionError)) throw new Error(`${evalSet} was not refused`, { cause: error });
    return error;
  }

  /** The keys in the order in which `oaievalset` announces them. An `oaieval` that fails at once keeps it from running any. */
  async announcedByOaievalset(evalSet: string, registryPaths: readonly string[]): Promise<string[]> {
    const bin = this.newDirectory('bin-');
    writeFileSync(join(bin, 'oaieval'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const paths = registryPaths.flatMap((path) => ['--registry_path', path]);
    const env = { ...usualEnv, OPENAI_API_KEY: 'unused', PATH: `${bin}${delimiter}${process.env.PATH}` };
    const { stdout } = await this.#forked.runModule(
      'evals.cli.oaievalset',
      ['dummy', evalSet, '--no-resume', ...paths],
      { cwd: this.#elsewhere, env },
    );
    const [, announced = ''] = stdout.split('Going to run the following commands:\n');
    const keys = [...announced.matchAll(/^ {2}oaieval dummy (\S+)/gm)].map((match) => match[1] ?? '');
    if (keys.length === 0) throw new Error(`oaievalset announced nothing: ${stdout}`);
    return keys;
  }
}

/** The lines of an error, one for each problem. */
export function problemsOf(error: ActionError): string[] {
  const lines = error.message.split('\n').filter((line) => line.startsWith('- '));
  return lines.map((line) => line.slice(2));
}

export function evalOf(plan: RegistryPlan, key: string): RegisteredEval {
  const found = plan.evals.find((each) => each.key === key);
  if (!found) throw new Error(`no ${key} among ${plan.evals.map((each) => each.key).join(', ')}`);
  return found;
}
