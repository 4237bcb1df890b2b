/**
 * What a plan was made from, by which an equal one is known without asking Python: docs/adr/0005-plan-without-python.md.
 */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { isAbsolute, normalize, sep } from 'node:path';
import type { FileHashes } from './file-hashes.ts';
import { hashOf } from './fingerprint.ts';
import type { Plan } from './plan.ts';

/** Absolute paths. */
export interface Basis {
  /** Their content counts. */
  readonly files: readonly string[];
  /** The names in them count. */
  readonly directories: readonly string[];
  /** Where something was looked for and not found: that nothing is there counts. */
  readonly absent: readonly string[];
}

/** Of a plan that is not recalled. */
export const NO_BASIS: Basis = { files: [], directories: [], absent: [] };

/** What is recalled. */
export type Answer = Pick<Plan, 'evals' | 'evalsVersion' | 'needsApiKey'>;

/** In bytes. Reading more than that takes longer than asking Python. */
const LARGEST = 16 * 1024 ** 3;

/**
 * SHA-256 (hex) of the request, of everything that the answer was read from, as it is now, and of the answer.
 * @returns undefined when the request is not known, or when some of it is not there any more, or cannot be read
 */
export async function signatureOf(
  request: unknown,
  basis: Basis,
  answer: Answer,
  hashes: FileHashes,
): Promise<string | undefined> {
  if (request === undefined || ![basis.files, basis.directories, basis.absent].every(areOrdinaryPaths))
    return undefined;
  try {
    if (basis.absent.some(isThere)) return undefined;
    const hash = createHash('sha256');
    // A line each, so that no two signed things are one text.
    const sign = (...line: unknown[]) => hash.update(`${JSON.stringify(line)}\n`);
    sign('request', hashOf(request));
    sign('answer', answer.evalsVersion, answer.needsApiKey);
    for (const { key, name, command, samples, metrics, fingerprint } of answer.evals) {
      const parts = Object.entries(fingerprint.parts).sort();
      sign('eval', key, name, command, samples, metrics, fingerprint.value, parts);
    }
    for (const path of basis.absent) sign('absent', path);
    for (const path of basis.directories) sign('directory', path, hashOf(namesIn(path)));
    await hashes.read(basis.files, LARGEST);
    for (const path of basis.files) sign('file', path, hashes.of(path));
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

/** What is there has no content of its own, may have no end, or may answer only when it likes. */
const UNREAL = ['/proc', '/sys', '/dev'];

/**
 * Whether these may be paths of a basis, which is read back from a file that others may have written: each once, in the one
 * form that a path has, and none of the kernel's own.
 */
export function areOrdinaryPaths(paths: readonly string[]): boolean {
  return new Set(paths).size === paths.length && paths.every(isOrdinary);
}

function isOrdinary(path: string): boolean {
  if (!isAbsolute(path) || path.includes('\0') || normalize(path) !== path) return false;
  if (path.endsWith(sep) && path !== sep) return false;
  return !UNREAL.some((top) => path === top || path.startsWith(top + sep));
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
