import { getExecOutput } from '@actions/exec';

/** The result of a short helper command. */
export interface CommandResult {
  /** The exit code. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** The whole environment of the child; by default, that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each complete line of stdout and stderr as it is printed. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a short helper command and returns its output. Arguments are passed unchanged, never through a shell. A non-zero exit
 * code is a result. A command that cannot be started throws.
 *
 * Commands that may have to be signalled use group.ts instead, because @actions/exec cannot signal its child.
 */
export async function runCommand(
  tool: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { cwd, env = process.env, onLine } = options;
  // exec splits its first argument as a command line, so a path with spaces must be quoted.
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
