/** The command line of `oaieval`: as `oaievalset` records it, and as this action executes it. */
import type { Command } from '../model/command.ts';

export interface CommandParts {
  readonly model: string;
  /** Resolved eval key, `test-match.s1.simple-v0`. */
  readonly evalKey: string;
  /** The user's further arguments of `oaieval`. */
  readonly args: readonly string[];
  readonly registryPaths: readonly string[];
}

/**
 * As `oaievalset` writes it into the progress file, so that each resumes from the other. This command is only compared, never
 * executed: all registry paths are behind one `--registry_path`, and `oaieval` refuses several there.
 */
export function recordedCommand({ model, evalKey, args, registryPaths }: CommandParts): Command {
  const registry = registryPaths.length > 0 ? ['--registry_path', ...registryPaths] : [];
  return ['oaieval', model, evalKey, ...args, ...registry];
}

/** The arguments that `oaieval` gets. Each registry path has an option of its own, and the record file comes last. */
export function executedArguments(
  { model, evalKey, args, registryPaths }: CommandParts,
  recordFile: string,
): readonly string[] {
  const registry = registryPaths.flatMap((path) => ['--registry_path', path]);
  return [model, evalKey, ...args, ...registry, '--record_path', recordFile];
}
