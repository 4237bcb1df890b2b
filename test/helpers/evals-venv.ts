import { prepareEnvironment } from '../../src/environment/index.ts';
import { recordingLog } from './builders.ts';

export const EVALS_VERSION = '3.0.1.post1';

let prepared: Promise<string> | undefined;

/**
 * An interpreter that has evals, for every test that runs real ones: installed by the action itself from its lock, and
 * used again by later test runs on the machine. EVALS_PYTHON names another one instead.
 */
export function evalsPython(): Promise<string> {
  prepared ??= prepare();
  return prepared;
}

async function prepare(): Promise<string> {
  if (process.env.EVALS_PYTHON) return process.env.EVALS_PYTHON;
  const request = {
    python: process.env.PYTHON ?? 'python3',
    evalsVersion: EVALS_VERSION,
    extraPackages: [],
    workingDirectory: process.cwd(),
    env: process.env,
  };
  return (await prepareEnvironment(request, recordingLog())).python;
}
