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
 * A venv cannot be moved. Each is built in a folder of its own, `<name>.<random>`, and when it is complete, a rename puts
 * the symbolic link `<name>` in place. An interrupted build has no link and is never used. When two jobs build the same
 * venv at once, each uses its own, and the link leads to the later one.
 */

/** Longer than any job runs (5 days on self-hosted runners), so no job still uses a venv of this age without a link. */
const ABANDONED_AFTER_MS = 6 * 24 * 60 * 60 * 1000;

/**
 * The folder for the action's venvs: the first that can be written in the runner's tool cache, the user's cache or the job's
 * temporary folder.
 *
 * @throws ActionError INSTALL_FAILED when none can be written.
 */
export async function storeFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const home = env.HOME || homedir();
  const parents = [env.RUNNER_TOOL_CACHE, env.XDG_CACHE_HOME, join(home, '.cache'), env.RUNNER_TEMP];
  const folders = parents.flatMap((parent) => (parent ? [resolve(parent, 'oaievalset-action')] : []));
  for (const folder of folders) {
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.W_OK | constants.X_OK);
      return await realpath(folder);
    } catch {
      // Try the next folder.
    }
  }
  throw new ActionError(
    'INSTALL_FAILED',
    `Python packages cannot be installed: none of the directories ${folders.join(', ')} can be written to.`,
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
 * @param build fills the given empty folder. The folder is removed when it throws.
 * @returns the folder, which does not change when another job builds the same venv later.
 */
export async function buildVenv(
  store: string,
  name: string,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  await removeAbandoned(store, name);
  const folder = await mkdtemp(join(store, `${name}.`));
  try {
    await build(folder);
    await pointAt(folder, join(store, name));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

/** The interpreter of a venv. */
export function venvPython(folder: string): string {
  return join(folder, 'bin', 'python');
}

async function pointAt(folder: string, link: string): Promise<void> {
  const temporary = join(dirname(link), `.link-${randomBytes(6).toString('hex')}`);
  await symlink(basename(folder), temporary);
  await rename(temporary, link);
}

async function removeAbandoned(store: string, name: string): Promise<void> {
  const current = await findVenv(store, name);
  for (const entry of await readdir(store)) {
    const folder = join(store, entry);
    if (!entry.startsWith(`${name}.`) || folder === current) continue;
    const age = await stat(folder).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The part of a venv's name that depends on what it is made from. */
export function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
