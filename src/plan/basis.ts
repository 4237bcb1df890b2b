/**
 * What a plan was made from, by which an equal one is known without asking Python: docs/adr/0005-plan-without-python.md.
 */
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import type { FileHashes } from './file-hashes.ts';
import { hashOf } from './fingerprint.ts';

/** Absolute paths. */
export interface Basis {
  /** Their content counts. */
  readonly files: readonly string[];
  /** The names in them count. */
  readonly directories: readonly string[];
  /** Where something was looked for and not found: that nothing is there counts. */
  readonly absent: readonly string[];
}

/**
 * SHA-256 (hex) of the request and of everything that the answer was read from, as it is now.
 * @returns undefined when the request is not known, or when some of it is not there any more, or cannot be read
 */
export function signatureOf(request: unknown, basis: Basis, hashes: FileHashes): string | undefined {
  if (request === undefined) return undefined;
  try {
    if (basis.absent.some(isThere)) return undefined;
    const directories = basis.directories.map((path) => [path, hashOf(namesIn(path))]);
    hashes.read(basis.files);
    return hashOf({
      request,
      directories,
      files: basis.files.map((path) => [path, hashes.of(path)]),
      absent: basis.absent,
    });
  } catch {
    return undefined;
  }
}

/** Without what lies in a directory that the request stands for: the venv of a lock. */
export function outside(root: string | undefined, basis: Basis): Basis {
  if (root === undefined) return basis;
  const roots = [root, existsSync(root) ? realpathSync(root) : root];
  const keep = (paths: readonly string[]) =>
    paths.filter((path) => !roots.some((top) => path === top || path.startsWith(top + sep)));
  return { files: keep(basis.files), directories: keep(basis.directories), absent: keep(basis.absent) };
}

/** Python leaves its bytecode beside what it imports. */
function namesIn(path: string): string[] {
  return readdirSync(path)
    .filter((name) => name !== '__pycache__')
    .sort();
}

/** A path below something that is no directory is not there either. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}
