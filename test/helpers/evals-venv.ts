import { tmpdir } from 'node:os';
import { findInterpreter } from '../../src/environment/interpreter.ts';
import { lockedPackagesFor } from '../../src/environment/locked-packages.ts';
import { installCore } from '../../src/environment/locked-venv.ts';
import { silentLog } from './silent-log.ts';

/** The version of evals that the tests run against. */
export const EVALS_VERSION = '3.0.1.post1';

let prepared: Promise<string> | undefined;

/**
 * The interpreter of a venv with evals and all locked packages, which the action's own code installs in its usual place. The
 * first call on a machine takes 5 to 40 s, later ones a fraction of a second. `EVALS_TEST_PYTHON` chooses another Python than
 * `python3`.
 */
export async function evalsPython(): Promise<string> {
  prepared ??= installEvals(process.env.EVALS_TEST_PYTHON || 'python3');
  return await prepared;
}

/** As `evalsPython`, for this Python. */
export async function installEvals(python: string): Promise<string> {
  const context = { workingDirectory: tmpdir(), env: process.env };
  const user = await findInterpreter(python, context);
  const packages = await lockedPackagesFor(EVALS_VERSION);
  // Many tests look into the venv, which is simpler when it is one.
  const core = [...packages.text.matchAll(/^([\w.-]+)==/gm)].map(([, name = '']) => name);
  const whole = { ...packages, groups: { core, imports: {} } };
  return (await installCore(whole, user, context, silentLog)).interpreter.path;
}
