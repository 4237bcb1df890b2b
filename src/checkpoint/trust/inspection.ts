/** Checks a restored tree before anything in it is used, because the content of a cache is not trusted. */
import { lstatSync } from 'node:fs';
import { type Owner, sameOwner } from '../../model/owner.ts';
import type { SavedPlan } from '../../model/plan.ts';
import { type ParsedCompletions, parseCompletions } from '../../progress/completions-file.ts';
import { statePaths } from '../../progress/paths.ts';
import { parseProgress } from '../../progress/progress-file.ts';
import { parseSavedPlan } from '../../progress/saved-plan.ts';
import { problemWith, readRegularFile } from '../../progress/untrusted-files.ts';
import type { Inspect, Objection } from '../cache/fetch.ts';
import { CHECKPOINT_BOUNDS, findForbiddenEntry } from './untrusted-tree.ts';

/** Larger files are not inspected; the state has its own bounds. A file of 10,000 evals has half of this. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** What was read of an inspected tree, which takes long, so nobody has to read it again. */
export interface ReadFiles {
  /** Undefined when there is none, or none that belongs to the owner. */
  readonly plan?: SavedPlan | undefined;
  readonly completions?: ParsedCompletions | undefined;
}

/** Inspects the files of one model and eval set in restored trees. */
export class TreeInspector {
  readonly #owner: Owner;
  readonly #readsPlans: boolean;
  readonly #read = new Map<string, ReadFiles>();

  /** @param options whether plans are read, which takes long when they are large */
  constructor(owner: Owner, { readsPlans = true }: { readonly readsPlans?: boolean } = {}) {
    this.#owner = owner;
    this.#readsPlans = readsPlans;
  }

  readonly inspect: Inspect = async (directory, signal): Promise<Objection | undefined> => {
    const forbidden = await findForbiddenEntry(directory, CHECKPOINT_BOUNDS, signal);
    if (forbidden) return { kind: 'unusable', why: forbidden };
    const paths = statePaths(directory, this.#owner.model, this.#owner.evalSet);
    const [progress, resume] = [kindOf(paths.progressFile), kindOf(paths.resume)];
    if (!progress && !resume)
      return { kind: 'unusable', why: 'it contains no state of this model and eval set' };
    if (progress === 'directory') return { kind: 'flawed', why: 'its progress file is a directory' };
    if (resume === 'file') return { kind: 'flawed', why: 'its resume directory is a file' };
    const planText = this.#readsPlans ? textOf(paths.plan) : '';
    const plan = planText === '' ? undefined : parseSavedPlan(planText);
    const completions = parseCompletions(textOf(paths.completions));
    const lines = parseProgress(textOf(paths.progressFile));
    this.#read.set(directory, { completions, plan: this.#ownPlan(plan) });
    // What the state would reject in a tree that is otherwise good.
    const flaw =
      (completions.rejected && `its completion records cannot be read: ${completions.rejected}`) ||
      (lines.rejected && `its progress file cannot be read: ${lines.rejected}`) ||
      (plan && 'reason' in plan && `its plan cannot be read: ${plan.reason}`);
    return flaw ? { kind: 'flawed', why: flaw } : undefined;
  };

  /** Of a tree that this object has inspected. */
  readOf(directory: string): ReadFiles {
    return this.#read.get(directory) ?? {};
  }

  #ownPlan(plan: ReturnType<typeof parseSavedPlan> | undefined): SavedPlan | undefined {
    return plan && !('reason' in plan) && sameOwner(plan.owner, this.#owner) ? plan : undefined;
  }
}

function kindOf(path: string): 'file' | 'directory' | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats && (stats.isDirectory() ? 'directory' : 'file');
}

/** Empty if there is no regular file, or if it is too large. */
function textOf(path: string): string {
  const isReadable = problemWith(path, { maxBytes: MAX_FILE_BYTES }) === undefined;
  return (isReadable && readRegularFile(path)) || '';
}
