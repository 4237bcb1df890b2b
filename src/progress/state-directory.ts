/**
 * Decides whether a state directory may be used. Its files decide what runs and what counts as completed, so no other user of
 * the machine may be able to write to it. A parent that every user may write to, such as /tmp, is safe because of its sticky
 * bit.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, parse, relative, resolve, sep } from 'node:path';
import { ActionError } from '../errors.ts';
import { makeDirectory, PRIVATE_DIRECTORY, PRIVATE_FILE } from './directories.ts';
import { type StatePaths, stateFolder } from './paths.ts';
import { isQuarantined } from './quarantine.ts';
import { unwritable } from './unwritable.ts';

/**
 * Rejects a state directory that other users could write to. Creates nothing, and reads nothing in the directory.
 * @throws ActionError STATE_NOT_OURS when another user owns the directory, can write to it, or owns a link in its path;
 * STATE_UNWRITABLE when the directory cannot exist there
 */
export function requireOwnState(paths: StatePaths): void {
  const user = process.geteuid?.();
  // On Windows files have no such owner.
  if (user === undefined) return;
  try {
    rejectLinksOfOthers(paths.root, user);
    for (const directory of directoriesOf(paths)) {
      const stats = statSync(directory, { throwIfNoEntry: false });
      if (!stats) return;
      rejectOthers(directory, stats, paths.root, user);
    }
  } catch (error) {
    throw unwritable(paths.root, error);
  }
}

/**
 * Creates the state directory. One that exists is made private to this user.
 * @throws ActionError as `requireOwnState`
 */
export function claimStateDirectory(paths: StatePaths): void {
  requireOwnState(paths);
  try {
    for (const directory of directoriesOf(paths)) makeDirectory(directory);
    // Another user may have created it first.
    requireOwnState(paths);
    if (process.geteuid) tighten(paths);
  } catch (error) {
    throw unwritable(paths.root, error);
  }
}

/** The state directory, and the directories below it for a model with `/` in its name. */
function directoriesOf(paths: StatePaths): string[] {
  return [paths.root, ...directoriesBetween(paths.root, stateFolder(paths))];
}

function rejectOthers(directory: string, stats: Stats, root: string, user: number): void {
  if (stats.uid !== user && stats.uid !== ownerOfNewFile(directory)) {
    throw notOurs(
      root,
      `${directory} belongs to another user of this machine (uid ${stats.uid}; this job runs as uid ${user})`,
      'Ask its owner to remove it, or set state-directory to a directory that belongs to this user or does not exist yet. If ' +
        'the containers of this job run as different users, run them as the same user.',
    );
  }
  if (isWritableByAll(stats)) {
    throw notOurs(
      root,
      `every user of this machine may write to ${directory} (mode ${modeOf(stats)})`,
      isSticky(stats)
        ? `Set state-directory to a new directory, such as ${join(directory, 'oaievalset')}.`
        : `Remove it, or set state-directory to a directory that does not exist yet. If you trust its content, run "chmod 700 ${directory}" instead.`,
    );
  }
}

/** Network file systems and virtual machines may give one owner to every new file. Then an owner says nothing. */
function ownerOfNewFile(directory: string): number | undefined {
  const path = join(directory, `.owner-${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(path, '', { flag: 'wx', mode: PRIVATE_FILE });
    return lstatSync(path).uid;
  } catch {
    return undefined;
  } finally {
    rmSync(path, { force: true });
  }
}

/** Earlier versions of the action, and plain oaievalset, made directories and files that every user can read. */
function tighten(paths: StatePaths): void {
  for (const directory of directoriesOf(paths)) {
    if ((statSync(directory).mode & 0o077) !== 0 && containsOnlyState(directory, paths))
      chmodSync(directory, PRIVATE_DIRECTORY);
  }
  const { progressFile, resume, live } = paths;
  for (const path of [progressFile, resume, live]) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    // A link is not followed. Entries of a wrong kind are quarantined when the state is loaded.
    if (!stats || stats.isSymbolicLink()) continue;
    const mode = stats.isDirectory() ? PRIVATE_DIRECTORY : PRIVATE_FILE;
    if ((stats.mode & 0o777 & ~mode) !== 0) chmodSync(path, mode);
  }
}

/** The user may set state-directory to any directory. One that has other entries keeps its mode, because others may need it. */
function containsOnlyState(directory: string, paths: StatePaths): boolean {
  const below = new Set(directoriesBetween(paths.root, stateFolder(paths)));
  return readdirSync(directory).every(
    (name) => STATE_ENTRY.test(name) || below.has(join(directory, name)) || isQuarantined(name),
  );
}

const STATE_ENTRY = /^\.lock-|\.(progress\.txt|resume|live|lock)$/;

/** A link decides which directory is used, so its owner must be this user or root. */
function rejectLinksOfOthers(root: string, user: number): void {
  const rest = parts(root);
  let at = parse(resolve(root)).root;
  for (let links = 0; rest.length > 0; ) {
    const path = join(at, rest.shift() ?? '');
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats) return;
    if (!stats.isSymbolicLink()) {
      at = path;
      continue;
    }
    links += 1;
    if (stats.uid !== user && stats.uid !== 0) {
      throw notOurs(
        root,
        `its path contains ${path}, a link of another user of this machine (uid ${stats.uid})`,
        'Remove the link, or set state-directory to a path that contains no link of another user.',
      );
    }
    if (links > MAX_LINKS) return;
    const target = resolve(at, readlinkSync(path));
    rest.unshift(...parts(target));
    at = parse(target).root;
  }
}

/** Linux follows no more. With more links, the next system call fails and says so. */
const MAX_LINKS = 40;

function parts(path: string): string[] {
  const whole = resolve(path);
  return relative(parse(whole).root, whole)
    .split(sep)
    .filter((part) => part !== '');
}

/** The directories below `root` down to `directory`. */
function directoriesBetween(root: string, directory: string): string[] {
  const found: string[] = [];
  for (let at = directory; at !== root && at !== dirname(at); at = dirname(at)) found.unshift(at);
  return found;
}

function isWritableByAll({ mode }: Stats): boolean {
  return (mode & 0o002) !== 0;
}

/** As in /tmp, a user who may write to the directory may not remove entries of other users. */
function isSticky({ mode }: Stats): boolean {
  return (mode & 0o1000) !== 0;
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function notOurs(root: string, why: string, next: string): ActionError {
  return new ActionError(
    'STATE_NOT_OURS',
    `The state directory ${root} is not used: ${why}. Others could change which evals count as done, and their results.`,
    next,
  );
}
