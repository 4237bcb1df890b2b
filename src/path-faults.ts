/**
 * Says why a path that a user wrote cannot be used, as a clause: `it is a file, not a directory`. Only looks at the path, and
 * opens nothing, because opening a pipe or a device may wait indefinitely.
 */
import {
  accessSync,
  constants,
  lstatSync,
  readdirSync,
  readlinkSync,
  type Stats,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf } from './errors.ts';

/** Why the absolute path is not a directory that this user can read; undefined when it is one. */
export function whyNoDirectory(path: string): string | undefined {
  try {
    const stats = statSync(path);
    if (!stats.isDirectory()) return `it is ${kindOf(stats)}, not a directory`;
    accessSync(path, constants.R_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return whyUnreachable(path, error, 'directory');
  }
}

/** Why the absolute path is not a file that this user can read; undefined when it is one. */
export function whyNoFile(path: string): string | undefined {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return `it is ${kindOf(stats)}, not a file`;
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return whyUnreachable(path, error, 'file');
  }
}

/**
 * Why no directory can be created at the absolute path, and none that is there can be written to. Whether the directory that is
 * there belongs to this user is another question.
 */
export function whyNoNewDirectory(path: string): string | undefined {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? whyUnwritable(path) : `it is ${kindOf(stats)}, not a directory`;
  } catch (error) {
    const existing = nearestExisting(path);
    const isPossible = codeOf(error) === 'ENOENT' && isDirectory(existing);
    if (!isPossible) return whyUnreachable(path, error, 'directory');
    return whyUnwritable(existing) ?? whyForbidden(existing);
  }
}

/** Why the absolute path is not a program that this user can start; undefined when it is one. */
export function whyNoProgram(path: string): string | undefined {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return `it is ${kindOf(stats)}, not a program`;
  } catch (error) {
    return whyUnreachable(path, error, 'file');
  }
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return 'it is not executable';
  }
}

/** Whether something is at the path, or at the end of a link at the path. */
export function isThere(path: string): boolean {
  return quietly(() => statSync(path)) !== undefined;
}

export function isDirectory(path: string): boolean {
  return quietly(() => statSync(path))?.isDirectory() ?? false;
}

/** None if the directory does not exist or may not be read. */
export function namesIn(directory: string): string[] {
  return quietly(() => readdirSync(directory)) ?? [];
}

function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** The path itself or the nearest one above it that exists. A link that leads nowhere exists. */
function nearestExisting(path: string): string {
  let at = path;
  while (!quietly(() => lstatSync(at)) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** For root as well. */
function whyUnwritable(directory: string): string | undefined {
  if (isVirtual(directory)) return `${directory} belongs to the system, which stores no files there`;
  return writeError(directory) === 'EROFS' ? `${directory} is on a file system that is read-only` : undefined;
}

function whyForbidden(directory: string): string | undefined {
  return writeError(directory) && `the user of this job may not write to ${directory}`;
}

/** The code of the error with which the system would refuse to create a file. */
function writeError(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return String(codeOf(error));
  }
}

/** `f_type` of Linux's file systems without storage: proc, sysfs, cgroup, cgroup2, devpts, debugfs (statfs(2)). */
const VIRTUAL = new Set([0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x1cd1, 0x64626720]);

function isVirtual(path: string): boolean {
  return process.platform === 'linux' && VIRTUAL.has(statfsSync(path).type);
}

function whyUnreachable(path: string, error: unknown, wanted: string): string {
  switch (codeOf(error)) {
    case 'ENOENT': {
      const existing = nearestExisting(path);
      return isDangling(existing)
        ? `${existing} is a link to ${readlinkSync(existing)}, which does not exist`
        : `there is no ${wanted} ${path}`;
    }
    case 'ENOTDIR':
      return belowNoDirectory(path) ?? `there is no ${wanted} ${path}`;
    case 'EACCES':
      return `the user of this job may not read ${path}`;
    case 'ELOOP':
      return 'its links lead in a circle';
    case 'ENAMETOOLONG':
      return 'it is too long for a path';
    default:
      return `it cannot be used (${reasonOf(error)})`;
  }
}

function isDangling(path: string): boolean {
  return lstatSync(path).isSymbolicLink() && statSync(path, { throwIfNoEntry: false }) === undefined;
}

function belowNoDirectory(path: string): string | undefined {
  for (let at = dirname(path); dirname(at) !== at; at = dirname(at)) {
    try {
      const stats = statSync(at);
      return stats.isDirectory() ? undefined : below(at, stats);
    } catch {
      // It is below no directory either.
    }
  }
  return undefined;
}

function below(path: string, stats: Stats): string {
  return `${path} is ${kindOf(stats)}, so nothing can be below it`;
}

function kindOf(stats: Stats): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
