import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ActionError } from '../errors.ts';
import { whyNoProgram } from '../path-faults.ts';
import { type Interpreter, type ProcessContext, probe } from './probe.ts';

/**
 * Finds the interpreter that the user named.
 *
 * @param python a name on PATH, or a path, relative to the working directory.
 * @throws ActionError PYTHON_MISSING when it does not exist or does not work, PYTHON_UNSUPPORTED below 3.9.
 */
export async function findInterpreter(python: string, context: ProcessContext): Promise<Interpreter> {
  const interpreter = await probe(await locate(python, context), context);
  if (interpreter.major < 3 || (interpreter.major === 3 && interpreter.minor < 9)) {
    throw new ActionError(
      'PYTHON_UNSUPPORTED',
      `\`${python}\` is Python ${interpreter.version}; evals needs 3.9 or newer.`,
      'Add a step with actions/setup-python before this one, or set `python` to a newer interpreter.',
    );
  }
  return await behindShim(interpreter, context);
}

/** The absolute path of a program on PATH. Relative entries of PATH start at the working directory. */
export async function onPath(
  name: string,
  { workingDirectory, env }: ProcessContext,
): Promise<string | undefined> {
  for (const directory of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = resolve(workingDirectory, directory, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** @throws ActionError PYTHON_MISSING */
export async function locate(python: string, context: ProcessContext): Promise<string> {
  if (!python.includes('/')) {
    const path = await onPath(python, context);
    if (path) return path;
    throw new ActionError(
      'PYTHON_MISSING',
      `The input python is ${JSON.stringify(python)}: there is no such program on PATH.`,
      nextForName(python, context),
    );
  }
  const path = resolve(context.workingDirectory, python);
  const wrong = whyNoProgram(path);
  if (wrong === undefined) return path;
  const venv = ['bin/python', 'bin/python3'].find((name) => whyNoProgram(join(path, name)) === undefined);
  const next = venv
    ? `Set python to ${join(python, venv)}.`
    : wrong === 'it is not executable'
      ? 'Make it executable, as with chmod +x, or set python to the path of an interpreter.'
      : NEXT;
  throw new ActionError('PYTHON_MISSING', `The input python is ${JSON.stringify(python)}: ${wrong}.`, next);
}

const NEXT =
  'Add a step with actions/setup-python before this one, or set python to the path of an interpreter.';

function nextForName(python: string, { workingDirectory }: ProcessContext): string {
  if (/^[\d.]+$/.test(python))
    return `To choose a version, set python-version: "${python}" in a step with actions/setup-python before this one, and remove the input python.`;
  const venv = ['bin/python', 'bin/python3'].find(
    (name) => whyNoProgram(join(resolve(workingDirectory, python), name)) === undefined,
  );
  return venv ? `Set python to ${join(python, venv)}.` : NEXT;
}

/**
 * A shim (of pyenv or asdf) chooses an interpreter by the current directory. The interpreter that it chooses now is used from here
 * on. If that interpreter fails, or finds another evals when it is started directly, the program does more than choose. Then the
 * program itself is used.
 */
async function behindShim(shim: Interpreter, context: ProcessContext): Promise<Interpreter> {
  if (!(await isExecutable(shim.executable))) return shim;
  if ((await realpath(shim.executable)) === (await realpath(shim.path))) return shim;
  const direct = await probe(shim.executable, context).catch(() => undefined);
  const same = direct?.version === shim.version && isDeepStrictEqual(direct.evals, shim.evals);
  return same ? direct : shim;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
