import { basename, dirname, join } from 'node:path';

/** Where the state of one (model, eval set) lives. All paths are absolute. */
export interface StatePaths {
  /** The state directory, `/tmp/oaievalset` unless the user moved it. */
  readonly root: string;
  /** `{model}.{eval_set}.progress.txt`, the file of `oaievalset` itself. */
  readonly progressFile: string;
  /** `{model}.{eval_set}.resume/`: all that is ours and goes into a checkpoint. */
  readonly resume: string;
  readonly completions: string;
  /** Ended attempts of the last run. */
  readonly attempts: string;
  readonly plan: string;
  /** Record files of completed evals. */
  readonly logs: string;
  /** Sealed journal segments of evals in progress. */
  readonly journal: string;
  /** `{model}.{eval_set}.live/`: being appended to right now, never cached. */
  readonly live: string;
  /** Name of `{model}.{eval_set}.lock`, beside the progress file: held by the run that uses the state, never cached. */
  readonly lockName: string;
}

/**
 * A model may hold `/`, which makes nested directories, as it does for `oaievalset`.
 * Source of the name: `oaievalset.py`, `Progress(f"/tmp/oaievalset/{args.model}.{args.eval_set}.progress.txt")`.
 */
export function statePaths(stateDirectory: string, model: string, evalSet: string): StatePaths {
  const stem = join(stateDirectory, `${model}.${evalSet}`);
  const resume = `${stem}.resume`;
  return {
    root: stateDirectory,
    progressFile: `${stem}.progress.txt`,
    resume,
    completions: join(resume, 'completions.jsonl'),
    attempts: join(resume, 'attempts.jsonl'),
    plan: join(resume, 'plan.json'),
    logs: join(resume, 'logs'),
    journal: join(resume, 'journal'),
    live: `${stem}.live`,
    lockName: `${basename(stem)}.lock`,
  };
}

/** The directory that holds the three entries of a (model, eval set): the root, or below it for a model with `/`. */
export function stateFolder(paths: StatePaths): string {
  return dirname(paths.progressFile);
}

/** The file name of an eval's record: its key, with what a file name cannot hold percent-encoded. */
export function evalFileStem(evalKey: string): string {
  const encoded = encodeURIComponent(evalKey).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
  return basename(encoded);
}

export function completedRecordFile(paths: StatePaths, evalKey: string): string {
  return join(paths.logs, `${evalFileStem(evalKey)}.jsonl`);
}

export function liveRecordFile(paths: StatePaths, evalKey: string): string {
  return join(paths.live, 'logs', `${evalFileStem(evalKey)}.jsonl`);
}
