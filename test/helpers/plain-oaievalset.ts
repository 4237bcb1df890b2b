/** The real `oaievalset`, which shares its state directory with the action. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Cleanup, temporaryDirectory } from './temporary-directory.ts';
import { type MachineOptions, TestMachine } from './test-machine.ts';

const run = promisify(execFile);

/** `oaievalset` knows no other place, nor does `oaieval` for its record files. */
export const SHARED_STATE = '/tmp/oaievalset';
const RECORDS = '/tmp/evallogs';

/** In oaievalset's own state directory, with a model of its own, which evals takes for a chat model by its first letters. */
export async function machineWithSharedState(
  context: Cleanup,
  options: Partial<MachineOptions> & Pick<MachineOptions, 'python'>,
): Promise<TestMachine> {
  const model = `gpt-4-${randomUUID()}`;
  context.onTestFinished(() => {
    forgetModel(SHARED_STATE, model);
    forgetModel(RECORDS, model);
  });
  mkdirSync(SHARED_STATE, { recursive: true });
  return TestMachine.make(context, { api: {}, model, stateDirectory: SHARED_STATE, ...options });
}

/** Removes what belongs to the model, and nothing else. */
export function forgetModel(directory: string, model: string): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory).filter((each) => each.includes(model))) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}

/** The environment of a shell in which evals is installed. */
export function shellOf(python: string, machine: TestMachine): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  const path = [dirname(python), PATH].join(delimiter);
  return { PATH: path, HOME, LANG, OPENAI_API_KEY: 'x', OPENAI_BASE_URL: machine.api.url };
}

/** Runs `oaievalset <model> <set>` to its end. @returns what it printed @throws when it does not end well */
export async function oaievalset(
  context: Cleanup,
  python: string,
  machine: TestMachine,
  ...args: string[]
): Promise<string> {
  const program = join(dirname(python), 'oaievalset');
  const { stdout } = await run(program, [machine.model, machine.evalSet, ...args], {
    env: shellOf(python, machine),
    cwd: temporaryDirectory(context),
  });
  if (!stdout.includes('All done!')) throw new Error(`oaievalset did not end well:\n${stdout}`);
  return stdout;
}

/** Starts `oaievalset` in a process group of its own. */
export function startOaievalset(
  context: Cleanup,
  python: string,
  machine: TestMachine,
): ChildProcess & { readonly pid: number } {
  const program = join(dirname(python), 'oaievalset');
  const child = spawn(program, [machine.model, machine.evalSet], {
    env: shellOf(python, machine),
    cwd: temporaryDirectory(context),
    detached: true,
    stdio: 'ignore',
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  context.onTestFinished(() => killGroup(pid));
  return Object.assign(child, { pid });
}

export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
