import { ActionError } from '../errors.ts';
import { extraRequirements, isMovingTarget } from './extra-packages.ts';
import { installExtraPackages } from './extra-packages-venv.ts';
import type { InstallerLog } from './installer-log.ts';
import { findInterpreter, locate } from './interpreter.ts';
import { identifyInterpreter } from './interpreter-identity.ts';
import { furtherPackages, type LockedPackages, lockedPackagesFor } from './locked-packages.ts';
import { installCore, installFurther, venvOf } from './locked-venv.ts';
import type { Interpreter, ProcessContext } from './probe.ts';

export interface EnvironmentRequest {
  /** A name on PATH, or a path, relative to the working directory. */
  readonly python: string;
  /** Empty to use the evals that `python` has. */
  readonly evalsVersion: string;
  /** Each line is a requirement, a comment or empty. */
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
  /** `unknown` for a copy of evals that is on sys.path without being installed. */
  readonly evalsVersion: string;
  /** `existing`: the user's interpreter. `reused`: a venv of an earlier job. `created`: a new venv. */
  readonly installed: 'existing' | 'reused' | 'created';
  /** The venvs, if they contain only locked packages. */
  readonly lockedRoots: readonly string[];
  /** Whether the action can install no further locked package. */
  readonly isComplete: boolean;
}

/** Names of modules that evals import, for which further locked packages are installed; or all locked packages. */
export type NeededModules = readonly string[] | 'all';

/**
 * Identifies the interpreter and packages of a request without starting Python. Requests with the same key find, or build,
 * the same environment.
 * @returns undefined when only Python itself can identify them: with a shim or a script, or with packages that are installed
 *   again in every run
 * @throws ActionError PYTHON_MISSING, EVALS_UNSUPPORTED or INPUT_INVALID
 */
export async function environmentKey(request: EnvironmentRequest): Promise<unknown> {
  const { python, evalsVersion, workingDirectory, env, extraPackages } = request;
  const identity = await identifyInterpreter(await locate(python, { workingDirectory, env }));
  const packages = evalsVersion === '' ? undefined : await lockedPackagesFor(evalsVersion);
  const moving = extraRequirements(extraPackages).some(isMovingTarget);
  return identity === undefined || moving
    ? undefined
    : { python: identity, lock: packages?.text ?? null, extraPackages };
}

/**
 * Finds a Python interpreter that has evals, or builds one.
 *
 * The user's interpreter is never changed. With `evalsVersion`, evals and the packages that every eval needs are installed from
 * the action's locked list into a venv outside of the checkout, which later jobs on the machine reuse. Further locked packages
 * are installed into a venv on top, which sees all packages of the first. Extra packages are installed into one more venv on
 * top of all locked packages (or of the user's interpreter), and cannot replace them.
 *
 * @throws ActionError PYTHON_MISSING, PYTHON_UNSUPPORTED, EVALS_MISSING, EVALS_UNSUPPORTED, INPUT_INVALID or
 *   INSTALL_FAILED.
 */
export async function prepareEnvironment(
  request: EnvironmentRequest,
  log: InstallerLog,
  modules: NeededModules = [],
): Promise<PythonEnvironment> {
  const { python, evalsVersion, workingDirectory, env } = request;
  const context: ProcessContext = { workingDirectory, env };
  const requirements = extraRequirements(request.extraPackages);
  const packages = evalsVersion === '' ? undefined : await lockedPackagesFor(evalsVersion);

  const user = await findInterpreter(python, context);
  const needed = requirements.length > 0 ? 'all' : modules;
  const base: Prepared = packages
    ? await installLocked(packages, needed, user, context, log)
    : { interpreter: user, installed: 'existing', lockedRoots: [], isComplete: true };
  if (requirements.length === 0) return withEvals(base);
  // Missing evals are reported before anything is installed, unless evals itself is among the extra packages.
  if (!requirements.some((requirement) => /(^|[^\w-])evals\b/i.test(requirement))) withEvals(base);

  const layer = await installExtraPackages(requirements, base.interpreter, context, log);
  const installed = base.installed === 'created' ? 'created' : layer.installed;
  return withEvals({ ...layer, installed, lockedRoots: [], isComplete: true });
}

interface Prepared extends Pick<PythonEnvironment, 'installed' | 'lockedRoots' | 'isComplete'> {
  readonly interpreter: Interpreter;
}

async function installLocked(
  packages: LockedPackages,
  modules: NeededModules,
  user: Interpreter,
  context: ProcessContext,
  log: InstallerLog,
): Promise<Prepared> {
  const core = await installCore(packages, user, context, log);
  const list = furtherPackages(packages, modules);
  const isComplete = list === furtherPackages(packages, 'all');
  const what =
    isComplete || modules === 'all'
      ? 'all further packages'
      : `${modules.join(', ')}, which these evals import`;
  const coreRoot = venvOf(core.interpreter);
  if (list === '') return { ...core, lockedRoots: [coreRoot], isComplete };
  const further = await installFurther(
    packages,
    { list, what },
    { user, core: core.interpreter },
    context,
    log,
  );
  const installed = core.installed === 'created' ? 'created' : further.installed;
  return { ...further, installed, lockedRoots: [coreRoot, venvOf(further.interpreter)], isComplete };
}

/** @throws ActionError EVALS_MISSING when the interpreter has none. */
function withEvals({ interpreter, installed, lockedRoots, isComplete }: Prepared): PythonEnvironment {
  const { evals, path, version } = interpreter;
  if (evals.state !== 'installed') {
    const found =
      evals.state === 'foreign'
        ? ` (what it finds at ${evals.location} is a different package with that name)`
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
    lockedRoots,
    isComplete,
  };
}
