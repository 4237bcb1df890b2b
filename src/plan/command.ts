/** The command line of `oaieval`: as `oaievalset` records it, and as this action executes it. */
import type { Command } from '../model/command.ts';
import type { PlannedEval } from '../model/plan.ts';

/** The part of a command that all evals of a set share. */
export interface CommandOptions {
  /** The user's further arguments of `oaieval`. */
  readonly args: readonly string[];
  readonly registryPaths: readonly string[];
}

/** What the commands of a set are made from. */
export interface SetCommands extends CommandOptions {
  /** The completion functions of all evals, separated by commas. */
  readonly model: string;
  /** The completion function that model-graded evals get as their last one; empty: none. */
  readonly judgeModel: string;
}

/**
 * As `oaievalset` writes it into the progress file, so that each resumes from the other. All registry paths are behind one
 * `--registry_path`, and `oaieval` refuses several there: `executedArguments` makes what is executed.
 */
export function recordedCommand(
  { model, judgeModel, args, registryPaths }: SetCommands,
  { key, modelGraded }: Pick<PlannedEval, 'key' | 'modelGraded'>,
): Command {
  const fns = modelGraded && judgeModel !== '' ? `${model},${judgeModel}` : model;
  const registry = registryPaths.length > 0 ? ['--registry_path', ...registryPaths] : [];
  return ['oaieval', fns, key, ...args, ...registry];
}

/**
 * The arguments that `oaieval` gets for a recorded command. Each registry path has an option of its own, and the record file
 * comes last.
 */
export function executedArguments(
  [, model = '', evalKey = '']: Command,
  { args, registryPaths }: CommandOptions,
  recordFile: string,
): readonly string[] {
  const registry = registryPaths.flatMap((path) => ['--registry_path', path]);
  return [model, evalKey, ...args, ...registry, '--record_path', recordFile];
}
