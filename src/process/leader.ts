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

/** Starts a program as the leader of a process group of its own, so that it can be signalled with everything it starts. */
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
 * Signals a process group by the pid of its leader. Does nothing when none was started, or no process of it is left that
 * can be signalled: of a group of zombies macOS says EPERM where Linux says ESRCH.
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
 * From here on every program that any module of this process starts is started as `guard` says. For a process whose
 * libraries start programs and take no options for it.
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
