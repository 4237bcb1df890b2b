/** The dependencies of a plan, by which it is recalled without asking Python: docs/adr/0005-plan-without-python.md. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Plan, PlanDependencies, PlannedEval, SavedDependencies } from '../model/plan.ts';
import { areOrdinaryPaths } from '../model/plan-paths.ts';
import type { RequestDemand } from '../model/request-demand.ts';
import type { FileHashes } from './file-hashes.ts';
import { hashOf } from './hash.ts';
import { namesIn, pathBytes } from './path-bytes.ts';

/** The part of a plan that is made from its dependencies. */
type PlanContent = Pick<
  Plan,
  'evals' | 'leftOut' | 'evalsVersion' | 'needsApiKey' | 'apiModels' | 'warnings'
>;

/** Reading more bytes than this takes longer than making the plan again. */
const MAX_TOTAL_BYTES = 16 * 1024 ** 3;

/** The event loop handles signals after this many paths, which take some milliseconds. */
const PATHS_PER_SLICE = 200;

/** The longest time for checking paths. Making the plan again is faster than that. */
const MAX_CHECK_MS = 20_000;

/**
 * SHA-256 (hex) of the plan key, of the current content of all dependencies, and of the plan.
 * @returns undefined when the key is undefined, or when a dependency has disappeared or cannot be read
 */
export async function planDigest(
  key: unknown,
  { files, directories, missing }: PlanDependencies,
  plan: PlanContent,
  hashes: FileHashes,
  cancelled?: AbortSignal,
): Promise<string | undefined> {
  if (key === undefined || ![files, directories, missing].every(areOrdinaryPaths)) return undefined;
  try {
    const until = performance.now() + MAX_CHECK_MS;
    for await (const path of inSlices(missing, until, cancelled)) if (isThere(path)) return undefined;
    const hash = createHash('sha256');
    // Each value has a line of its own, so that no two different lists of values have the same text.
    const add = (...line: unknown[]) => hash.update(`${JSON.stringify(line)}\n`);
    add('request', hashOf(key));
    add('answer', plan.evalsVersion, plan.needsApiKey, plan.warnings);
    if (plan.apiModels) add('models', ...plan.apiModels);
    for (const planned of plan.evals) add('eval', ...fieldsOf(planned));
    for (const evalKey of plan.leftOut) add('left out', evalKey);
    for (const path of missing) add('absent', path);
    for await (const path of inSlices(directories, until, cancelled))
      add('directory', path, hashOf(listed(path)));
    await hashes.read(files, MAX_TOTAL_BYTES);
    for (const path of files) add('file', path, hashes.of(path));
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

/** All fields of an eval, in an order that is always the same. */
function fieldsOf({ fingerprint, earlier, writable, modelMap, ...rest }: PlannedEval): unknown[] {
  const { key, name, command, modelGraded, samples, metrics, demand } = rest;
  const forms = [fingerprint, ...earlier].map(({ value, parts }) => [value, Object.entries(parts).sort()]);
  const paths = writable.map(({ argument, path, label }) => [argument, path, label ?? null]);
  const added = [
    ...(modelMap ? [Object.entries(modelMap)] : []),
    ...(modelGraded ? ['graded by a model'] : []),
    ...(demand ? ['demand', demand.map(demandFields)] : []),
  ];
  return [key, name, command, samples, metrics, forms, paths, ...added];
}

function demandFields({ by, answer, maxTokens, ...counts }: RequestDemand): unknown[] {
  const { requests, characters, bytes, messages, answers, choices } = counts;
  return [by, answer, maxTokens, requests, characters, bytes, messages, answers, choices];
}

/** The dependencies without those in directories that the plan key already determines: the venvs with the locked packages. */
export function outside(roots: readonly string[], dependencies: PlanDependencies): PlanDependencies {
  const tops = roots.flatMap((root) => [root, existsSync(root) ? realpathSync(root) : root]);
  const keep = (paths: readonly string[]) =>
    paths.filter((path) => !tops.some((top) => path === top || path.startsWith(top + sep)));
  const { files, directories, missing } = dependencies;
  return { files: keep(files), directories: keep(directories), missing: keep(missing) };
}

export function dependenciesOf({ files, directories, absent }: SavedDependencies): PlanDependencies {
  return { files, directories, missing: absent };
}

/** Others may have written the list, so it may be long. Signals are handled meanwhile, and the time is limited. */
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

/** The names without `__pycache__`, which Python creates beside the modules that it imports. */
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
