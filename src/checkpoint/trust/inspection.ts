/** Checks a restored tree before anything in it is used, because the content of a cache is not trusted. */
import { lstat, readFile } from 'node:fs/promises';
import { type Owner, sameOwner } from '../../model/owner.ts';
import type { SavedPlan } from '../../model/plan.ts';
import { parseCompletions } from '../../progress/completions-file.ts';
import { type StatePaths, statePaths } from '../../progress/paths.ts';
import { parseProgress } from '../../progress/progress-file.ts';
import { parseSavedPlan } from '../../progress/saved-plan.ts';
import type { Inspect, Objection } from '../cache/fetch.ts';
import { CHECKPOINT_BOUNDS, findForbiddenEntry } from './untrusted-tree.ts';

/** Larger files are not inspected; the state has its own bounds. A file of 10,000 evals has half of this. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** Inspects the files of one model and eval set in restored trees. */
export class TreeInspector {
  readonly #owner: Owner;
  readonly #readsPlans: boolean;
  readonly #plans = new Map<string, SavedPlan>();

  /** @param options whether plans are read, which takes long when they are large */
  constructor(owner: Owner, { readsPlans = true }: { readonly readsPlans?: boolean } = {}) {
    this.#owner = owner;
    this.#readsPlans = readsPlans;
  }

  readonly inspect: Inspect = async (directory, signal): Promise<Objection | undefined> => {
    const forbidden = await findForbiddenEntry(directory, CHECKPOINT_BOUNDS, signal);
    if (forbidden) return { kind: 'unusable', why: forbidden };
    const paths = statePaths(directory, this.#owner.model, this.#owner.evalSet);
    const [progress, resume] = await Promise.all([kindOf(paths.progressFile), kindOf(paths.resume)]);
    if (!progress && !resume)
      return { kind: 'unusable', why: 'it contains no state of this model and eval set' };
    const planText = this.#readsPlans ? await textOf(paths.plan) : '';
    const plan = planText === '' ? undefined : parseSavedPlan(planText);
    if (plan && !('reason' in plan)) this.#plans.set(directory, plan);
    const flaw =
      (progress === 'directory' && 'its progress file is a directory') ||
      (resume === 'file' && 'its resume directory is a file') ||
      (await flawIn(paths)) ||
      (plan && 'reason' in plan && `its plan cannot be read: ${plan.reason}`);
    return flaw ? { kind: 'flawed', why: flaw } : undefined;
  };

  /** The saved plan of an inspected tree, if it belongs to the owner. */
  planOf(directory: string): SavedPlan | undefined {
    const plan = this.#plans.get(directory);
    return plan && sameOwner(plan.owner, this.#owner) ? plan : undefined;
  }
}

/** What the state would reject in a tree that is otherwise good. */
async function flawIn({ completions, progressFile }: StatePaths): Promise<string | undefined> {
  const badRecords = parseCompletions(await textOf(completions)).rejected;
  if (badRecords) return `its completion records cannot be read: ${badRecords}`;
  const badLines = parseProgress(await textOf(progressFile)).rejected;
  return badLines ? `its progress file cannot be read: ${badLines}` : undefined;
}

async function kindOf(path: string): Promise<'file' | 'directory' | undefined> {
  return lstat(path).then(
    (stat) => (stat.isDirectory() ? 'directory' : 'file'),
    () => undefined,
  );
}

/** Empty if there is no regular file, or if it is too large. */
async function textOf(path: string): Promise<string> {
  const stat = await lstat(path).catch(() => undefined);
  return stat?.isFile() && stat.size <= MAX_FILE_BYTES ? readFile(path, 'utf8') : '';
}
