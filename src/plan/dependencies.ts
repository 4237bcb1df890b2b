/**
 * What a plan was made from, by which an equal one is known without asking Python: docs/adr/0005-plan-without-python.md.
 */

import { createHash } from 'node:crypto';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Plan, PlanDependencies } from '../model/plan.ts';
import { areOrdinaryPaths } from '../model/plan-paths.ts';
import type { FileHashes } from './file-hashes.ts';
import { hashOf } from './hash.ts';
import { namesIn, pathBytes } from './path-bytes.ts';

/** What is recalled. */
export type Answer = Pick<Plan, 'evals' | 'evalsVersion' | 'needsApiKey' | 'warnings'>;

/** In bytes. Reading more than that takes longer than asking Python. */
const LARGEST = 16 * 1024 ** 3;

/** Paths that are looked at before signals are listened to again: some milliseconds. */
const AT_ONCE = 200;

/** Milliseconds that looking at paths may take. To ask Python is faster by then. */
const LONGEST = 20_000;

/**
 * SHA-256 (hex) of the request, of everything that the answer was read from, as it is now, and of the answer.
 * @returns undefined when the request is not known, or when some of it is not there any more, or cannot be read
 */
export async function planDigest(
  request: unknown,
  basis: PlanDependencies,
  answer: Answer,
  hashes: FileHashes,
  cancelled?: AbortSignal,
): Promise<string | undefined> {
  if (request === undefined || ![basis.files, basis.directories, basis.absent].every(areOrdinaryPaths))
    return undefined;
  try {
    const until = performance.now() + LONGEST;
    for await (const path of inSlices(basis.absent, until, cancelled)) if (isThere(path)) return undefined;
    const hash = createHash('sha256');
    // A line each, so that no two signed things are one text.
    const sign = (...line: unknown[]) => hash.update(`${JSON.stringify(line)}\n`);
    sign('request', hashOf(request));
    sign('answer', answer.evalsVersion, answer.needsApiKey, answer.warnings);
    for (const { fingerprint, earlier, writable, ...rest } of answer.evals) {
      const { key, name, command, samples, metrics } = rest;
      const forms = [fingerprint, ...earlier].map(({ value, parts }) => [
        value,
        Object.entries(parts).sort(),
      ]);
      const paths = writable.map(({ argument, path, label }) => [argument, path, label ?? null]);
      sign('eval', key, name, command, samples, metrics, forms, paths);
    }
    for (const path of basis.absent) sign('absent', path);
    for await (const path of inSlices(basis.directories, until, cancelled))
      sign('directory', path, hashOf(listed(path)));
    await hashes.read(basis.files, LARGEST);
    for (const path of basis.files) sign('file', path, hashes.of(path));
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

/** Without what lies in a directory that the request stands for: the venv of a lock. */
export function outside(root: string | undefined, basis: PlanDependencies): PlanDependencies {
  if (root === undefined) return basis;
  const roots = [root, existsSync(root) ? realpathSync(root) : root];
  const keep = (paths: readonly string[]) =>
    paths.filter((path) => !roots.some((top) => path === top || path.startsWith(top + sep)));
  return { files: keep(basis.files), directories: keep(basis.directories), absent: keep(basis.absent) };
}

/** Whoever wrote the list, this process hears signals while it goes through it, and comes to an end. */
async function* inSlices(
  paths: readonly string[],
  until: number,
  cancelled: AbortSignal | undefined,
): AsyncGenerator<string> {
  for (const [index, path] of paths.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) {
      await setImmediate();
      cancelled?.throwIfAborted();
      if (performance.now() > until) throw new Error('it takes longer than to plan again');
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

/** A path below something that is no directory is not there either. */
function isThere(path: string): boolean {
  try {
    return lstatSync(pathBytes(path), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}
