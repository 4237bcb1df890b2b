import { dirname } from 'node:path';
import { ActionError } from '../errors.ts';
import type { Log } from '../log.ts';
import { extraRequirements, isMovingTarget } from './extra-packages.ts';
import { installExtraPackages } from './extra-packages-venv.ts';
import { findInterpreter, locate } from './interpreter.ts';
import { identifyInterpreter } from './interpreter-identity.ts';
import { installLocked } from './locked-venv.ts';
import { lockFor } from './locks.ts';
import type { Interpreter, ProcessContext } from './probe.ts';

export interface EnvironmentRequest {
  /** A name on PATH, or a path, relative to the working directory. */
  readonly python: string;
  /** Empty: use what `python` has. */
  readonly evalsVersion: string;
  /** Requirements, comments and blank lines. */
  readonly extraPackages: readonly string[];
  /** Absolute. */
  readonly workingDirectory: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface PythonEnvironment {
  /** Absolute path of the interpreter to use. */
  readonly python: string;
  /** `3.11.7` */
  readonly pythonVersion: string;
  /** `unknown` for a copy of evals that was put on the path without being installed. */
  readonly evalsVersion: string;
  /** The user's own interpreter, or a venv of the action's: one that was there, or a new one. */
  readonly installed: 'existing' | 'reused' | 'created';
  /** The venv, when nothing but the lock decides what is in it. */
  readonly lockedRoot: string | undefined;
}

/**
 * Which interpreter and packages a request leads to, told without starting Python: two requests of one subject find, or
 * make, the same.
 * @returns undefined when that cannot be told: behind a shim, or with packages that are installed again in every run
 * @throws ActionError PYTHON_MISSING, EVALS_UNSUPPORTED or INPUT_INVALID
 */
export async function environmentKey(request: EnvironmentRequest): Promise<unknown> {
  const { python, evalsVersion, workingDirectory, env, extraPackages } = request;
  const started = await identifyInterpreter(await locate(python, { workingDirectory, env }));
  const lock = evalsVersion === '' ? undefined : await lockFor(evalsVersion);
  const moving = extraRequirements(extraPackages).some(isMovingTarget);
  return started === undefined || moving
    ? undefined
    : { python: started, lock: lock?.text ?? null, extraPackages };
}

/**
 * Finds, or makes, a Python interpreter that has evals.
 *
 * The user's interpreter is never changed. With `evalsVersion` evals comes from the action's lock, in a venv outside the
 * checkout that later jobs on the machine use again. Extra packages come into a second venv on top, which sees all of
 * the first (or of the user's interpreter) and cannot replace a version there.
 *
 * @throws ActionError PYTHON_MISSING, PYTHON_UNSUPPORTED, EVALS_MISSING, EVALS_UNSUPPORTED, INPUT_INVALID or
 *   INSTALL_FAILED.
 */
export async function prepareEnvironment(request: EnvironmentRequest, log: Log): Promise<PythonEnvironment> {
  const { python, evalsVersion, workingDirectory, env } = request;
  const surroundings: ProcessContext = { workingDirectory, env };
  const requirements = extraRequirements(request.extraPackages);
  const lock = evalsVersion === '' ? undefined : await lockFor(evalsVersion);

  const users = await findInterpreter(python, surroundings);
  const base: Prepared = lock
    ? await installLocked(lock, users, surroundings, log)
    : { interpreter: users, installed: 'existing' };
  if (requirements.length === 0) {
    const environment = withEvals(base);
    // <venv>/bin/python
    return { ...environment, lockedRoot: lock && dirname(dirname(environment.python)) };
  }
  // Told before anything is installed, unless what is installed is evals.
  if (!requirements.some((requirement) => /(^|[^\w-])evals\b/i.test(requirement))) withEvals(base);

  const layer = await installExtraPackages(requirements, base.interpreter, surroundings, log);
  return withEvals({ ...layer, installed: base.installed === 'created' ? 'created' : layer.installed });
}

interface Prepared {
  readonly interpreter: Interpreter;
  readonly installed: PythonEnvironment['installed'];
}

/** @throws ActionError EVALS_MISSING when the interpreter has none. */
function withEvals({ interpreter, installed }: Prepared): PythonEnvironment {
  const { evals, path, version } = interpreter;
  if (evals.state !== 'installed') {
    const found =
      evals.state === 'foreign'
        ? ` (what it finds at ${evals.location} is another package of that name)`
        : '';
    throw new ActionError(
      'EVALS_MISSING',
      `${path} (Python ${version}) does not have OpenAI Evals${found}.`,
      'Set `evals-version: 3.0.1.post1` to have the action install it, or install it in a step before this one and set `python` to that interpreter.',
    );
  }
  return {
    python: path,
    pythonVersion: version,
    evalsVersion: evals.version,
    installed,
    lockedRoot: undefined,
  };
}
