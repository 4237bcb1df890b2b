import { realpath } from 'node:fs/promises';
import { ActionError } from '../errors.ts';
import type { Log } from '../log.ts';
import { chooseInstaller, runTool } from './installer.ts';
import type { Lock } from './locks.ts';
import { type Interpreter, type ProcessContext, probe } from './probe.ts';
import { buildVenv, findVenv, shortHash, storeFolder, venvPython } from './venv-store.ts';

/** The minor versions of Python 3 that the locks are made for, see scripts/lock.sh. */
const OLDEST = 9;
const NEWEST = 13;

/**
 * The venv with everything in the lock, made from the user's interpreter: the one that is there, or a new one.
 *
 * @throws ActionError PYTHON_UNSUPPORTED when the lock is not for this Python, INSTALL_FAILED.
 */
export async function installLocked(
  lock: Lock,
  user: Interpreter,
  surroundings: ProcessContext,
  log: Log,
): Promise<{ interpreter: Interpreter; installed: 'reused' | 'created' }> {
  requireLockedPython(lock, user);
  const store = await storeFolder(surroundings.env);
  const hash = shortHash([lock.text, user.abi, await realpath(user.executable || user.path)]);
  const name = `evals-${lock.evalsVersion}-py${user.major}.${user.minor}-${hash}`;

  const present = await findVenv(store, name);
  const found = present && (await probe(venvPython(present), surroundings).catch(() => undefined));
  if (found && found.evals.state === 'installed') return { interpreter: found, installed: 'reused' };

  const installer = await chooseInstaller(surroundings, log);
  const folder = await log.group(`Install evals ${lock.evalsVersion} (${installer.name})`, () =>
    buildVenv(store, name, async (folder) => {
      await installer.createVenv(user.path, folder, { withPip: false });
      await installer.installLocked(folder, lock.file);
      await tryImport(folder, surroundings, log);
    }),
  );
  return { interpreter: await probe(venvPython(folder), surroundings), installed: 'created' };
}

function requireLockedPython(lock: Lock, { path, version, major, minor, implementation }: Interpreter): void {
  const fits = implementation === 'cpython' && major === 3 && minor >= OLDEST && minor <= NEWEST;
  if (fits) return;
  throw new ActionError(
    'PYTHON_UNSUPPORTED',
    `evals ${lock.evalsVersion} can be installed for CPython 3.${OLDEST} to 3.${NEWEST}, and ${path} is ${implementation} ${version}.`,
    `Set \`python\` to such an interpreter (a step with actions/setup-python makes one available), or leave \`evals-version\` empty and install evals yourself.`,
  );
}

// Shows that the venv works before it is given its name, and compiles what every run imports. Isolated (-I), so that no
// PYTHONPATH of the job stands in for a missing package.
async function tryImport(folder: string, surroundings: ProcessContext, log: Log): Promise<void> {
  // evals makes an API client while it is imported, which needs a key, though it sends nothing.
  const program = 'import os; os.environ["OPENAI_API_KEY"] = "unused"; import evals.cli.oaieval';
  await runTool(venvPython(folder), ['-I', '-c', program], surroundings, log);
}
