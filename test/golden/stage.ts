/** Where a scenario plays: a machine whose checkout contains a registry and modules of the user. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type RegistryEval, writeRegistry } from '../helpers/registry.ts';
import type { RunResult } from '../helpers/runner.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import {
  logOf,
  type MachineOptions,
  type MachineRun,
  type RunPoint,
  TestMachine,
} from '../helpers/test-machine.ts';
import { promptKeys } from '../stand-ins/knowledge.ts';
import type { ModelApiOptions } from '../stand-ins/model-api.ts';
import type { Played } from './played.ts';

export const MODEL = 'gpt-4o-mini';
export const EVAL_SET = 'geography';

/** The directory of the checkout, as on a hosted runner: below `work`, named twice after the repository. */
const CHECKOUT = 'work/octo-repo/octo-repo';

export interface Project {
  readonly evals: readonly RegistryEval[];
  /** Further files of the checkout, by their path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly api?: ModelApiOptions;
  readonly env?: Readonly<Record<string, string>>;
  /** Variables that name a directory of the checkout, relative to it. */
  readonly inCheckout?: Readonly<Record<string, string>>;
  /** The inputs that the workflow sets besides model, eval-set and registry-path. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly machine?: Partial<MachineOptions>;
}

export interface RunChanges extends MachineRun {
  /** Whether the next job starts on a new hosted runner, with what the cache has. The default is the same machine. */
  readonly newMachine?: boolean;
}

export class Stage {
  readonly #cleanup: Cleanup;
  readonly #python: string;

  constructor(cleanup: Cleanup, python: string) {
    this.#cleanup = cleanup;
    this.#python = python;
  }

  /** Makes the machine and its checkout. */
  async set(project: Project): Promise<Play> {
    const { evals, files = {}, api = {}, env, inCheckout = {}, inputs, machine } = project;
    const shown = { model: MODEL, 'eval-set': EVAL_SET, 'registry-path': 'registry', ...inputs };
    const options: MachineOptions = {
      python: this.#python,
      model: shown.model,
      evalSet: shown['eval-set'],
      // A slow machine needs longer than usual from one request to the next.
      api: { knowledge: knowledgeOf(evals), keepAliveMs: 3_600_000, ...api },
      // One request after another, so that the order of requests never differs.
      env: { EVALS_SEQUENTIAL: '1', ...env },
      inputs: shown,
      ...machine,
    };
    const made = await TestMachine.make(this.#cleanup, options);
    const checkout = join(made.directory, CHECKOUT);
    const paths = Object.entries(inCheckout).map(([name, path]) => [name, join(checkout, path)] as const);
    mkdirSync(join(checkout, 'registry'), { recursive: true });
    if (evals.length > 0) writeRegistry(join(checkout, 'registry'), shown['eval-set'], evals);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(checkout, name)), { recursive: true });
      writeFileSync(join(checkout, name), content);
    }
    return new Play(made, { checkout, inputs: shown, env: Object.fromEntries(paths) });
  }
}

interface PlaySetting {
  readonly checkout: string;
  /** The inputs that the workflow sets. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** A machine on which a scenario runs the action. */
export class Play {
  readonly machine: TestMachine;
  readonly checkout: string;
  readonly #inputs: Readonly<Record<string, string>>;
  readonly #env: Readonly<Record<string, string>>;

  constructor(machine: TestMachine, { checkout, inputs, env }: PlaySetting) {
    this.machine = machine;
    this.checkout = checkout;
    this.#inputs = inputs;
    this.#env = env;
  }

  /** A run before the one that is shown. It has to end with this exit code. */
  async before(exitCode: number, changes: RunChanges = {}): Promise<RunResult> {
    const result = await this.machine.run(this.#run(changes));
    expect(result.exitCode, logOf(result)).toBe(exitCode);
    return result;
  }

  /** A run before the one that is shown, which is cancelled at this point. */
  async interrupted(point: RunPoint): Promise<RunResult> {
    const { machine } = this;
    const result = await machine.runUntil(point, (main) => main.kill('SIGINT'), this.#run({}));
    await machine.untilNoneHeld();
    machine.api.release();
    return result;
  }

  expectCounts(result: RunResult, outputs: Readonly<Record<string, string>>): void {
    expect(result.outputs, logOf(result)).toMatchObject(outputs);
  }

  /** Ends with this run, which has to have this exit code and these outputs. */
  async shown(
    facts: { readonly exitCode: number | null; readonly outputs?: Readonly<Record<string, string>> },
    changes: RunChanges = {},
    play: (run: MachineRun) => Promise<RunResult> = (run) => this.machine.run(run),
  ): Promise<Played> {
    const result = await play(this.#run(changes));
    expect(result.exitCode, logOf(result)).toBe(facts.exitCode);
    if (facts.outputs) expect(result.outputs, logOf(result)).toMatchObject(facts.outputs);
    return { machine: this.machine, result, inputs: { ...this.#inputs, ...changes.inputs } };
  }

  #run({ newMachine = false, ...run }: RunChanges): MachineRun {
    if (newMachine) this.machine.forgetState();
    return { ...run, env: { ...this.#env, ...run.env } };
  }
}

/** The correct answer to each question. */
function knowledgeOf(evals: readonly RegistryEval[]): ReadonlyMap<string, string> {
  const pairs = evals.flatMap(({ samples }) =>
    samples.flatMap((sample) => {
      const { input, ideal } = sample as { input?: unknown; ideal?: unknown };
      return typeof ideal === 'string' ? promptKeys(input).map((key) => [key, ideal] as const) : [];
    }),
  );
  return new Map(pairs);
}
