import { basename, dirname, join } from 'node:path';
import { isWhole, type Shard, WHOLE } from '../model/shard.ts';
import { entriesOf } from './directories.ts';

/** Where the state of one (model, eval set) is. All paths are absolute. */
export interface StatePaths {
  /** The state directory: `/tmp/oaievalset`, or the input `state-directory`. */
  readonly root: string;
  /** What a checkpoint is a copy of: the root or, of a shard, a directory in it. */
  readonly base: string;
  /** `{model}.{eval_set}.progress.txt`, the file that `oaievalset` itself uses. */
  readonly progressFile: string;
  /** `{model}.{eval_set}.resume/`: all other files that belong into a checkpoint. */
  readonly resume: string;
  readonly completions: string;
  /** Names the progress lines that are being written: lines-to-write.ts. */
  readonly linesToWrite: string;
  /** The ended attempts of the last run. */
  readonly attempts: string;
  /** What the last run is: run-facts-file.ts. */
  readonly runFacts: string;
  readonly plan: string;
  /** Record files of completed evals, and the output of evals. */
  readonly logs: string;
  /** Sealed journal segments of evals that have not completed. */
  readonly journal: string;
  /** What the requests of completed evals were answered: one file for each eval. */
  readonly answers: string;
  /** `{model}.{eval_set}.live/`: files that are being appended to. They are never in a checkpoint. */
  readonly live: string;
  /** `{model}.{eval_set}.lock`, the name of the lock file next to the progress file. It is never in a checkpoint. */
  readonly lockName: string;
}

/**
 * The name of a model may contain `/`, which makes nested directories, as it does for `oaievalset`.
 * Shards of one set that run on one machine have a state each: otherwise they would wait for one lock. Source of the name: `oaievalset.py`, `Progress(f"/tmp/oaievalset/{args.model}.{args.eval_set}.progress.txt")`.
 */
export function statePaths(
  stateDirectory: string,
  model: string,
  evalSet: string,
  shard: Shard = WHOLE,
): StatePaths {
  const base = isWhole(shard) ? stateDirectory : join(stateDirectory, shardDirectory(shard));
  const stem = join(base, `${model}.${evalSet}`);
  const resume = `${stem}.resume`;
  return {
    root: stateDirectory,
    base,
    progressFile: `${stem}.progress.txt`,
    resume,
    completions: join(resume, 'completions.jsonl'),
    linesToWrite: join(resume, 'lines-to-write.json'),
    attempts: join(resume, 'attempts.jsonl'),
    runFacts: join(resume, 'run.json'),
    plan: join(resume, 'plan.json'),
    logs: join(resume, 'logs'),
    journal: join(resume, 'journal'),
    answers: join(resume, 'answers'),
    live: `${stem}.live`,
    lockName: `${basename(stem)}.lock`,
  };
}

function shardDirectory({ index, count }: Shard): string {
  return `shard-${index}-of-${count}`;
}

/** Whether a name in the state directory is that of the directory of a shard. */
export function isShardDirectory(name: string): boolean {
  return /^shard-\d+-of-\d+$/.test(name);
}

/** The directory of the entries of a (model, eval set): the root, or a directory below it for a model with `/`. */
export function stateFolder(paths: StatePaths): string {
  return dirname(paths.progressFile);
}

/** The stem of the file names of an eval: its key, percent-encoded where a file name cannot contain a character. */
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

/** The name of the file of the kept answers of an eval. */
export function answersFileName(evalKey: string): string {
  return `${evalFileStem(evalKey)}.jsonl`;
}

export function answersFile(paths: StatePaths, evalKey: string): string {
  return join(paths.answers, answersFileName(evalKey));
}

/**
 * Names of the files of kept answers in a state. Any other entry is ignored.
 * @param most stops one name after this many
 */
export function answerFiles(paths: StatePaths, most: number): string[] {
  return entriesOf(paths.answers, most, (entry) => entry.isFile() && entry.name.endsWith('.jsonl')).sort();
}

/** All output of the last execution of an eval. */
export function outputFile(paths: StatePaths, evalKey: string): string {
  return join(paths.logs, `${evalFileStem(evalKey)}.log`);
}

export function liveOutputFile(paths: StatePaths, evalKey: string): string {
  return join(paths.live, 'logs', `${evalFileStem(evalKey)}.log`);
}
