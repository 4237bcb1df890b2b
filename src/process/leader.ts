import childProcess, {
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  type StdioOptions,
  spawn,
} from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

export type { ChildProcess, ChildProcessWithoutNullStreams };

export interface LeaderOptions {
  readonly cwd?: string;
  /** The whole environment of the child. */
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: StdioOptions;
}

/** Starts a program as the leader of its own process group, so that it can be signalled with all processes that it starts. */
export function startLeader(
  program: string,
  args: readonly string[],
  options: LeaderOptions & { readonly stdio: 'pipe' },
): ChildProcessWithoutNullStreams;
export function startLeader(program: string, args: readonly string[], options: LeaderOptions): ChildProcess;
export function startLeader(program: string, args: readonly string[], options: LeaderOptions): ChildProcess {
  return spawn(program, args, { ...options, detached: true });
}

/**
 * Signals a process group by the pid of its leader. Does nothing when the leader was not started, or when no process of the
 * group is left. For a group of zombies, macOS reports EPERM where Linux reports ESRCH.
 */
export function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined || leader <= 0) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

/** How a program is started. */
export interface Start {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * From now on, `guard` changes the arguments and the environment of every program that this process starts. It is meant for
 * libraries that start programs and have no options for that.
 */
export function guardStarts(guard: (program: string, start: Start) => Start): void {
  const original = childProcess.spawn;
  const guarded = (
    program: string,
    args: readonly string[] = [],
    options: childProcess.SpawnOptions = {},
  ) => {
    const start = guard(program, { args, env: options.env ?? process.env });
    return original(program, start.args, { ...options, env: start.env });
  };
  childProcess.spawn = guarded as typeof original;
  syncBuiltinESMExports();
}
