import { tmpdir } from 'node:os';
import { prepareEnvironment } from '../../src/environment/prepare-environment.ts';
import { silentLog } from './silent-log.ts';

/** The version of evals that the tests run against. */
export const EVALS_VERSION = '3.0.1.post1';

let prepared: Promise<string> | undefined;

/**
 * The interpreter of a venv with evals and all locked packages, which the action's own code installs in its usual place. The first call on a machine
 * takes 5 to 40 s, later ones a fraction of a second. `EVALS_TEST_PYTHON` chooses another Python than `python3`.
 */
export async function evalsPython(): Promise<string> {
  prepared ??= prepareEnvironment(
    {
      python: process.env.EVALS_TEST_PYTHON || 'python3',
      evalsVersion: EVALS_VERSION,
      extraPackages: [],
      workingDirectory: tmpdir(),
      env: process.env,
    },
    silentLog,
    'all',
  ).then(({ python }) => python);
  return await prepared;
}
