import { realpath } from 'node:fs/promises';
import { ActionError } from '../errors.ts';
import { inGroup, type Log } from '../log.ts';
import { chooseInstaller, runTool } from './installer.ts';
import type { LockedPackages } from './locked-packages.ts';
import { type Interpreter, type ProcessContext, probe } from './probe.ts';
import { buildVenv, findVenv, shortHash, storeDirectory, venvPython } from './venv-store.ts';

/** The packages are locked for these minor versions of Python 3, see scripts/lock.sh. */
const OLDEST_MINOR = 9;
const NEWEST_MINOR = 14;

/**
 * Finds or builds the venv with exactly the locked packages, on the user's interpreter.
 *
 * @throws ActionError PYTHON_UNSUPPORTED when the packages are not locked for this Python, or INSTALL_FAILED.
 */
export async function installLocked(
  packages: LockedPackages,
  user: Interpreter,
  context: ProcessContext,
  log: Log,
): Promise<{ interpreter: Interpreter; installed: 'reused' | 'created' }> {
  requireLockedPython(packages, user);
  const store = await storeDirectory(context.env);
  const hash = shortHash([packages.text, user.abi, await realpath(user.executable || user.path)]);
  const name = `evals-${packages.evalsVersion}-py${user.major}.${user.minor}-${hash}`;

  const present = await findVenv(store, name);
  const found = present && (await probe(venvPython(present), context).catch(() => undefined));
  if (found && found.evals.state === 'installed') return { interpreter: found, installed: 'reused' };

  const installer = await chooseInstaller(context, log);
  const directory = await inGroup(log, `Install evals ${packages.evalsVersion} (${installer.name})`, () =>
    buildVenv(store, name, async (directory) => {
      await installer.createVenv(user.path, directory, { withPip: false });
      await installer.installLocked(directory, packages.file);
      await tryImport(directory, context, log);
    }),
  );
  return { interpreter: await probe(venvPython(directory), context), installed: 'created' };
}

function requireLockedPython(
  packages: LockedPackages,
  { path, version, major, minor, implementation }: Interpreter,
): void {
  const fits = implementation === 'cpython' && major === 3 && minor >= OLDEST_MINOR && minor <= NEWEST_MINOR;
  if (fits) return;
  throw new ActionError(
    'PYTHON_UNSUPPORTED',
    `evals ${packages.evalsVersion} can be installed for CPython 3.${OLDEST_MINOR} to 3.${NEWEST_MINOR}, but ${path} is ${implementation} ${version}.`,
    'Set `python` to such an interpreter, which a step with actions/setup-python can install, or leave `evals-version` empty and install evals yourself.',
  );
}

/**
 * Shows that the venv works before it gets its name, and compiles the modules that every run imports. Python is isolated (-I),
 * so that PYTHONPATH cannot hide a missing package.
 */
async function tryImport(directory: string, context: ProcessContext, log: Log): Promise<void> {
  // evals makes an API client when it is imported, which needs a key although no request is sent.
  const program = 'import os; os.environ["OPENAI_API_KEY"] = "unused"; import evals.cli.oaieval';
  await runTool(venvPython(directory), ['-I', '-c', program], context, log);
}
