import { getExecOutput } from '@actions/exec';

/** What a short helper command left behind. `code` is its exit code; a command that cannot be started throws. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** The whole environment of the child; the action's own when left out. */
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each whole line of stdout and stderr as it appears. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a short helper command to its end and returns what it printed. Arguments are passed as they are, never through a
 * shell. A non-zero exit is a result, not an error.
 *
 * For commands that may have to be signalled use {@link ./group.ts} instead: @actions/exec cannot signal its child.
 */
export async function runCommand(
  tool: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { cwd, env = process.env, onLine } = options;
  // exec splits its first argument as a command line, so a path with spaces has to be quoted.
  const result = await getExecOutput(`"${tool}"`, [...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: definedOnly(env),
    ignoreReturnCode: true,
    silent: true,
    listeners: onLine ? { stdline: onLine, errline: onLine } : {},
  });
  return { code: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
