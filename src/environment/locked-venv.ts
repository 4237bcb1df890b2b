import { realpath } from 'node:fs/promises';
import { ActionError } from '../errors.ts';
import type { Log } from '../log.ts';
import { chooseInstaller, runTool } from './installer.ts';
import type { LockedPackages } from './locked-packages.ts';
import { type Interpreter, type ProcessContext, probe } from './probe.ts';
import { buildVenv, findVenv, shortHash, storeFolder, venvPython } from './venv-store.ts';

/** The minor versions of Python 3 that the packages are locked for, see scripts/lock.sh. */
const OLDEST = 9;
const NEWEST = 13;

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
  const store = await storeFolder(context.env);
  const hash = shortHash([packages.text, user.abi, await realpath(user.executable || user.path)]);
  const name = `evals-${packages.evalsVersion}-py${user.major}.${user.minor}-${hash}`;

  const present = await findVenv(store, name);
  const found = present && (await probe(venvPython(present), context).catch(() => undefined));
  if (found && found.evals.state === 'installed') return { interpreter: found, installed: 'reused' };

  const installer = await chooseInstaller(context, log);
  const folder = await log.group(`Install evals ${packages.evalsVersion} (${installer.name})`, () =>
    buildVenv(store, name, async (folder) => {
      await installer.createVenv(user.path, folder, { withPip: false });
      await installer.installLocked(folder, packages.file);
      await tryImport(folder, context, log);
    }),
  );
  return { interpreter: await probe(venvPython(folder), context), installed: 'created' };
}

function requireLockedPython(
  packages: LockedPackages,
  { path, version, major, minor, implementation }: Interpreter,
): void {
  const fits = implementation === 'cpython' && major === 3 && minor >= OLDEST && minor <= NEWEST;
  if (fits) return;
  throw new ActionError(
    'PYTHON_UNSUPPORTED',
    `evals ${packages.evalsVersion} can be installed for CPython 3.${OLDEST} to 3.${NEWEST}, and ${path} is ${implementation} ${version}.`,
    `Set \`python\` to such an interpreter (a step with actions/setup-python makes one available), or leave \`evals-version\` empty and install evals yourself.`,
  );
}

// Shows that the venv works before it gets its name, and compiles what every run imports. Isolated (-I), so that PYTHONPATH
// cannot hide a missing package.
async function tryImport(folder: string, context: ProcessContext, log: Log): Promise<void> {
  // evals makes an API client when it is imported, which needs a key although no request is sent.
  const program = 'import os; os.environ["OPENAI_API_KEY"] = "unused"; import evals.cli.oaieval';
  await runTool(venvPython(folder), ['-I', '-c', program], context, log);
}
