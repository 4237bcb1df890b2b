/** What a restored tree has to be before anything of it is used. What came out of a cache is not trusted. */
import { lstat, readFile } from 'node:fs/promises';
import { parseCompletions } from '../../progress/completions-file.ts';
import { type StatePaths, statePaths } from '../../progress/paths.ts';
import { parseProgress } from '../../progress/progress-file.ts';
import { parseSavedPlan } from '../../progress/saved-plan.ts';
import type { Inspect, Objection } from '../cache/fetch.ts';
import { CHECKPOINT_BOUNDS, findForbiddenEntry } from './untrusted-tree.ts';

/** In bytes. A larger file is left to the state, which has bounds of its own; that of 10,000 evals has half of it. */
const LARGEST = 32 * 1024 * 1024;

/** Of what a tree holds, only the files of this model and eval set are looked at. */
export function inspectionFor(model: string, evalSet: string): Inspect {
  return async (directory, signal): Promise<Objection | undefined> => {
    const forbidden = await findForbiddenEntry(directory, CHECKPOINT_BOUNDS, signal);
    if (forbidden) return { kind: 'unusable', why: forbidden };
    const paths = statePaths(directory, model, evalSet);
    const [progress, resume] = await Promise.all([kindOf(paths.progressFile), kindOf(paths.resume)]);
    if (!progress && !resume) return { kind: 'unusable', why: 'it holds nothing of this model and eval set' };
    const flaw =
      (progress === 'directory' && 'its progress file is a directory') ||
      (resume === 'file' && 'its completion records are no directory') ||
      (await flawIn(paths));
    return flaw ? { kind: 'flawed', why: flaw } : undefined;
  };
}

/** What the state would not use of it; the rest of the tree is good. */
async function flawIn({ completions, progressFile, plan }: StatePaths): Promise<string | undefined> {
  const badRecords = parseCompletions(await textOf(completions)).rejected;
  if (badRecords) return `its completion records cannot be read: ${badRecords}`;
  const badLines = parseProgress(await textOf(progressFile)).rejected;
  if (badLines) return `its progress file cannot be read: ${badLines}`;
  const planText = await textOf(plan);
  const saved = planText === '' ? undefined : parseSavedPlan(planText);
  return saved && 'reason' in saved ? `its plan cannot be read: ${saved.reason}` : undefined;
}

async function kindOf(path: string): Promise<'file' | 'directory' | undefined> {
  return lstat(path).then(
    (stat) => (stat.isDirectory() ? 'directory' : 'file'),
    () => undefined,
  );
}

/** Empty for a file that is not there, that is none, or that is too large. */
async function textOf(path: string): Promise<string> {
  const stat = await lstat(path).catch(() => undefined);
  return stat?.isFile() && stat.size <= LARGEST ? readFile(path, 'utf8') : '';
}
