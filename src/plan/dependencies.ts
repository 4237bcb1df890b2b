/** The dependencies of a plan, by which it is recalled without asking Python: docs/adr/0005-plan-without-python.md. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Plan, PlanDependencies } from '../model/plan.ts';
import { areOrdinaryPaths } from '../model/plan-paths.ts';
import type { FileHashes } from './file-hashes.ts';
import { hashOf } from './hash.ts';
import { namesIn, pathBytes } from './path-bytes.ts';

/** The part of a plan that is recalled. */
export type PlanAnswer = Pick<Plan, 'evals' | 'evalsVersion' | 'needsApiKey' | 'warnings'>;

/** Reading more files than this takes longer than asking Python. */
const MAX_TOTAL_BYTES = 16 * 1024 ** 3;

/** Paths that are checked before the event loop handles signals: some milliseconds. */
const PATHS_PER_SLICE = 200;

/** The longest time for checking paths; asking Python is faster than that. */
const MAX_CHECK_MS = 20_000;

/**
 * SHA-256 (hex) of the request, of the current content of all dependencies, and of the answer.
 * @returns undefined when the request is unknown, or when a dependency has disappeared, or cannot be read
 */
export async function planDigest(
  request: unknown,
  basis: PlanDependencies,
  answer: PlanAnswer,
  hashes: FileHashes,
  cancelled?: AbortSignal,
): Promise<string | undefined> {
  if (request === undefined || ![basis.files, basis.directories, basis.absent].every(areOrdinaryPaths))
    return undefined;
  try {
    const until = performance.now() + MAX_CHECK_MS;
    for await (const path of inSlices(basis.absent, until, cancelled)) if (isThere(path)) return undefined;
    const hash = createHash('sha256');
    // One line for each value, so that two values never run together.
    const add = (...line: unknown[]) => hash.update(`${JSON.stringify(line)}\n`);
    add('request', hashOf(request));
    add('answer', answer.evalsVersion, answer.needsApiKey, answer.warnings);
    for (const { fingerprint, earlier, writable, ...rest } of answer.evals) {
      const { key, name, command, samples, metrics } = rest;
      const forms = [fingerprint, ...earlier].map(({ value, parts }) => [
        value,
        Object.entries(parts).sort(),
      ]);
      const paths = writable.map(({ argument, path, label }) => [argument, path, label ?? null]);
      add('eval', key, name, command, samples, metrics, forms, paths);
    }
    for (const path of basis.absent) add('absent', path);
    for await (const path of inSlices(basis.directories, until, cancelled))
      add('directory', path, hashOf(listed(path)));
    await hashes.read(basis.files, MAX_TOTAL_BYTES);
    for (const path of basis.files) add('file', path, hashes.of(path));
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

/** The dependencies without those in a directory that the request already determines: the venv of a lock. */
export function outside(root: string | undefined, basis: PlanDependencies): PlanDependencies {
  if (root === undefined) return basis;
  const roots = [root, existsSync(root) ? realpathSync(root) : root];
  const keep = (paths: readonly string[]) =>
    paths.filter((path) => !roots.some((top) => path === top || path.startsWith(top + sep)));
  return { files: keep(basis.files), directories: keep(basis.directories), absent: keep(basis.absent) };
}

/** The list comes from a file that others may have written: going through it handles signals, and is limited in time. */
async function* inSlices(
  paths: readonly string[],
  until: number,
  cancelled: AbortSignal | undefined,
): AsyncGenerator<string> {
  for (const [index, path] of paths.entries()) {
    if (index % PATHS_PER_SLICE === PATHS_PER_SLICE - 1) {
      await setImmediate();
      cancelled?.throwIfAborted();
      if (performance.now() > until)
        throw new Error('checking the dependencies would take longer than making the plan again');
    }
    yield path;
  }
}

/** Python leaves its bytecode beside what it imports. */
function listed(path: string): string[] {
  return namesIn(path)
    .filter((name) => name !== '__pycache__')
    .sort();
}

/** A path below a regular file does not exist either. */
function isThere(path: string): boolean {
  try {
    return lstatSync(pathBytes(path), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}
