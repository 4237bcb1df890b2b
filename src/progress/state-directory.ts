/**
 * Who may use a state directory: what is read there decides what runs and what counts as done, so that no other user of the
 * machine may be able to write it. A parent that all may write to, as /tmp, is no danger: its sticky bit keeps what is in it.
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
import { makeFolder, PRIVATE_FILE, PRIVATE_FOLDER } from './folders.ts';
import { type StatePaths, stateFolder } from './paths.ts';
import { isQuarantined } from './quarantine.ts';
import { unwritable } from './unwritable.ts';

/**
 * Refuses a state directory that others could write to. Creates nothing, and reads nothing in it.
 * @throws ActionError STATE_NOT_OURS when another user owns it, can write to it, or leads to it by a link;
 * STATE_UNWRITABLE when there can be none
 */
export function requireOwnState(paths: StatePaths): void {
  const user = process.geteuid?.();
  // Windows: files have no such owner.
  if (user === undefined) return;
  try {
    refuseLinksOfOthers(paths.root, user);
    for (const folder of foldersOf(paths)) {
      const stats = statSync(folder, { throwIfNoEntry: false });
      if (!stats) return;
      refuseOthers(folder, stats, paths.root, user);
    }
  } catch (error) {
    throw unwritable(paths.root, error);
  }
}

/**
 * Makes the state directory, or the one that is there private to this user.
 * @throws ActionError as `requireOwnState`
 */
export function claimStateDirectory(paths: StatePaths): void {
  requireOwnState(paths);
  try {
    for (const folder of foldersOf(paths)) makeFolder(folder);
    // Another user may have been faster.
    requireOwnState(paths);
    if (process.geteuid) tighten(paths);
  } catch (error) {
    throw unwritable(paths.root, error);
  }
}

/** The state directory, and those below it that a model with `/` in its name has. */
function foldersOf(paths: StatePaths): string[] {
  return [paths.root, ...between(paths.root, stateFolder(paths))];
}

function refuseOthers(folder: string, stats: Stats, root: string, user: number): void {
  if (stats.uid !== user && stats.uid !== ownerOfNewFile(folder)) {
    throw refused(
      root,
      `${folder} belongs to another user of this machine (uid ${stats.uid}; this job runs as uid ${user})`,
      'Ask its owner to remove it, or set state-directory to a directory that belongs to this user or does not exist yet. If ' +
        'the containers of this job run as different users, run them as the same user.',
    );
  }
  if (isWritableByAll(stats)) {
    throw refused(
      root,
      `every user of this machine may write to ${folder} (mode ${modeOf(stats)})`,
      isSticky(stats)
        ? `Set state-directory to a folder of its own, such as ${join(folder, 'oaievalset')}.`
        : `Remove it, or run "chmod 700 ${folder}" if you know who wrote what is in it; or set state-directory to a folder that does not exist yet.`,
    );
  }
}

/** Network file systems and virtual machines may give one owner to all that is created: then it says nothing. */
function ownerOfNewFile(folder: string): number | undefined {
  const path = join(folder, `.owner-${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(path, '', { flag: 'wx', mode: PRIVATE_FILE });
    return lstatSync(path).uid;
  } catch {
    return undefined;
  } finally {
    rmSync(path, { force: true });
  }
}

/** Earlier versions, and plain oaievalset, made them readable for all. */
function tighten(paths: StatePaths): void {
  for (const folder of foldersOf(paths)) {
    if ((statSync(folder).mode & 0o077) !== 0 && holdsOnlyState(folder, paths))
      chmodSync(folder, PRIVATE_FOLDER);
  }
  const { progressFile, resume, live } = paths;
  for (const path of [progressFile, resume, live]) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    // A link is not followed; what stands in the place of a file or directory is dealt with when the state is read.
    if (!stats || stats.isSymbolicLink()) continue;
    const mode = stats.isDirectory() ? PRIVATE_FOLDER : PRIVATE_FILE;
    if ((stats.mode & 0o777 & ~mode) !== 0) chmodSync(path, mode);
  }
}

/** Whether nothing else lies there, so that others do not need it: a state-directory may be any folder of the user. */
function holdsOnlyState(folder: string, paths: StatePaths): boolean {
  const below = new Set(between(paths.root, stateFolder(paths)));
  return readdirSync(folder).every(
    (name) => STATE_ENTRY.test(name) || below.has(join(folder, name)) || isQuarantined(name),
  );
}

const STATE_ENTRY = /^\.lock-|\.(progress\.txt|resume|live|lock)$/;

/** A link decides what the state directory is, so its owner has to be this user or the system. */
function refuseLinksOfOthers(root: string, user: number): void {
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
      throw refused(
        root,
        `it is reached by ${path}, a link of another user of this machine (uid ${stats.uid})`,
        'Remove the link, or set state-directory to a folder that no link of another user leads to.',
      );
    }
    if (links > MOST_LINKS) return;
    const target = resolve(at, readlinkSync(path));
    rest.unshift(...parts(target));
    at = parse(target).root;
  }
}

/** As many as Linux follows; of more the next system call says so. */
const MOST_LINKS = 40;

function parts(path: string): string[] {
  const whole = resolve(path);
  return relative(parse(whole).root, whole)
    .split(sep)
    .filter((part) => part !== '');
}

/** The directories below `root` down to `folder`. */
function between(root: string, folder: string): string[] {
  const found: string[] = [];
  for (let at = folder; at !== root && at !== dirname(at); at = dirname(at)) found.unshift(at);
  return found;
}

function isWritableByAll({ mode }: Stats): boolean {
  return (mode & 0o002) !== 0;
}

/** As /tmp: who may write there may not remove what others put there. */
function isSticky({ mode }: Stats): boolean {
  return (mode & 0o1000) !== 0;
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function refused(root: string, why: string, next: string): ActionError {
  return new ActionError(
    'STATE_NOT_OURS',
    `The state directory ${root} is not used: ${why}. Others could change which evals count as done, and their results.`,
    next,
  );
}
