import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  access,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { ActionError } from '../errors.ts';

/*
 * Virtual environments that later jobs on the same machine reuse.
 *
 * A venv cannot be moved. Each is built in a directory of its own, `<name>.<random>`. When it is complete, a rename puts the
 * symbolic link `<name>` in place. An interrupted build has no link and is never used. When two jobs build the same venv at the
 * same time, each uses its own, and the link leads to the later one.
 */

/** No job runs this long (5 days on self-hosted runners), so no job still uses a venv of this age that has no link. */
const ABANDONED_AFTER_MS = 6 * 24 * 60 * 60 * 1000;

/**
 * The directory for the action's venvs: in the runner's tool cache, the user's cache or the job's temporary directory, whichever
 * of these can be written to first.
 *
 * @throws ActionError INSTALL_FAILED when none can be written to.
 */
export async function storeDirectory(env: NodeJS.ProcessEnv): Promise<string> {
  const home = env.HOME || homedir();
  const parents = [env.RUNNER_TOOL_CACHE, env.XDG_CACHE_HOME, join(home, '.cache'), env.RUNNER_TEMP];
  const directories = parents.flatMap((parent) => (parent ? [resolve(parent, 'oaievalset-action')] : []));
  for (const directory of directories) {
    try {
      await mkdir(directory, { recursive: true });
      await access(directory, constants.W_OK | constants.X_OK);
      return await realpath(directory);
    } catch {
      // The next one is tried.
    }
  }
  throw new ActionError(
    'INSTALL_FAILED',
    `Python packages cannot be installed: none of the directories ${directories.join(', ')} can be written to.`,
    'Set RUNNER_TOOL_CACHE or XDG_CACHE_HOME to a directory that the runner can write to.',
  );
}

/** The complete venv of this name. The caller checks whether it still works. */
export async function findVenv(store: string, name: string): Promise<string | undefined> {
  try {
    return resolve(store, await readlink(join(store, name)));
  } catch {
    return undefined;
  }
}

/**
 * Builds a venv and points the link of this name at it.
 *
 * @param build fills the given empty directory, which is removed if this throws
 * @returns the directory, which does not change when another job builds the same venv later
 */
export async function buildVenv(
  store: string,
  name: string,
  build: (directory: string) => Promise<void>,
): Promise<string> {
  await removeAbandoned(store, name);
  const directory = await mkdtemp(join(store, `${name}.`));
  try {
    await build(directory);
    await pointAt(directory, join(store, name));
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  return directory;
}

/** The interpreter of a venv. */
export function venvPython(directory: string): string {
  return join(directory, 'bin', 'python');
}

async function pointAt(directory: string, link: string): Promise<void> {
  const temporary = join(dirname(link), `.link-${randomBytes(6).toString('hex')}`);
  await symlink(basename(directory), temporary);
  await rename(temporary, link);
}

async function removeAbandoned(store: string, name: string): Promise<void> {
  const current = await findVenv(store, name);
  for (const entry of await readdir(store)) {
    const directory = join(store, entry);
    if (!entry.startsWith(`${name}.`) || directory === current) continue;
    const age = await stat(directory).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > ABANDONED_AFTER_MS)
      await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** A hash for the name of a venv. `parts` is everything that the venv is made from. */
export function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
